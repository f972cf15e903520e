"""What money asks of a service that is paid: its balance, its pools, what they have cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from hitl_assets.labeling.money.budget import Funds
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Estimate, PoolState
from hitl_assets.services.labeling import Published

# So many pools are asked about in one question.
MOST_METRICS = 10


class Metric(Enum):
    """A number about a pool: of suites how many are paid, will be there, were rejected, were handed in; what was paid;
    how long a suite takes."""

    ACCEPTED = "accepted"
    EXPECTED = "expected"
    REJECTED = "rejected"
    SUBMITTED = "submitted"
    SPENT = "spent"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True, kw_only=True)
class Priced(Published):
    """A batch's pool with what it may cost: the plan with its price, what other pools take, and the most that the batch
    may cost (`cap`)."""

    estimate: Estimate
    funds: Funds
    cap: Decimal


class Payer(Protocol):
    """An account from which people are paid. Amounts are without the fee."""

    def balance(self) -> Decimal:
        """What is left on the account, in its currency."""

    def project_pools(self, project: Project) -> list[PoolState]:
        """All pools of a project, oldest first, wherever they are by now."""

    def reserving_pools(self) -> list[PoolState]:
        """All open pools of the account that bear our mark, whatever project they are of."""

    def measure(self, metric: Metric, pool_ids: Sequence[str]) -> dict[str, Any]:
        """One number for each of `MOST_METRICS` pools; one that isn't known yet is left out."""

    def assignments(self, pool_id: str) -> Iterator[dict[str, Any]]:
        """Every assignment of a pool, with its reward."""

    def unfinished_rewards(self, pool_id: str, at_most: int) -> list[Decimal | None]:
        """The reward of each assignment that is being worked on or waits for acceptance (None: not known)."""

    def paid(self, pool_id: str) -> Decimal | None:
        """What the service itself says that a pool has cost; None if it isn't computed yet."""

    def close_pool(self, pool_id: str) -> None:
        """Close a pool: nobody new begins; who has begun may finish."""
