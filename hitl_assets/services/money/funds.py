"""What pools have cost and may cost, as the service and accounts tell: what is checked against the caps."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.money.budget import Account, Funds
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState, Terms
from hitl_assets.services.money.payer import MOST_METRICS, Metric, Payer

# How many pools that ended and were not collected yet are looked into for what they have cost.
MOST_CLOSED = 10


def funds_beside(
    payer: Payer,
    pools: Sequence[PoolState],
    own: PoolState | None,
    project: Project,
    accounts: Mapping[str, Account],
) -> Funds:
    """The balance, what the project's pools but this one have cost or may cost, and what open pools of the account
    may still take. Another pool of the same batch counts like any other."""
    reserving = [pool for pool in payer.reserving_pools() if own is None or pool.id != own.id]
    # Ten pools is what one question covers; the others count with all that they may cost.
    ids = {pool.id for pool in pools}
    costs = costs_beside(payer, pools, own, project, accounts)
    paid = payer.measure(Metric.SPENT, [pool.id for pool in reserving[:MOST_METRICS] if pool.id in ids])
    with_fee = 1 + project.configuration.budget.fee
    return Funds(
        balance=payer.balance(),
        committed=sum(costs.values(), Decimal(0)),
        same_batch=sum(
            (costs[pool.id] for pool in pools if own and pool.batch == own.batch and pool.id in costs), Decimal(0)
        ),
        reserved=sum(
            (
                max(Decimal(0), costs.get(pool.id, pool.maximum) - Decimal(str(paid.get(pool.id, 0))) * with_fee)
                for pool in reserving
            ),
            Decimal(0),
        ),
    )


def costs_beside(
    payer: Payer,
    pools: Sequence[PoolState],
    own: PoolState | None,
    project: Project,
    accounts: Mapping[str, Account],
) -> dict[str, Decimal]:
    """What each of a project's started pools but this one has cost or may cost, by id; also of pools of
    which there is nothing left but an account.

    Of a pool that is closed and has no account yet, Toloka tells what it has cost: for the newest ten of them, the
    others count with all that they may cost. Of the newest ten that are open it tells what they cost when they are
    done: more than was planned, if somebody changed them.
    """
    others = [pool for pool in pools if pool.was_started and (own is None or pool.id != own.id)]
    # What was paid counts for ever, also where Toloka does not list the pool any more.
    listed = {(pool.id, pool.batch.split("/")[-1]) for pool in pools}
    gone = {
        each.pool_id: each.spent
        for batch, each in accounts.items()
        if (each.pool_id, batch) not in listed and (own is None or each.pool_id != own.id)
    }
    accounted = {pool.id: spent for pool in others if (spent := spent_in(pool, accounts)) is not None}
    closed = [pool for pool in others if pool.id not in accounted and pool.has_ended][-MOST_CLOSED:]
    looked_into = {pool.id: exposure(payer, project, pool.id) for pool in closed}
    planned = {pool.id: pool.maximum for pool in others} | accounted | looked_into
    changed = costs_when_done(payer, [pool for pool in others if pool.is_open][-MOST_METRICS:], project)
    return gone | planned | {id_: max(planned[id_], cost) for id_, cost in changed.items()}


def costs_when_done(payer: Payer, pools: Sequence[PoolState], project: Project) -> dict[str, Decimal]:
    """What these open pools (ten at most) cost when they are done, by Toloka's own count of suites and at the price
    that they have now; with the fee, by id. What Toloka has not computed is not there."""
    ids = [pool.id for pool in pools]
    accepted, expected, spent = (
        payer.measure(metric, ids) for metric in (Metric.ACCEPTED, Metric.EXPECTED, Metric.SPENT)
    )
    with_fee = 1 + project.configuration.budget.fee
    return {
        pool.id: Decimal(str(spent[pool.id])) * with_fee
        + max(0, int(expected[pool.id]) - int(accepted[pool.id])) * project.suite_price_in(pool.terms)
        for pool in pools
        if pool.id in accepted.keys() & expected.keys() & spent.keys()
    }


def spent_in(pool: PoolState, accounts: Mapping[str, Account]) -> Decimal | None:
    """What a pool has cost, if its account is of its last ending."""
    account = accounts.get(pool.batch.split("/")[-1])
    return account.spent if account and (account.pool_id, account.ending) == (pool.id, pool.ending) else None


def exposure(payer: Payer, project: Project, pool_id: str) -> Decimal:
    """What a pool has cost, and costs if all that is being worked on gets paid; with the fee."""
    return count_exposure(payer, project, pool_id)[1]


def count_exposure(payer: Payer, project: Project, pool_id: str) -> tuple[int, Decimal]:
    """How many suites of a pool are paid or being worked on, and what they cost with the fee: each is paid with the
    reward that it was given for, whatever the pool's is by now."""
    return cost_of(payer.assignments(pool_id), project)


def cost_of(assignments: Iterable[Mapping[str, Any]], project: Project) -> tuple[int, Decimal]:
    """How many of these assignments are paid or being worked on, and what they cost with the fee."""
    statuses = ("ACCEPTED", "SUBMITTED", "ACTIVE")
    rewards = [reward_of(each, project.price) for each in assignments if each["status"] in statuses]
    return len(rewards), sum(rewards, Decimal(0)) * (1 + project.configuration.budget.fee)


def reward_of(assignment: Mapping[str, Any], otherwise: Terms) -> Decimal:
    """What an assignment is paid with, without the fee; at most the project's reward where Toloka doesn't say."""
    reward = assignment.get("reward")
    return otherwise.dearest if reward is None else Decimal(str(reward))
