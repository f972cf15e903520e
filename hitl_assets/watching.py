"""Open pools, as the `pools` sensor sees them from tick to tick: how far they are, and which are really done."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import dagster as dg

from hitl_assets.labeling.pools import money
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.materializations import PublishedBatch, key_of, published_batches
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_answers import MOST_METRICS

# How many new `pools` materializations a tick takes up.
MOST_NEW = 500
GONE = "GONE"


@dataclass(frozen=True)
class Watched:
    """A published batch, and what was last seen of its pool."""

    published: PublishedBatch
    status: str = ""
    accepted: int = -1


@dataclass(frozen=True)
class Watch:
    """All batches whose answers are still to be collected, up to which `pools` event they are known, and whose turn
    it is to be asked about (one request covers ten pools)."""

    storage_id: int = 0
    batches: Mapping[str, Watched] = field(default_factory=dict)
    turn: int = 0

    @classmethod
    def from_json(cls, cursor: Mapping[str, Any]) -> "Watch":
        """The watch of a cursor."""
        batches = {
            batch: Watched(PublishedBatch(**each["published"]), each["status"], each["accepted"])
            for batch, each in cursor.get("batches", {}).items()
        }
        return cls(cursor.get("storage_id", 0), batches, cursor.get("turn", 0))

    def to_json(self) -> dict[str, Any]:
        """For a cursor."""
        return asdict(self)

    def with_published(self, instance: dg.DagsterInstance, project: Project) -> "Watch":
        """The watch with what `pools` published since."""
        new = list(published_batches(instance, project, self.storage_id, MOST_NEW))
        newest = max([self.storage_id, *(each.storage_id for each in new)])
        return replace(self, storage_id=newest, batches={**self.batches, **{p.batch: Watched(p) for p in new}})


@dataclass(frozen=True)
class Seen:
    """What a tick has seen: batches that changed, and batches that are done."""

    changed: tuple[Watched, ...] = ()
    done: tuple[Watched, ...] = ()


def look_at_pools(toloka: Toloka, project: Project, watch: Watch, most_done: int) -> tuple[Watch, Seen]:
    """The watch after a look at Toloka, and what the look has seen.

    A constant number of requests: one page of pools, one question about ten of them, and at most `most_done` closed
    pools are looked into.
    """
    with_pool = [each for each in watch.batches.values() if each.published.pool_id]
    states = current_states(toloka, with_pool)
    asked = [each.published.pool_id for each in rotate(with_pool, watch.turn)[:MOST_METRICS]]
    accepted = toloka.accepted_counts(asked)
    batches = dict(watch.batches)
    changed: list[Watched] = []
    done: list[Watched] = []
    for batch, before in watch.batches.items():
        after = renew(before, states, accepted)
        batches[batch] = after
        if after != before:
            changed.append(after)
        if len(done) < most_done and is_done(toloka, project, after, states.get(after.published.pool_id)):
            done.append(after)
            del batches[batch]
    return replace(watch, batches=batches, turn=watch.turn + len(asked)), Seen(tuple(changed), tuple(done))


def current_states(toloka: Toloka, watched: Sequence[Watched]) -> dict[str, PoolState]:
    """What Toloka says of the watched pools, by id: one request for each Toloka project, and there is one as a rule."""
    states: dict[str, PoolState] = {}
    for project_id in {each.published.toloka_project_id for each in watched}:
        created = [each.published.created for each in watched if each.published.toloka_project_id == project_id]
        states |= {pool.id: pool for pool in toloka.find_pools(project_id, datetime.fromisoformat(min(created)))}
    return states


def rotate(watched: Sequence[Watched], turn: int) -> list[Watched]:
    """The same sequence, beginning where the last tick left off."""
    start = turn % len(watched) if len(watched) > MOST_METRICS else 0
    return [*watched[start:], *watched[:start]]


def renew(before: Watched, states: Mapping[str, PoolState], accepted: Mapping[str, int]) -> Watched:
    """A watched batch with what was seen now."""
    pool = states.get(before.published.pool_id)
    if not before.published.pool_id:
        return before
    status = GONE if pool is None else "OPEN" if pool.is_open else f"CLOSED: {pool.close_reason}"
    return replace(before, status=status, accepted=accepted.get(before.published.pool_id, before.accepted))


def is_done(toloka: Toloka, project: Project, watched: Watched, pool: PoolState | None) -> bool:
    """Whether the batch's answers can be collected.

    Closed is not enough: a pool also closes when the money runs out, when it expires, when somebody closes it; and
    workers may finish what they have begun.
    """
    if not watched.published.pool_id:
        return True
    if pool is None or pool.is_open or pool.close_reason not in project.configuration.accept_close_reasons:
        return False
    return not toloka.has_unfinished(pool.id)


def observe(project: Project, watched: Watched) -> dg.AssetObservation:
    """The progress of a batch as an observation of its pool, with numbers that the UI draws over time."""
    terms = project.terms
    per_suite = terms.mixer_config.real_tasks_count
    planned = watched.published.answers
    answers = min(planned, max(0, watched.accepted) * per_suite)
    price = terms.reward_per_assignment * (1 + project.configuration.budget.fee)
    return dg.AssetObservation(
        asset_key=key_of(project, "pools"),
        partition=watched.published.batch,
        metadata={
            "status": watched.status,
            "suites_accepted": max(0, watched.accepted),
            "answers": answers,
            "answers_planned": planned,
            "completed": round(answers / planned, 4) if planned else 1.0,
            "spent": float(money(Decimal(max(0, watched.accepted)) * price)),
            "what_to_do": advice(project, watched.status),
        },
    )


def advice(project: Project, status: str) -> str:
    """What a person should do about a pool in this state."""
    reason = status.removeprefix("CLOSED: ")
    if status == GONE:
        return "Toloka does not list this pool any more. Materialize pools to look for it again."
    if status == "OPEN" or reason in project.configuration.accept_close_reasons:
        return "nothing"
    if reason == "FOR_UPDATE":
        return "nothing: somebody edits the pool, it opens again by itself"
    return (
        f"The pool closed early ({reason}). Open it again in Toloka to go on (after topping up the account, or moving "
        "its expiry), or materialize raw_answers to go on with the answers that are there."
    )
