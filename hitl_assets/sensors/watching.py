"""Open pools, as the `pools` sensor sees them from tick to tick: how far they are, which have ended, and which must be
closed before they cost more than they may."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import dagster as dg

from hitl_assets.events import PublishedBatch, begun_rounds, newest_published, published_batch, published_batches
from hitl_assets.labeling.pools.changes import find_changes
from hitl_assets.labeling.pools.elections import describe_doubled, find_doubled
from hitl_assets.labeling.pools.endings import is_whole
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.sensors.guard import Cost, assess, cap_now, guard
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.answers import MOST_METRICS, Metric
from hitl_assets.steps.surroundings import MOST_CHANGES, beside, find_strays, look_around

# How many new events of `pools` a tick takes up.
MOST_NEW = 500
# What of a published batch is an amount: text in a cursor.
AMOUNTS = ("cap", "room")
MARGIN = timedelta(days=1)
LOOK_EVERY = 60.0
GONE, OPEN = "GONE", "OPEN"

Next = Literal["collect", "review"]


@dataclass(frozen=True)
class Watched:
    """A published batch, and what was last seen of its pool.

    `accepted` suites are paid, `expected` are there when it is done, by Toloka's count; -1: not known yet. `cost` is
    what they cost. `collected` and `reviewed` name the ending of the pool after which that was
    asked for. `stopped` is when the pool had been opened that we then closed at its cap. `planned` answers are asked
    for up to this `round`; 0: those of the plan. `rejected` suites cost nothing; `opened` is when we first saw the pool
    open (seconds since the epoch; 0: not yet), with `accepted_then` suites accepted. `per_suite` real tasks are in a
    suite (0: not known yet); `changes` says what differs from the project's YAML. `is_deleted`: somebody
    deleted the batch's partition in Dagster; its pool is watched, and not collected.
    """

    published: PublishedBatch
    status: str = ""
    accepted: int = -1
    expected: int = -1
    cost: Cost = field(default_factory=Cost)
    collected: str = ""
    reviewed: str = ""
    stopped: str = ""
    round: int = 1
    planned: int = 0
    rejected: int = 0
    opened: float = 0.0
    accepted_then: int = 0
    per_suite: int = 0
    changes: tuple[str, ...] = ()
    is_deleted: bool = False

    def seen_open(self, now: float) -> "Watched":
        """The same, with the time since when it is open; with none when it isn't."""
        if self.status != OPEN or self.accepted < 0:
            return replace(self, opened=0.0)
        return self if self.opened else replace(self, opened=now, accepted_then=self.accepted)


@dataclass(frozen=True)
class Doubled:
    """A batch for which people were asked in two pools: where, and since when (`created`, an ISO time)."""

    batch: str
    pool_id: str
    toloka_project_id: str
    created: str
    what_to_do: str


@dataclass(frozen=True)
class Watch:
    """All batches whose answers are still to be collected, up to which events of `pools` they are known (that it was
    materialized, that a round began), and whose turn it is to be asked about (one request covers ten pools).

    `doubled` are batches that wait for a person who puts all pools but one away. `looked` is when we looked last for
    open pools that nobody watches (seconds since the epoch), and `around` what was not as it should be then around the
    open pools: in the Toloka project, or its trainings.
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
    toloka: Toloka, project: Project, watch: Watch, under_way: Collection[str], most_ended: int, now: float
) -> tuple[Watch, Seen]:
    """The watch after a look at Toloka, and what the look has seen. Batches that are `under_way` have a run.

    A constant number of requests: one page of pools, every minute one of all open pools, four questions about ten of
    them, at most `most_ended` closed pools are looked into; and for those of the ten that could pass their cap, a count
    of what is being worked on.
    """
    with_pool = [each for each in watch.batches.values() if each.published.pool_id]
    states = current_states(toloka, with_pool, watch.doubled)
    followed = {each.published.pool_id for each in with_pool}
    strays: Mapping[str, str] = {}
    if now - watch.looked >= LOOK_EVERY:
        open_pools = [states[id_] for id_ in followed if id_ in states and states[id_].is_open]
        watch = replace(watch, looked=now, around=look_around(toloka, project, open_pools))
        found_open = find_strays(toloka, project, followed)
        states |= beside(toloka, found_open)
        strays = {pool.id: pool.batch.split("/")[-1] for pool in found_open}
    found = find_doubled(states.values()).values()
    doubled = tuple(stop_doubled(toloka, pools, followed) for pools in found)
    asked = [each.published.pool_id for each in rotate(with_pool, watch.turn)[:MOST_METRICS]]
    asked = [pool_id for pool_id in asked if pool_id in states]
    # What was paid is asked for last: what is accepted between two questions is rather counted twice than not at all.
    counts = Counts(
        *(toloka.measure(metric, asked) for metric in (Metric.ACCEPTED, Metric.EXPECTED, Metric.REJECTED, Metric.SPENT))
    )
    costs = {each.published.pool_id: each.cost for each in with_pool}
    batches = dict(watch.batches)
    changed: list[Watched] = []
    ended: list[Ended] = []
    for batch, before in watch.batches.items():
        pool = states.get(before.published.pool_id)
        after = renew(before, pool, counts)
        if pool is not None:
            after = reckon(project, after, pool, counts, list(states.values()), costs)
            costs[pool.id] = after.cost
        if pool is not None and pool.is_open and pool.id in counts.accepted:
            cost, stop = guard(toloka, project, pool, before.cost, after.cost)
            after = replace(after, cost=cost, stopped=pool.started if stop else "")
        may_run = len(ended) < most_ended and not after.is_deleted
        step = next_step(toloka, project, after, pool) if may_run else None
        if step is not None:
            ending = pool.ending if pool else ""
            ended.append(Ended(after.published, ending, step))
            after = replace(after, reviewed=ending) if step == "review" else replace(after, collected=ending)
        if shown(after) != shown(before):
            changed.append(after)
        batches[batch] = after
        if is_over(project, after, pool, step, batch in under_way):
            del batches[batch]
    after_look = replace(watch, batches=batches, turn=watch.turn + len(asked), doubled=doubled)
    return after_look, Seen(tuple(changed), tuple(ended), strays)


def current_states(toloka: Toloka, watched: Sequence[Watched], doubled: Sequence[Doubled]) -> dict[str, PoolState]:
    """What Toloka says of the watched pools and of all that were made since, by id: one request for each Toloka
    project, and there is one as a rule."""
    seen = [(each.published.toloka_project_id, each.published.created) for each in watched]
    seen += [(each.toloka_project_id, each.created) for each in doubled]
    since: dict[str, str] = {}
    for project_id, created in seen:
        since[project_id] = min(created, since.get(project_id, created))
    states: dict[str, PoolState] = {}
    for project_id, created in since.items():
        # A second pool of a batch may be a little older than the one that we know.
        first = datetime.fromisoformat(created) - MARGIN
        states |= {pool.id: pool for pool in toloka.find_pools(project_id, first)}
    return states


def stop_doubled(toloka: Toloka, pools: Sequence[PoolState], followed: Collection[str]) -> Doubled:
    """See that people are asked in one of a batch's pools only, whatever run opened the others: in the one that is
    followed and will be collected, otherwise in the oldest."""
    first = next((pool for pool in pools if pool.id in followed), pools[0])
    for other in pools:
        if other.is_open and other is not first:
            toloka.close_pool(other.id)
    return Doubled(
        first.batch.split("/")[-1],
        ", ".join(pool.id for pool in pools),
        first.project_id,
        min(pool.created for pool in pools),
        describe_doubled(pools),
    )


def rotate(watched: Sequence[Watched], turn: int) -> list[Watched]:
    """The same sequence, beginning where the last tick left off."""
    start = turn % len(watched) if len(watched) > MOST_METRICS else 0
    return [*watched[start:], *watched[:start]]


class Counts(NamedTuple):
    """How many suites of each pool (by id) are accepted, will be there in the end, and are rejected."""

    accepted: Mapping[str, int]
    expected: Mapping[str, int]
    rejected: Mapping[str, int]
    paid: Mapping[str, Any]


def reckon(
    project: Project,
    watched: Watched,
    pool: PoolState,
    counts: Counts,
    others: Sequence[PoolState],
    costs: Mapping[str, Cost],
) -> Watched:
    """A watched batch with what its pool costs and may cost, as the pool is now."""
    cost = replace(watched.cost, cap=str(cap_now(project, watched.published, pool, others, costs)))
    if pool.id in counts.accepted:
        cost = assess(project, pool, cost, watched.accepted, watched.expected, counts.paid.get(pool.id))
        if not pool.is_open and pool.ending != watched.collected:  # Who has begun may finish, and is paid.
            cost = replace(cost, exposure=str(max(Decimal(cost.exposure), Decimal(watched.cost.exposure))))
    per_suite = pool.terms.per_suite if pool.terms else watched.per_suite
    return replace(watched, cost=cost, per_suite=per_suite, changes=find_changes(project, pool)[:MOST_CHANGES])


def renew(before: Watched, pool: PoolState | None, counts: Counts) -> Watched:
    """A watched batch with what was seen now."""
    if not before.published.pool_id:
        return before
    status = GONE if pool is None else pool.status
    id_ = before.published.pool_id
    return replace(
        before,
        status=status,
        accepted=int(counts.accepted.get(id_, before.accepted)),
        expected=int(counts.expected.get(id_, before.expected)),
        rejected=int(counts.rejected.get(id_, before.rejected)),
        stopped="" if pool is None or pool.started != before.stopped else before.stopped,
    )


def next_step(toloka: Toloka, project: Project, watched: Watched, pool: PoolState | None) -> Next | None:
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
        return None if toloka.has_unfinished(pool.id) else "collect"
    if toloka.has_unfinished(pool.id, "ACTIVE"):
        return None
    if not toloka.has_unfinished(pool.id, "SUBMITTED"):
        return "collect"
    return None if pool.ending == watched.reviewed else "review"


def is_over(project: Project, watched: Watched, pool: PoolState | None, step: Next | None, has_run: bool) -> bool:
    """Whether a batch need not be watched any more. A partial one may go on, until Toloka puts its pool away."""
    if not watched.published.pool_id:
        return step == "collect"
    # The run that collects may ask again, in the same pool.
    if step or has_run or pool is None or pool.ending != watched.collected:
        return False
    return is_whole(pool.close_reason, project) or pool.is_archived


def shown(watched: Watched) -> tuple[Any, ...]:
    """What people see of it: an observation is made when this changes."""
    amounts = watched.cost.spent, watched.cost.cap
    numbers = watched.accepted, watched.rejected, watched.round
    return watched.status, watched.stopped, *numbers, *amounts, watched.changes, watched.is_deleted
