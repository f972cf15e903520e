"""A look at the pools of a project: how far they are, what they cost, which must be closed before they cost more than
they may, and what is around them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hitl_assets.labeling.pools.changes import find_changes
from hitl_assets.labeling.pools.elections import describe_doubled, find_doubled
from hitl_assets.labeling.pools.watched import Cost, Doubled, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.labeling import Looked
from hitl_assets.services.money.guard import assess, cap_now, guard
from hitl_assets.services.money.payer import MOST_METRICS, Metric
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.surroundings import MOST_CHANGES, beside, find_strays, look_around

MARGIN = timedelta(days=1)


class Counts(NamedTuple):
    """How many suites of each pool (by id) are accepted, will be there in the end, and are rejected; what was paid."""

    accepted: Mapping[str, int]
    expected: Mapping[str, int]
    rejected: Mapping[str, int]
    paid: Mapping[str, Any]


def look(
    toloka: Toloka,
    project: Project,
    watched: Sequence[Watched],
    doubled: Sequence[Doubled],
    turn: int,
    is_wide: bool,
) -> Looked:
    """What is seen of these batches, which have a pool each.

    A constant number of requests: one page of pools, four questions about ten of them, with `is_wide` one of all open
    pools; and for those of the ten that could pass their cap, a count of what is being worked on.
    """
    pools = current_pools(toloka, watched, doubled)
    followed = {each.published.pool_id for each in watched}
    strays: Mapping[str, str] = {}
    around: tuple[str, ...] = ()
    if is_wide:
        around = look_around(toloka, project, [pools[id_] for id_ in followed if id_ in pools and pools[id_].is_open])
        found_open = find_strays(toloka, project, followed)
        pools |= beside(toloka, found_open)
        strays = {pool.id: pool.batch.split("/")[-1] for pool in found_open}
    twice = tuple(stop_doubled(toloka, found, followed) for found in find_doubled(pools.values()).values())
    asked = [each.published.pool_id for each in rotate(watched, turn)[:MOST_METRICS]]
    asked = [pool_id for pool_id in asked if pool_id in pools]
    # What was paid is asked for last: what is accepted between two questions is rather counted twice than not at all.
    counts = Counts(
        *(toloka.measure(metric, asked) for metric in (Metric.ACCEPTED, Metric.EXPECTED, Metric.REJECTED, Metric.SPENT))
    )
    seen = see(toloka, project, watched, pools, counts)
    return Looked(pools, seen, turn + len(asked), twice, strays, around)


def see(
    toloka: Toloka,
    project: Project,
    watched: Sequence[Watched],
    pools: Mapping[str, PoolState],
    counts: Counts,
) -> dict[str, Watched]:
    """The batches as they are now, by name; pools that could pass their cap are closed."""
    costs = {each.published.pool_id: each.cost for each in watched}
    seen: dict[str, Watched] = {}
    for before in watched:
        pool = pools.get(before.published.pool_id)
        if pool is None:
            continue
        numbers = (each.get(pool.id) for each in counts[:3])
        after = reckon(project, before.seen(pool, *numbers), pool, counts, list(pools.values()), costs)
        costs[pool.id] = after.cost
        if pool.is_open and pool.id in counts.accepted:
            cost, stop = guard(toloka, project, pool, before.cost, after.cost)
            after = replace(after, cost=cost, stopped=pool.started if stop else "")
        seen[before.published.batch] = after
    return seen


def current_pools(toloka: Toloka, watched: Sequence[Watched], doubled: Sequence[Doubled]) -> dict[str, PoolState]:
    """What Toloka says of the watched pools and of all that were made since, by id: one request for each Toloka
    project, and there is one as a rule."""
    seen = [(each.published.toloka_project_id, each.published.created) for each in watched]
    seen += [(each.toloka_project_id, each.created) for each in doubled]
    since: dict[str, str] = {}
    for project_id, created in seen:
        since[project_id] = min(created, since.get(project_id, created))
    pools: dict[str, PoolState] = {}
    for project_id, created in since.items():
        # A second pool of a batch may be a little older than the one that we know.
        first = datetime.fromisoformat(created) - MARGIN
        pools |= {pool.id: pool for pool in toloka.find_pools(project_id, first)}
    return pools


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
