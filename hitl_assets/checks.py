"""What must hold before anybody trusts the data: verdicts that name what is wrong and what to do."""

from collections.abc import Sequence
from decimal import Decimal

import dagster as dg

from hitl_assets import reports
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.answers import golden_accuracy
from hitl_assets.labeling.budget import Account
from hitl_assets.labeling.endings import advise, is_whole
from hitl_assets.labeling.files import (
    StoredAnswers,
    StoredDataset,
    StoredLabels,
    StoredPool,
    StoredRawData,
    StoredTasks,
)
from hitl_assets.labeling.items import describe_rejected
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.materializations import key_of
from hitl_assets.resources import PachydermResource, TolokaResource

Context = dg.AssetCheckExecutionContext

# Below this, people guess or the golden tasks are wrong.
LOWEST_GOLDEN_ACCURACY = 0.7
# How many rows a verdict names.
SHOWN = 3
CENT = Decimal("0.01")


def labeling_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The checks of one labeling project."""
    return [
        *rejected_checks(project),
        golden_accuracy_check(project),
        *ending_checks(project),
        labels_check(project),
        dataset_check(project),
    ]


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


def ending_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """How did the pool end, and does the money add up?"""
    asset = key_of(project, "raw_answers")

    def account_of(context: Context, pachyderm: PachydermResource) -> tuple[str, Account | None]:
        batch = batch_of(context, asset)
        with explained(context.run.run_id, context.instance):
            return batch, read_directory(pachyderm.client(), asset, batch, StoredAnswers).account

    @dg.asset_check(asset=asset, retry_policy=RETRY_POLICY)
    def pool_ended_well(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """The pool closed because everything was answered."""
        batch, account = account_of(context, pachyderm)
        reason = account.ending.split(" ")[0] if account else ""
        is_good = account is None or is_whole(reason, project)
        what = "Nothing was new, nobody was asked." if account is None else f"Pool {account.pool_id} closed: {reason}."
        return dg.AssetCheckResult(
            passed=is_good,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, "close_reason": reason or "no pool"},
            description=what if is_good else f"{what} {advise(reason, project, batch)}",
        )

    @dg.asset_check(asset=asset, retry_policy=RETRY_POLICY)
    def money_adds_up(context: Context, toloka: TolokaResource, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """What Toloka was paid is what the accepted assignments cost, and not more than was planned."""
        batch, account = account_of(context, pachyderm)
        if account is None:
            return dg.AssetCheckResult(passed=True, metadata={"batch": batch, "spent": 0.0}, description="No pool.")
        with explained(context.run.run_id, context.instance):
            net = toloka.client().paid(account.pool_id)
        paid = None if net is None else net * (1 + project.configuration.budget.fee)
        cap = project.configuration.budget.per_batch
        problems = [
            *([f"Toloka says it cost {paid}"] if paid is not None and abs(paid - account.spent) >= CENT else []),
            *([f"it was to cost {account.planned} at most"] if account.spent > account.planned else []),
            *([f"the cap is {cap}"] if account.spent > cap else []),
        ]
        return dg.AssetCheckResult(
            passed=not problems,
            severity=dg.AssetCheckSeverity.ERROR if account.spent > cap else dg.AssetCheckSeverity.WARN,
            metadata={
                "batch": batch,
                "planned_maximum": float(account.planned),
                "spent": float(account.spent),
                "suites_accepted": account.suites,
                "suites_rejected": account.rejected,
                "paid": "not computed yet" if paid is None else float(paid),
            },
            description=f"{account.suites} accepted suites cost {account.spent} with the fee"
            + ("".join(f", but {problem}" for problem in problems) + ". See the pool in Toloka." if problems else "."),
        )

    return [pool_ended_well, money_adds_up]


def golden_accuracy_check(project: Project) -> dg.AssetChecksDefinition:
    """Were workers careful?"""
    asset = key_of(project, "raw_answers")

    @dg.asset_check(asset=asset, retry_policy=RETRY_POLICY)
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
