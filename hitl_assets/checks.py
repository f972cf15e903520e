"""What must hold before anybody trusts the data: verdicts that name what is wrong and what to do."""

import dagster as dg

from hitl_assets.labeling.answers import golden_accuracy
from hitl_assets.labeling.files import StoredAnswers, StoredDataset, StoredLabels, StoredTasks
from hitl_assets.labeling.project import Project
from hitl_assets.materializations import key_of

# Below this, people guess or the golden tasks are wrong.
LOWEST_GOLDEN_ACCURACY = 0.7


def labeling_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The checks of one labeling project."""
    return [golden_accuracy_check(project), labels_check(project), dataset_check(project)]


def golden_accuracy_check(project: Project) -> dg.AssetChecksDefinition:
    """Were workers careful?"""

    @dg.asset_check(asset=key_of(project, "raw_answers"))
    def golden_tasks_answered_well(raw_answers: StoredAnswers) -> dg.AssetCheckResult:
        """At least 70 % of the answers to golden tasks are right."""
        right, total = golden_accuracy(raw_answers.assignments, project.label)
        accuracy = right / total if total else 1.0
        return dg.AssetCheckResult(
            passed=accuracy >= LOWEST_GOLDEN_ACCURACY,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"golden_answers": total, "golden_accuracy": round(accuracy, 4)},
            description=f"{right} of {total} answers to golden tasks are right."
            + ("" if accuracy >= LOWEST_GOLDEN_ACCURACY else " Look at the golden tasks that most workers got wrong."),
        )

    return golden_tasks_answered_well


def labels_check(project: Project) -> dg.AssetChecksDefinition:
    """Was nothing lost?"""

    @dg.asset_check(
        asset=key_of(project, "aggregated_labels"),
        additional_ins={"tasks": dg.AssetIn(key=key_of(project, "tasks"))},
    )
    def every_item_has_a_label(aggregated_labels: StoredLabels, tasks: StoredTasks) -> dg.AssetCheckResult:
        """Each item of the batch has exactly one label."""
        planned = [task.item_key for task in tasks.tasks]
        labeled = [label.item_key for label in aggregated_labels.labels]
        missing = len(set(planned) - set(labeled))
        return dg.AssetCheckResult(
            passed=sorted(planned) == sorted(labeled),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"items": len(planned), "labels": len(labeled), "items_without_label": missing},
            description=f"{len(labeled)} labels for {len(planned)} items."
            + (f" {missing} items have none: see how the pool closed." if missing else ""),
        )

    return every_item_has_a_label


def dataset_check(project: Project) -> dg.AssetChecksDefinition:
    """Is each item in it once?"""

    @dg.asset_check(asset=key_of(project, "concatenated_dataset"))
    def no_item_twice(concatenated_dataset: StoredDataset) -> dg.AssetCheckResult:
        """No item of the batches is in the dataset twice."""
        keys = [row.item_key for row in concatenated_dataset.rows if row.item_key]
        twice = len(keys) - len(set(keys))
        return dg.AssetCheckResult(
            passed=twice == 0,
            metadata={"rows": len(concatenated_dataset.rows), "items_twice": twice},
            description="No item is there twice." if not twice else f"{twice} rows repeat an item of another batch.",
        )

    return no_item_twice
