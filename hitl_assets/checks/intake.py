"""Is what came in what workers are to be shown, was all of it published, and at which price?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import dagster as dg

from hitl_assets import reports
from hitl_assets.checks.batches import Context, batch_check, batch_of
from hitl_assets.checks.verdicts import ask
from hitl_assets.events import key_of
from hitl_assets.failures import explained
from hitl_assets.io_managers import read_directory, rejected_in
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.labeling.storage.files import StoredKnownTasks, StoredPool, StoredRawData
from hitl_assets.labeling.verdicts import (
    Verdict,
    judge_estimate,
    judge_files,
    judge_form,
    judge_golden_tasks,
    judge_rejected,
)
from hitl_assets.resources import PachydermResource
from hitl_assets.services.pachyderm import Pachyderm

FORM, ENOUGH, ESTIMATE = "items_fit_the_form", "enough_golden_tasks", "estimate_is_under_the_cap"
FILES = "every_file_brings_rows"


def form_check(project: Project) -> dg.AssetChecksDefinition:
    """Is it what workers are to be shown, and all of it?"""
    questions = {
        FORM: "Each item has the fields that workers are shown, with values that these allow.",
        FILES: "Each file of the commit that looks like a table was read, and has rows.",
    }

    def judge(pachyderm: Pachyderm, batch: str) -> Mapping[str, Verdict]:
        stored = read_directory(pachyderm, key_of(project, "raw_data"), batch, StoredRawData)
        source = project.configuration.source
        return {
            FORM: judge_form(stored.raw_data.items, project.inputs, source.field),
            FILES: judge_files(stored.raw_data, source.glob),
        }

    return ask(project, "raw_data", questions, judge, blocking=[FORM])


def golden_tasks_check(project: Project) -> dg.AssetChecksDefinition:
    """Are there enough golden tasks for this batch? Asked with each one: it is the last gate before people."""
    questions = {ENOUGH: "There are golden tasks for each suite, and others for the next one."}

    def judge(pachyderm: Pachyderm, _: str) -> Mapping[str, Verdict]:
        key = key_of(project, "golden_tasks")
        return {
            ENOUGH: judge_golden_tasks(read_directory(pachyderm, key, key.path[-1], StoredKnownTasks).tasks, project)
        }

    return ask(project, "tasks", questions, judge, blocking=[ENOUGH])


def estimate_check(project: Project) -> dg.AssetChecksDefinition:
    """Is the pool still under its cap?"""
    questions = {ESTIMATE: "What the pool may cost is under the cap per batch."}

    def judge(pachyderm: Pachyderm, batch: str) -> Mapping[str, Verdict]:
        plan = read_directory(pachyderm, key_of(project, "pools"), batch, StoredPool).pool
        maximum = Decimal(str(plan.get("estimate_maximum") or 0))
        return {ESTIMATE: judge_estimate(maximum, project.configuration.budget.per_batch)}

    return ask(project, "pools", questions, judge)


def rejected_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """Was everything that came in published?"""
    raw, published = key_of(project, "raw_data"), key_of(project, "pools")

    def verdict(batch: str, rejected: Sequence[RejectedRow], where: str) -> dg.AssetCheckResult:
        found = judge_rejected(rejected, where)
        return dg.AssetCheckResult(
            passed=found.passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, **found.numbers, "rejected": reports.rejected_table(rejected)},
            description=found.description,
        )

    @batch_check(project, "raw_data")
    def rows_are_usable(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """Every row of the commit is an item, or known already."""
        batch = batch_of(context, raw)
        with explained(context.run.run_id, context.instance):
            stored = read_directory(pachyderm.client(), raw, batch, StoredRawData)
        return verdict(batch, stored.raw_data.rejected, rejected_in(raw, batch))

    @batch_check(project, "pools", description=f"{project.service.title} took every task.")
    def tasks_are_published(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        batch = batch_of(context, published)
        with explained(context.run.run_id, context.instance):
            stored = read_directory(pachyderm.client(), published, batch, StoredPool)
        return verdict(batch, stored.rejected, rejected_in(published, batch))

    return [rows_are_usable, tasks_are_published]
