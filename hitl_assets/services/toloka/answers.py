"""The assignments of a pool in Toloka: read, counted, accepted and rejected."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from hitl_assets.services.money.payer import MOST_METRICS, Metric
from hitl_assets.services.toloka.connection import PAGE, Connection

if TYPE_CHECKING:
    from hitl_assets.services.toloka.kit import Assignment

# What toloka-kit calls each of our numbers; it sends at most ten of them in one request.
ANALYTICS: Mapping[Metric, str] = {
    Metric.ACCEPTED: "ApprovedAssignmentsCountPoolAnalytics",
    Metric.EXPECTED: "EstimatedAssignmentsCountPoolAnalytics",
    Metric.REJECTED: "RejectedAssignmentsCountPoolAnalytics",
    Metric.SUBMITTED: "SubmittedAssignmentsCountPoolAnalytics",
    Metric.SPENT: "SpentBudgetPoolAnalytics",
    Metric.MILLISECONDS: "AvgSubmitAssignmentMillisPoolAnalytics",
}
ANALYTICS_TIME = timedelta(seconds=15)


class AnswerCalls(Connection):
    """What is done with answers."""

    def assignments(self, pool_id: str) -> Iterator[dict[str, Any]]:
        """Every assignment of a pool as Toloka's JSON, in the order of ids."""
        with self.translated(f"read the assignments of pool {pool_id}"):
            for assignment in self.reader.get_assignments(pool_id=pool_id, batch_size=PAGE):
                yield assignment.unstructure() or {}

    def has_unfinished(self, pool_id: str, *statuses: str) -> bool:
        """Whether somebody still works on the pool (ACTIVE), or an answer waits for acceptance (SUBMITTED)."""
        from hitl_assets.services.toloka.kit import AssignmentSearchRequest

        request = AssignmentSearchRequest(pool_id=pool_id, status=list(statuses or ("ACTIVE", "SUBMITTED")))
        with self.translated(f"look for unfinished assignments of pool {pool_id}"):
            return bool(self.reader.find_assignments(request, limit=1).items)

    def unfinished_rewards(self, pool_id: str, at_most: int) -> list[Decimal | None]:
        """The reward (without the fee; None: Toloka doesn't say) of each assignment that is being worked on or waits
        for acceptance; looking stops at `at_most`. It is the one that the assignment was given for."""
        from hitl_assets.services.toloka.kit import AssignmentSearchRequest

        request = AssignmentSearchRequest(pool_id=pool_id, status=["ACTIVE", "SUBMITTED"])
        with self.translated(f"count the unfinished assignments of pool {pool_id}"):
            found = islice(self.reader.get_assignments(request, batch_size=PAGE), at_most)
            return [None if each.reward is None else Decimal(str(each.reward)) for each in found]

    def measure(self, metric: Metric, pool_ids: Sequence[str]) -> dict[str, Any]:
        """One of Toloka's numbers for each pool: one question about all of them (ten pools at most).

        Toloka computes it in its own time. What isn't ready within `ANALYTICS_TIME` is left out: the next tick asks
        again, and what is done doesn't depend on it.
        """
        if not pool_ids:
            return {}
        from hitl_assets.services.toloka.kit import analytics_request

        form = getattr(analytics_request, ANALYTICS[metric])
        asked = [form(subject_id=pool_id) for pool_id in pool_ids[:MOST_METRICS]]
        with self.translated("ask for numbers about pools"):
            operation = self.reader.get_analytics(asked)
            try:
                done = self.reader.wait_operation(operation, timeout=ANALYTICS_TIME, disable_progress=True)
            except TimeoutError:
                return {}
        return {
            value["request"]["subject_id"]: value["result"]
            for value in (done.details or {}).get("value", [])
            if value["finished"]
        }

    def paid(self, pool_id: str) -> Decimal | None:
        """What Toloka itself says that a pool has cost, without the fee; None if it isn't computed yet."""
        result = self.measure(Metric.SPENT, [pool_id]).get(pool_id)
        return None if result is None else Decimal(str(result))

    def accept(self, assignment_id: str, comment: str) -> None:
        """Accept an assignment; one that is accepted already stays so.

        Raises:
            ServiceError: it can't be accepted any more.
        """
        from hitl_assets.services.toloka.kit import Assignment

        self.set_status(assignment_id, Assignment.Status.ACCEPTED, comment)

    def reject(self, assignment_id: str, comment: str) -> None:
        """Reject an assignment; one that is rejected already stays so.

        Raises:
            ServiceError: it can't be rejected any more.
        """
        from hitl_assets.services.toloka.kit import Assignment

        self.set_status(assignment_id, Assignment.Status.REJECTED, comment)

    def set_status(self, assignment_id: str, status: "Assignment.Status", comment: str) -> None:
        """Give an assignment its final status. Doing so twice is doing so once: an answer may have been lost."""
        from hitl_assets.services.toloka.kit import AssignmentPatch, IncorrectActionsApiError

        patch = AssignmentPatch(status=status, public_comment=comment)
        with self.changing(f"set assignment {assignment_id} to {status.value}"):
            try:
                self.writer.patch_assignment(assignment_id, patch)
            except IncorrectActionsApiError:
                if self.reader.get_assignment(assignment_id).status != status:
                    raise
