"""What pools have cost and may cost, as Toloka and accounts tell: what is checked against the caps. No Dagster."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hitl_assets.labeling.budget import Account, Funds
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_answers import ACCEPTED, MOST_METRICS


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
    paid = toloka.measure(ACCEPTED, [pool.id for pool in reserving[:MOST_METRICS] if pool.id in ids])
    return Funds(
        balance=toloka.balance(),
        committed=committed_beside(pools, own, accounts),
        same_batch=committed_beside([pool for pool in pools if own and pool.batch == own.batch], own, accounts),
        reserved=sum(
            (max(Decimal(0), pool.maximum - paid.get(pool.id, 0) * project.suite_price) for pool in reserving),
            Decimal(0),
        ),
    )


def committed_beside(pools: Sequence[PoolState], own: PoolState | None, accounts: Mapping[str, Account]) -> Decimal:
    """What a project's pools but this one have cost or may cost."""
    return sum((cost_of(pool, accounts) for pool in pools if own is None or pool.id != own.id), Decimal(0))


def cost_of(pool: PoolState, accounts: Mapping[str, Account]) -> Decimal:
    """What a pool has cost if that is known, otherwise what it may cost."""
    account = accounts.get(pool.batch.split("/")[-1])
    if account is not None and account.pool_id == pool.id and account.ending == pool.ending:
        return account.spent
    return pool.maximum if pool.was_started else Decimal(0)


def exposure(toloka: Toloka, project: Project, pool_id: str) -> Decimal:
    """What a pool has cost, and costs if all that is being worked on gets paid; with the fee."""
    statuses = [each["status"] for each in toloka.assignments(pool_id)]
    return sum(status in ("ACCEPTED", "SUBMITTED", "ACTIVE") for status in statuses) * project.suite_price
