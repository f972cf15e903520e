"""What must hold before anybody trusts the data: verdicts that name what is wrong and what to do."""

import dagster as dg

from hitl_assets.failures import explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.answers import golden_accuracy
from hitl_assets.labeling.files import StoredAnswers, StoredDataset, StoredLabels, StoredTasks
from hitl_assets.labeling.project import Project
from hitl_assets.materializations import key_of
from hitl_assets.resources import PachydermResource

Context = dg.AssetCheckExecutionContext

# Below this, people guess or the golden tasks are wrong.
LOWEST_GOLDEN_ACCURACY = 0.7


def labeling_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The checks of one labeling project."""
    return [golden_accuracy_check(project), labels_check(project), dataset_check(project)]


def golden_accuracy_check(project: Project) -> dg.AssetChecksDefinition:
    """Were workers careful?"""
    asset = key_of(project, "raw_answers")

    @dg.asset_check(asset=asset)
    def golden_tasks_answered_well(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """At least 70 % of the answers to golden tasks are right."""
        batch = batch_of(context, asset)
        with explained(context.run.run_id, context.instance):
            answers = read_directory(pachyderm.client(), asset, batch, StoredAnswers)
        right, total = golden_accuracy(answers.assignments, project.label)
        accuracy = right / total if total else 1.0
        is_good = accuracy >= LOWEST_GOLDEN_ACCURACY
        return dg.AssetCheckResult(
            passed=is_good,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, "golden_answers": total, "golden_accuracy": round(accuracy, 4)},
            description=f"{right} of {total} answers to golden tasks are right."
            + ("" if is_good else " Look at the golden tasks that most workers got wrong, and at the instructions."),
        )

    return golden_tasks_answered_well


def labels_check(project: Project) -> dg.AssetChecksDefinition:
    """Was nothing lost?"""
    asset = key_of(project, "aggregated_labels")

    @dg.asset_check(asset=asset)
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
            + (f" {missing} items have none: see how the pool closed." if missing else ""),
        )

    return every_item_has_a_label


def dataset_check(project: Project) -> dg.AssetChecksDefinition:
    """Is each item in it once?"""
    asset = key_of(project, "concatenated_dataset")

    @dg.asset_check(asset=asset)
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


def batch_of(context: Context, asset: dg.AssetKey) -> str:
    """The batch of the run; for a check that is run alone, the one that was materialized last."""
    # A check reads its data itself: as an input of a run that also has an asset without partitions, it would get all.
    batch = context.run.tags.get("dagster/partition")
    if batch is None:
        event = context.instance.get_latest_materialization_event(asset)
        batch = event.asset_materialization.partition if event and event.asset_materialization else None
    if batch is None:
        raise dg.Failure(f"{asset.to_user_string()} has no batch yet. Materialize it first.", allow_retries=False)
    return batch
