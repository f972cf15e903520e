"""Open pools, as the `pools` sensor sees them from tick to tick: how far they are, which have ended, and which must be
closed before they cost more than they may."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

import dagster as dg

from hitl_assets.events import begun_rounds, newest_published, published_batch, published_batches
from hitl_assets.labeling.pools.endings import is_whole
from hitl_assets.labeling.pools.watched import Cost, Doubled, PublishedBatch, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.labeling import LabelingService

# How many new events of `pools` a tick takes up.
MOST_NEW = 500
# What of a published batch is an amount: text in a cursor.
AMOUNTS = ("cap", "room")
LOOK_EVERY = 60.0

Next = Literal["collect", "review"]


@dataclass(frozen=True)
class Watch:
    """All batches whose answers are still to be collected, up to which events of `pools` they are known (that it was
    materialized, that a round began), and whose turn it is to be asked about (one request covers ten pools).

    `doubled` are batches that wait for a person who puts all pools but one away. `looked` is when we looked last for
    open pools that nobody watches (seconds since the epoch), and `around` what was not as it should be then around the
    open pools.
    """

    storage_id: int = 0
    rounds_id: int = 0
    batches: Mapping[str, Watched] = field(default_factory=dict)
    turn: int = 0
    doubled: tuple[Doubled, ...] = ()
    looked: float = 0.0
    around: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, cursor: Mapping[str, Any]) -> "Watch":
        """The watch of a cursor."""
        batches = {batch: read_watched(each) for batch, each in cursor.get("batches", {}).items()}
        doubled = tuple(Doubled(**each) for each in cursor.get("doubled", ()))
        return cls(
            cursor.get("storage_id", 0),
            cursor.get("rounds_id", 0),
            batches,
            cursor.get("turn", 0),
            doubled,
            cursor.get("looked", 0.0),
            tuple(map(str, cursor.get("around", ()))),
        )

    def to_json(self) -> dict[str, Any]:
        """For a cursor."""
        written = asdict(self)
        for each in written["batches"].values():
            published = each["published"]
            each["published"] |= {name: None if published[name] is None else str(published[name]) for name in AMOUNTS}
        return written

    def at(self, now: float) -> "Watch":
        """The watch as time goes on (seconds since the epoch): it knows since when pools are open."""
        return replace(self, batches={batch: each.seen_open(now) for batch, each in self.batches.items()})

    def taking_up(self, strays: Mapping[str, str], instance: dg.DagsterInstance, project: Project) -> "Watch":
        """The watch that follows these pools, too (batches by pool): somebody opened them after they were collected."""
        found = [published_batch(instance, project, batch) for batch in strays.values()]
        known = {each.batch: Watched(each) for each in found if each and each.pool_id in strays}
        return replace(self, batches={**known, **self.batches})

    def marking_deleted(self, partitions: Collection[str]) -> "Watch":
        """The watch that knows which batches have no partition any more: there can't be a run for these."""
        marked = {batch: replace(each, is_deleted=batch not in partitions) for batch, each in self.batches.items()}
        return replace(self, batches=marked)

    def with_events(self, instance: dg.DagsterInstance, project: Project) -> "Watch":
        """The watch with what `pools` published since, and with the rounds that were begun, whoever began them."""
        seen = self.storage_id
        new, newest = published_batches(instance, project, seen, MOST_NEW)
        if newest == seen and seen and seen > newest_published(instance, project):
            # The events are older than the cursor: restored from a back-up, or somebody edited it.
            return replace(self, storage_id=0, rounds_id=0).with_events(instance, project)
        batches = {**self.batches, **{each.batch: take_up(each, self.batches.get(each.batch)) for each in new}}
        begun, last = begun_rounds(instance, project, self.rounds_id, MOST_NEW) if project.has_rounds else ([], 0)
        for each in begun:
            published = published_batch(instance, project, each.batch)
            if published is not None:
                watched = batches.get(each.batch) or Watched(published)
                batches[each.batch] = replace(watched, round=each.number, planned=each.answers)
        return replace(self, storage_id=newest, rounds_id=last, batches=batches)


def take_up(published: PublishedBatch, before: Watched | None) -> Watched:
    """A batch that was published, or published again: all there is to do about it is to be done (again)."""
    return Watched(published, round=before.round, planned=before.planned) if before else Watched(published)


def read_watched(written: Mapping[str, Any]) -> Watched:
    """The watched batch that a cursor holds. Versions before 0.2 knew no more of its cost than its `exposure`."""
    known = {name: value for name, value in written.items() if name != "exposure"}
    cost = written.get("cost") or {"exposure": written.get("exposure", "0")}
    changes, published = tuple(written.get("changes", ())), read_published(written["published"])
    return Watched(**{**known, "published": published, "cost": Cost(**cost), "changes": changes})


def read_published(written: Mapping[str, Any]) -> PublishedBatch:
    """The batch that a cursor holds."""
    amounts = {name: written.get(name) for name in AMOUNTS}
    read = {name: None if amount is None else Decimal(amount) for name, amount in amounts.items()}
    return PublishedBatch(**{**written, **read})


@dataclass(frozen=True)
class Ended:
    """A batch whose pool has ended, and what is to be done next."""

    published: PublishedBatch
    ending: str
    next: Next


@dataclass(frozen=True)
class Seen:
    """What a tick has seen: batches that changed, batches whose pool has ended, and open pools that nobody follows: of
    which batch, by id."""

    changed: tuple[Watched, ...] = ()
    ended: tuple[Ended, ...] = ()
    strays: Mapping[str, str] = field(default_factory=dict)


def look_at_pools(
    service: LabelingService, project: Project, watch: Watch, under_way: Collection[str], most_ended: int, now: float
) -> tuple[Watch, Seen]:
    """The watch after a look at the pools, and what the look has seen. Batches that are `under_way` have a run. At most
    `most_ended` closed pools are looked into."""
    with_pool = [each for each in watch.batches.values() if each.published.pool_id]
    is_wide = now - watch.looked >= LOOK_EVERY
    looked = service.look(project, with_pool, watch.doubled, watch.turn, is_wide)
    if is_wide:
        watch = replace(watch, looked=now, around=looked.around)
    batches = dict(watch.batches)
    changed: list[Watched] = []
    ended: list[Ended] = []
    for batch, before in watch.batches.items():
        pool = looked.pools.get(before.published.pool_id)
        after = looked.watched.get(batch) or (before.gone() if before.published.pool_id else before)
        may_run = len(ended) < most_ended and not after.is_deleted
        step = next_step(service, project, after, pool) if may_run else None
        if step is not None:
            ending = pool.ending if pool else ""
            ended.append(Ended(after.published, ending, step))
            after = replace(after, reviewed=ending) if step == "review" else replace(after, collected=ending)
        if shown(after) != shown(before):
            changed.append(after)
        batches[batch] = after
        if is_over(project, after, pool, step, batch in under_way):
            del batches[batch]
    after_look = replace(watch, batches=batches, turn=looked.turn, doubled=looked.doubled)
    return after_look, Seen(tuple(changed), tuple(ended), looked.strays)


def next_step(service: LabelingService, project: Project, watched: Watched, pool: PoolState | None) -> Next | None:
    """What can be done about a batch now.

    Closed is not enough: workers may finish what they have begun, and under manual review an answer waits until
    somebody has looked at it. How a pool closed decides whether the batch is whole or partial, not whether the answers
    that were paid are kept.
    """
    if not watched.published.pool_id:
        return "collect"
    if pool is None or not pool.has_ended or pool.ending == watched.collected:
        return None
    if project.configuration.review is None:
        return None if service.has_unfinished(pool.id) else "collect"
    if service.has_unfinished(pool.id, "ACTIVE"):
        return None
    if not service.has_unfinished(pool.id, "SUBMITTED"):
        return "collect"
    return None if pool.ending == watched.reviewed else "review"


def is_over(project: Project, watched: Watched, pool: PoolState | None, step: Next | None, has_run: bool) -> bool:
    """Whether a batch need not be watched any more. A partial one may go on, and one whose answers change, until its
    pool is put away."""
    if not watched.published.pool_id:
        return step == "collect"
    # The run that collects may ask again, in the same pool.
    if step or has_run or pool is None or pool.ending != watched.collected:
        return False
    is_settled = is_whole(pool.close_reason, project) and not project.traits.answers_change
    return is_settled or pool.is_archived


def shown(watched: Watched) -> tuple[Any, ...]:
    """What people see of it: an observation is made when this changes."""
    amounts = watched.cost.spent, watched.cost.cap
    numbers = watched.accepted, watched.rejected, watched.round
    return watched.status, watched.stopped, *numbers, *amounts, watched.changes, watched.is_deleted
