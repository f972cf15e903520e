"""What a pool may still cost: why it is not opened for more answers, and how many the caps allow."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hitl_assets.labeling.money.amounts import exact
from hitl_assets.labeling.money.budget import Account, Funds, OverBudgetError, check_budget
from hitl_assets.labeling.pools.endings import advise, is_whole
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Estimate, PoolState
from hitl_assets.services.money.funds import funds_beside
from hitl_assets.services.money.payer import Payer


@dataclass(frozen=True)
class Limit:
    """What a pool may cost in all (`maximum`), what it has cost (`spent`), and what other pools take."""

    project: Project
    pool_id: str
    maximum: Decimal
    spent: Decimal
    funds: Funds

    def refuse(self, rest: Estimate) -> str:
        """Why the pool may not be opened for this, and what to do; empty if it may."""
        # Whoever is asked about a few items gets a suite that isn't full, and costs as much.
        if self.spent + rest.maximum > self.maximum:
            return (
                f"Another round can cost {exact(rest.maximum)}, {exact(self.spent)} is spent, and the plan of pool "
                f"{self.pool_id} "
                f"was {exact(self.maximum)} at most. The labels are made from the answers that are there. To go on, "
                "raise "
                "overlap.max, then materialize pools of this batch."
            )
        try:
            check_budget(rest, self.project.configuration.budget, self.funds, spent=self.spent)
        except OverBudgetError as error:
            return str(error)
        return ""

    def most(self, count: int, rest_of: Callable[[int], Estimate]) -> int:
        """How many of `count` can be asked about, in their order: `rest_of` so many of them is allowed. -1 if not even
        what must be asked without them is."""
        return bisect_left(range(count + 1), True, key=lambda number: bool(self.refuse(rest_of(number)))) - 1


def find_limit(
    payer: Payer, project: Project, pool: PoolState, maximum: Decimal, spent: Decimal, accounts: Mapping[str, Account]
) -> Limit:
    """What a pool may still cost, as the account and the project's other pools are now."""
    return Limit(project, pool.id, maximum, spent, funds_of(payer, project, pool, accounts))


def check_rest(
    payer: Payer, project: Project, pool: PoolState, rest: Estimate, spent: Decimal, accounts: Mapping[str, Account]
) -> None:
    """Refuse to ask again beyond a cap.

    Raises:
        OverBudgetError: with the numbers.
    """
    check_budget(rest, project.configuration.budget, funds_of(payer, project, pool, accounts), spent=spent)


def funds_of(payer: Payer, project: Project, pool: PoolState, accounts: Mapping[str, Account]) -> Funds:
    """What there is, and what the project's other pools take."""
    return funds_beside(payer, payer.project_pools(project), pool, project, accounts)


def why_closed(pool: PoolState, project: Project) -> str:
    """Why a pool stays closed whatever it costs, and what to do; empty if it may be opened."""
    if not is_whole(pool.close_reason, project):
        return advise(pool.close_reason, project, pool.batch.split("/")[-1], pool.is_archived)
    if pool.is_archived:
        return (
            f"Toloka put pool {pool.id} away: nobody can be asked in it again. The labels are made from what is there."
        )
    return ""
