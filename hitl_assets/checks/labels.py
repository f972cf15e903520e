"""Was nothing lost on the way to the labels and the dataset?"""

import dagster as dg

from hitl_assets.checks.batches import Context, batch_of
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.files import StoredTasks
from hitl_assets.labeling.label_files import StoredDataset, StoredLabels
from hitl_assets.labeling.project import Project
from hitl_assets.materializations import key_of
from hitl_assets.resources import PachydermResource


def labels_check(project: Project) -> dg.AssetChecksDefinition:
    """Was nothing lost?"""
    asset = key_of(project, "aggregated_labels")

    @dg.asset_check(asset=asset, retry_policy=RETRY_POLICY)
    def every_item_has_a_label(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """Each item of the batch has exactly one label."""
        batch = batch_of(context, asset)
        with explained(context.run.run_id, context.instance):
            labels = read_directory(pachyderm.client(), asset, batch, StoredLabels)
            tasks = read_directory(pachyderm.client(), key_of(project, "tasks"), batch, StoredTasks)
        planned = [task.item_key for task in tasks.tasks]
        labeled = [label.item_key for label in labels.labels]
        missing = len(set(planned) - set(labeled))
        return dg.AssetCheckResult(
            passed=sorted(planned) == sorted(labeled),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, "items": len(planned), "labels": len(labeled), "items_without_label": missing},
            description=f"{len(labeled)} labels for {len(planned)} items."
            + (
                f" {missing} items have none: see pool_ended_well, and unlabeled.csv beside the labels."
                if missing
                else ""
            ),
        )

    return every_item_has_a_label


def dataset_check(project: Project) -> dg.AssetChecksDefinition:
    """Is each item in it once?"""
    asset = key_of(project, "concatenated_dataset")

    @dg.asset_check(asset=asset, retry_policy=RETRY_POLICY)
    def no_item_twice(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """No item of the batches is in the dataset twice."""
        with explained(context.run.run_id, context.instance):
            dataset = read_directory(pachyderm.client(), asset, asset.path[-1], StoredDataset)
        keys = [row.item_key for row in dataset.rows if row.item_key]
        twice = len(keys) - len(set(keys))
        return dg.AssetCheckResult(
            passed=twice == 0,
            metadata={"rows": len(dataset.rows), "items_twice": twice},
            description="No item is there twice." if not twice else f"{twice} rows repeat an item of another batch.",
        )

    return no_item_twice
