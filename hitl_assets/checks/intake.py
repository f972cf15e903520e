"""Was everything that came in published?"""

from collections.abc import Sequence

import dagster as dg

from hitl_assets import reports
from hitl_assets.checks.batches import Context, batch_of
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.files import StoredPool, StoredRawData
from hitl_assets.labeling.items import describe_rejected
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.materializations import key_of
from hitl_assets.resources import PachydermResource

# How many rows a verdict names.
SHOWN = 3


def rejected_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """Was everything that came in published?"""
    raw, published = key_of(project, "raw_data"), key_of(project, "pools")

    def verdict(batch: str, rejected: Sequence[RejectedRow], where: str) -> dg.AssetCheckResult:
        lines = describe_rejected(rejected[:SHOWN], "")
        return dg.AssetCheckResult(
            passed=not rejected,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, "rejected_rows": len(rejected), "rejected": reports.rejected_table(rejected)},
            description=f"{len(rejected)} rows were put aside, all of them in {where}. Correct them and commit them "
            f"again. The first: {'; '.join(line.removeprefix(':') for line in lines)}"
            if rejected
            else "Every row could be used.",
        )

    @dg.asset_check(asset=raw, retry_policy=RETRY_POLICY)
    def rows_are_usable(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """Every row of the commit is an item, or known already."""
        batch = batch_of(context, raw)
        with explained(context.run.run_id, context.instance):
            stored = read_directory(pachyderm.client(), raw, batch, StoredRawData)
        return verdict(batch, stored.raw_data.rejected, f"{project.name}_raw_data@master:/{batch}/rejected.csv")

    @dg.asset_check(asset=published, retry_policy=RETRY_POLICY)
    def tasks_are_published(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """Toloka took every task."""
        batch = batch_of(context, published)
        with explained(context.run.run_id, context.instance):
            stored = read_directory(pachyderm.client(), published, batch, StoredPool)
        return verdict(batch, stored.rejected, f"{project.name}_pools@master:/{batch}/rejected.csv")

    return [rows_are_usable, tasks_are_published]
