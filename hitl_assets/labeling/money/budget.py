"""Caps: whether a pool may be opened, when it must be closed, and whether the money adds up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.money.amounts import exact
from hitl_assets.labeling.project.declaration import Budget
from hitl_assets.labeling.records import Estimate
from hitl_assets.labeling.values.plurals import plural

# How many people may each take a suite between two looks, whatever the pace was so far.
AT_ONCE = 30


class OverBudgetError(ValueError):
    """A pool that could cost more than is allowed or there. The message has the numbers and what to do."""


@dataclass(frozen=True)
class Funds:
    """What is there and what is spoken for: the account's balance, what this project's other pools have cost or may
    cost, how much of the balance open pools may still take, and what of `committed` is other pools of the same batch:
    there should be none, and if there are, they count against its cap."""

    balance: Decimal
    committed: Decimal
    reserved: Decimal
    same_batch: Decimal = Decimal(0)


@dataclass(frozen=True)
class Account:
    """What a pool has cost when it ended, in the account's currency with the fee.

    `planned` is the most that it was allowed to cost when it was made; `suites` are those that were paid. `ending` is
    the end of the pool that this is about. `openings` are the ISO times at which it was opened before each of its ends
    that was collected, oldest first: they tell which answers are of which round. `simulated` says whether an emulator's
    people answered (simulated.py). `overlap` is how many workers were to answer each task of the pool (0: not known).
    """

    pool_id: str
    ending: str
    planned: Decimal
    suites: int
    rejected: int
    spent: Decimal
    openings: tuple[str, ...] = ()
    simulated: str = ""
    overlap: int = 0


def spent_on(assignments: Sequence[Mapping[str, Any]], fee: Decimal) -> Decimal:
    """What accepted assignments cost, with the fee."""
    rewards = (Decimal(str(each.get("reward") or 0)) for each in assignments if each.get("status") == "ACCEPTED")
    return sum(rewards, Decimal(0)) * (1 + fee)


def check_budget(estimate: Estimate, budget: Budget, funds: Funds, spent: Decimal = Decimal(0)) -> None:
    """Refuse a pool whose maximum passes a cap or what the account has left.

    Args:
        estimate: what is still to be asked.
        budget: the caps.
        funds: what other pools take.
        spent: what this pool has cost already.

    Raises:
        OverBudgetError: with the numbers.
    """
    maximum, before = estimate.maximum, spent + funds.same_batch
    this = f"This batch can cost up to {exact(maximum + before)} ({plural(estimate.suites, 'suite')}"
    this += f", {exact(before)} of it spent already)" if before else ")"
    if maximum + before > budget.per_batch:
        raise OverBudgetError(
            f"{this}; budget.per_batch is {budget.per_batch}. "
            "Raise the cap or lower the overlap, then materialize pools again. Nothing is open."
        )
    if funds.committed + spent + maximum > budget.per_project:
        raise OverBudgetError(
            f"{this}, the project's other pools up to {exact(funds.committed - funds.same_batch)}; "
            f"budget.per_project is {budget.per_project}. Raise the cap, then materialize pools again. Nothing is open."
        )
    if maximum > funds.balance - funds.reserved - budget.balance_reserve:
        kept = f", and budget.balance_reserve keeps {budget.balance_reserve}" if budget.balance_reserve else ""
        raise OverBudgetError(
            f"This batch can cost up to {exact(maximum)}{' more' if spent else ''}; the balance is "
            f"{exact(funds.balance)}, of which "
            f"open pools may take {exact(funds.reserved)}{kept}. Top up the account, then materialize pools again. "
            "Nothing is "
            "open."
        )


def cap_of(budget: Budget, funds: Funds) -> Decimal:
    """The most that a batch's pool may cost, whatever happens to it: what other pools leave of the cap per batch and of
    the cap per project."""
    return min(budget.per_batch - funds.same_batch, budget.per_project - funds.committed)


@dataclass(frozen=True)
class Exposure:
    """What an open pool has cost so far if all that is being worked on gets paid, and what it costs when it is done,
    by Toloka's own count of suites."""

    now: Decimal
    expected: Decimal


def must_close(exposure: Exposure, before: Decimal, price: Decimal, cap: Decimal) -> bool:
    """Whether a pool has to be closed now, so that it does not pass its cap before we look again.

    A plan is checked before it is opened; what passes the cap later was changed by somebody, or by a rule. Exposure is
    taken to grow until the next look twice as much as it did since the last one (`before`), for looks come unevenly;
    and at least by what `AT_ONCE` people take, or by all that is left: a pool that opens again is taken up in seconds.
    """
    at_once = min(AT_ONCE * price, exposure.expected - exposure.now)
    growth = max(2 * (exposure.now - before), at_once, price)
    return exposure.expected > cap and exposure.now + growth > cap


def is_endless(now: Decimal, whole: Decimal, price: Decimal, cap: Decimal) -> bool:
    """Whether a pool has to be closed now although it stays under its cap by Toloka's count: it costs more than the
    `whole` of what was planned and counted, so there is a task in it that never runs out, and `AT_ONCE` people could
    pass the cap."""
    return now > whole and now + AT_ONCE * price > cap


def is_near(spent: Decimal, price: Decimal, cap: Decimal) -> bool:
    """Whether those who may be at work, and as many who come until the next look, could pass the cap."""
    return spent + 2 * AT_ONCE * price > cap
