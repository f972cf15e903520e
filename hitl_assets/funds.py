"""What pools have cost and may cost, as Toloka and accounts tell: what is checked against the caps. No Dagster."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hitl_assets.labeling.budget import Account, Funds
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_answers import ACCEPTED, MOST_METRICS

# How many pools that ended and were not collected yet are looked into for what they have cost.
MOST_CLOSED = 10


def funds_beside(
    toloka: Toloka,
    pools: Sequence[PoolState],
    own: PoolState | None,
    project: Project,
    accounts: Mapping[str, Account],
) -> Funds:
    """The balance, what the project's pools but this one have cost or may cost, and what open pools of the account
    may still take. Another pool of the same batch counts like any other."""
    reserving = [pool for pool in toloka.reserving_pools() if own is None or pool.id != own.id]
    # Ten pools is what one question covers; the others count with all that they may cost.
    ids = {pool.id for pool in pools}
    costs = costs_beside(toloka, pools, own, project, accounts)
    paid = toloka.measure(ACCEPTED, [pool.id for pool in reserving[:MOST_METRICS] if pool.id in ids])
    return Funds(
        balance=toloka.balance(),
        committed=sum(costs.values(), Decimal(0)),
        same_batch=sum(
            (costs[pool.id] for pool in pools if own and pool.batch == own.batch and pool.id in costs), Decimal(0)
        ),
        reserved=sum(
            (max(Decimal(0), pool.maximum - paid.get(pool.id, 0) * project.suite_price) for pool in reserving),
            Decimal(0),
        ),
    )


def costs_beside(
    toloka: Toloka,
    pools: Sequence[PoolState],
    own: PoolState | None,
    project: Project,
    accounts: Mapping[str, Account],
) -> dict[str, Decimal]:
    """What each of a project's started pools but this one has cost or may cost, by id.

    Of a pool that is closed and has no account yet, Toloka tells what it has cost: for the newest ten of them, the
    others count with all that they may cost.
    """
    others = [pool for pool in pools if pool.was_started and (own is None or pool.id != own.id)]
    accounted = {pool.id: spent for pool in others if (spent := spent_in(pool, accounts)) is not None}
    closed = [pool for pool in others if pool.id not in accounted and pool.has_ended][-MOST_CLOSED:]
    looked_into = {pool.id: exposure(toloka, project, pool.id) for pool in closed}
    return {pool.id: pool.maximum for pool in others} | accounted | looked_into


def spent_in(pool: PoolState, accounts: Mapping[str, Account]) -> Decimal | None:
    """What a pool has cost, if its account is of its last ending."""
    account = accounts.get(pool.batch.split("/")[-1])
    return account.spent if account and (account.pool_id, account.ending) == (pool.id, pool.ending) else None


def exposure(toloka: Toloka, project: Project, pool_id: str) -> Decimal:
    """What a pool has cost, and costs if all that is being worked on gets paid; with the fee."""
    statuses = [each["status"] for each in toloka.assignments(pool_id)]
    return sum(status in ("ACCEPTED", "SUBMITTED", "ACTIVE") for status in statuses) * project.suite_price
