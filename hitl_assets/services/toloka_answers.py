"""The assignments of a pool in Toloka: read, counted, accepted and rejected."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from toloka.client.analytics_request import AnalyticsRequest, ApprovedAssignmentsCountPoolAnalytics
from toloka.client.search_requests import AssignmentSearchRequest

from hitl_assets.services.toloka_connection import PAGE, Connection

# The kit sends at most ten metrics in one analytics request.
MOST_METRICS = 10
ANALYTICS_TIME = timedelta(seconds=15)


class AnswerCalls(Connection):
    """What is done with answers."""

    def assignments(self, pool_id: str) -> Iterator[dict[str, Any]]:
        """Every assignment of a pool as Toloka's JSON, in the order of ids."""
        with self.translated(f"read the assignments of pool {pool_id}"):
            for assignment in self.reader.get_assignments(pool_id=pool_id, batch_size=PAGE):
                yield assignment.unstructure() or {}

    def has_unfinished(self, pool_id: str) -> bool:
        """Whether somebody still works on the pool, or an answer waits for acceptance."""
        request = AssignmentSearchRequest(pool_id=pool_id, status=["ACTIVE", "SUBMITTED"])
        with self.translated(f"look for unfinished assignments of pool {pool_id}"):
            return bool(self.reader.find_assignments(request, limit=1).items)

    def accepted_counts(self, pool_ids: Sequence[str]) -> dict[str, int]:
        """How many assignments each pool has accepted: one question about all of them (ten pools at most).

        Toloka computes it in its own time. What isn't ready within `ANALYTICS_TIME` is left out: the next tick asks
        again, and what is done doesn't depend on it.
        """
        if not pool_ids:
            return {}
        asked: list[AnalyticsRequest] = [
            ApprovedAssignmentsCountPoolAnalytics(subject_id=pool_id) for pool_id in pool_ids[:MOST_METRICS]
        ]
        with self.translated("ask for the progress of open pools"):
            operation = self.reader.get_analytics(asked)
            try:
                done = self.reader.wait_operation(operation, timeout=ANALYTICS_TIME, disable_progress=True)
            except TimeoutError:
                return {}
        return {
            value["request"]["subject_id"]: int(value["result"])
            for value in (done.details or {}).get("value", [])
            if value["finished"]
        }
