"""Caps: whether a pool may be opened."""

from dataclasses import dataclass
from decimal import Decimal

from hitl_assets.labeling.project import Budget
from hitl_assets.labeling.records import Estimate


class OverBudgetError(ValueError):
    """A pool that could cost more than is allowed or there. The message has the numbers and what to do."""


@dataclass(frozen=True)
class Funds:
    """What is there and what is spoken for: the account's balance, the maxima of this project's other pools (all
    of them, and those that are open)."""

    balance: Decimal
    committed: Decimal
    reserved: Decimal


def check_budget(estimate: Estimate, budget: Budget, funds: Funds) -> None:
    """Refuse a pool whose maximum passes a cap or what the account has left.

    Raises:
        OverBudgetError: with the numbers.
    """
    maximum = estimate.maximum
    if maximum > budget.per_batch:
        raise OverBudgetError(
            f"This batch can cost up to {maximum} ({estimate.suites} suites); budget.per_batch is {budget.per_batch}. "
            "Raise the cap or lower the overlap, then materialize pools again. Nothing is open."
        )
    if funds.committed + maximum > budget.per_project:
        raise OverBudgetError(
            f"This batch can cost up to {maximum}, the project's other pools up to {funds.committed}; "
            f"budget.per_project is {budget.per_project}. Raise the cap, then materialize pools again. Nothing is open."
        )
    if maximum > funds.balance - funds.reserved:
        raise OverBudgetError(
            f"This batch can cost up to {maximum}; the balance is {funds.balance}, of which open pools may take "
            f"{funds.reserved}. Top up the account, then materialize pools again. Nothing is open."
        )
