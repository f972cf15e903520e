"""What open pools cost as they are in Toloka now, whoever changed them, and which must be closed before they pass their
cap."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.money.budget import Exposure, is_endless, is_near, must_close
from hitl_assets.labeling.pools.watched import Cost, PublishedBatch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.money.payer import Payer

# How many unfinished suites of a pool a tick counts (ten requests); more are not there at once in any real pool.
MOST_UNFINISHED = 3000


def assess(project: Project, pool: PoolState, before: Cost, accepted: int, expected: int, paid: Any) -> Cost:
    """The cost of a pool by Toloka's numbers: suites that are accepted and will be there, and what was paid without the
    fee (None: not known).

    Suites that are not paid yet are reckoned at the highest price that we have seen: they may have been given out
    before it was lowered.
    """
    price = max(project.suite_price_in(pool.terms), Decimal(before.price or 0))
    with_fee = 1 + project.configuration.budget.fee
    spent = max(0, accepted) * price if paid is None else Decimal(str(paid)) * with_fee
    when_done = spent + max(0, expected - max(0, accepted)) * price
    return replace(before, spent=str(spent), exposure=str(spent), expected=str(when_done), price=str(price))


def guard(payer: Payer, project: Project, pool: PoolState, before: Cost, now: Cost) -> tuple[Cost, bool]:
    """See that an open pool does not pass its cap: close it when it would before the next look. What it costs with all
    that is being worked on, and whether it was closed.

    What it is expected to cost is Toloka's count, which knows nothing of tasks that never run out.
    """
    price, expected, cap = Decimal(now.price), Decimal(now.expected), Decimal(now.cap)
    if expected <= cap and not is_near(Decimal(now.spent), price, cap):
        return now, False
    rewards = payer.unfinished_rewards(pool.id, MOST_UNFINISHED)
    with_fee = 1 + project.configuration.budget.fee
    at_work = sum((price if reward is None else reward * with_fee for reward in rewards), Decimal(0))
    exposure = Exposure(Decimal(now.spent) + at_work, expected)
    stop = must_close(exposure, Decimal(before.exposure), price, cap)
    stop = stop or is_endless(exposure.now, max(pool.maximum, expected), price, cap)
    if stop:
        payer.close_pool(pool.id)
    return replace(now, exposure=str(exposure.now)), stop


def cap_now(
    project: Project,
    published: PublishedBatch,
    own: PoolState,
    others: Sequence[PoolState],
    costs: Mapping[str, Cost],
) -> Decimal:
    """The most that a batch may cost by now: pools that were opened after it were allowed to use what its plan leaves
    of the cap per project, and others may cost more than was planned, too (`costs`, by id)."""
    cap = published.cap_under(project.configuration.budget)
    if published.room is None:
        return cap
    beside = [other for other in others if other.id != own.id and other.was_started]
    taken = sum((other.maximum for other in beside if time_of(other.created) > published.at), Decimal(0))
    taken += sum((beyond_plan(other, costs.get(other.id, Cost())) for other in beside), Decimal(0))
    return min(cap, max(own.maximum, published.room - taken))


def beyond_plan(pool: PoolState, cost: Cost) -> Decimal:
    """How much more a pool costs than it was allowed to when it was made: one that is open when it is done."""
    seen = Decimal(cost.expected or 0) if pool.is_open else Decimal(cost.spent or 0)
    return max(Decimal(0), Decimal(cost.exposure) - pool.maximum, seen - pool.maximum)


def time_of(created: str) -> float:
    """Seconds since the epoch of Toloka's time stamp; it is UTC without an offset. 0 without one."""
    if not created:
        return 0.0
    time = datetime.fromisoformat(created)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()
