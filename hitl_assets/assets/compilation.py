"""From answers to labels, from labels to the dataset: what the assets and the job `reaggregate` both do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.assets.model import predictions_of
from hitl_assets.events import key_of, materialized_before
from hitl_assets.io_managers import read_earlier
from hitl_assets.labeling.aggregation.batch_calibration import StoredCalibration
from hitl_assets.labeling.answers.answers import counted, read_answers
from hitl_assets.labeling.answers.simulated import kind_of, worst
from hitl_assets.labeling.classifier import training_rows
from hitl_assets.labeling.labels.concatenation import compare, concatenate
from hitl_assets.labeling.labels.decisions import Decided
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.labels.quality import StoredQuality, measure_quality
from hitl_assets.labeling.labels.withdrawal import part
from hitl_assets.labeling.model.audits import Terms
from hitl_assets.labeling.money.budget import Account, spent_on
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Prediction, Task
from hitl_assets.labeling.storage.files import StoredAnswers, StoredTasks
from hitl_assets.partitions import batches
from hitl_assets.reports.tables import Metadata
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.collection import read_accounts, spent_by
from hitl_assets.steps.decisions import calibrate_labels, decide, read_calibration
from hitl_assets.steps.intake.changes import LabeledBefore, find_withdrawn, labeled_before
from hitl_assets.steps.training import held_out_keys, held_out_rows

# Batches before this one, its tasks, its assignments, and predictions by item key.
Given = tuple[Sequence[str], Sequence[Task], Sequence[Mapping[str, Any]], Mapping[str, Prediction]]


def labels_of(
    instance: dg.DagsterInstance,
    pachyderm: Pachyderm,
    project: Project,
    batch: str,
    tasks: StoredTasks,
    answers: Any,
    accounts: Mapping[str, Account],
    is_final: bool = False,
) -> tuple[Decided, StoredCalibration | None]:
    """The labels of a batch by what was answered so far, and what their confidence was worth. `accounts`: of the pools
    that ended, by batch; `is_final`: nobody will be asked again."""
    given, terms = given_for(instance, pachyderm, project, batch, tasks, answers)
    known, account = read_calibration(pachyderm, project, batch), accounts.get(batch)
    openings = account.openings if account else ()
    worth = known.calibration if known else None
    return decide(pachyderm, project, *given, worth, openings, replace(terms, is_final=is_final)), known


def given_for(
    instance: dg.DagsterInstance, pachyderm: Pachyderm, project: Project, batch: str, tasks: StoredTasks, answers: Any
) -> tuple[Given, Terms]:
    """What a batch is judged by: the batches labeled before it, its tasks and assignments, a model's predictions; and
    what its audit is judged by."""
    before = materialized_before(instance, key_of(project, "aggregated_labels"), batches(project), batch)
    predictions, terms = predictions_of(pachyderm, project, batch, tasks.tasks)
    return (before, tasks.tasks, answers.assignments, predictions), terms


def calibrate_batch(
    instance: dg.DagsterInstance, pachyderm: Pachyderm, project: Project, batch: str, tasks: StoredTasks, answers: Any
) -> tuple[StoredCalibration, Metadata]:
    """What confidence is worth in a batch as it is stored, and what is shown of it."""
    given, _ = given_for(instance, pachyderm, project, batch, tasks, answers)
    found = calibrate_labels(pachyderm, project, *given)
    return found, reports.calibration(found, project)


def label_batch(
    instance: dg.DagsterInstance, pachyderm: Pachyderm, project: Project, batch: str, tasks: StoredTasks, answers: Any
) -> tuple[StoredLabels, Metadata]:
    """The labels of a batch as they are stored, and what is shown of them."""
    accounts = read_accounts(pachyderm, project) if project.has_rounds else {}
    decided, calibration = labels_of(instance, pachyderm, project, batch, tasks, answers, accounts, is_final=True)
    spent = spent_on(answers.assignments, project.configuration.budget.fee) if project.traits.is_paid else None
    audit = decided.audit if project.configuration.model else None
    parts = (decided.labels.labels, decided.labels.unlabeled, decided.records, decided.audited, calibration, audit)
    seen = {**reports.simulated(kind_of(answers.assignments)), **reports.labels(decided.labels, project, spent)}
    seen |= reports.worth(calibration, project)
    if project.kind.is_scored:
        seen |= reports.scores(counted(read_answers(answers.assignments), project.kind), project.kind)
    return StoredLabels(*parts), seen


def assess_batch(
    project: Project, tasks: StoredTasks, answers: StoredAnswers, labels: StoredLabels
) -> tuple[StoredQuality, Metadata]:
    """The health of a batch as it is stored, and what is shown of it. `answers`: all, also what was rejected."""
    spent = spent_on(answers.assignments, project.configuration.budget.fee)
    found = labels.audited, spent, labels.audit
    quality = measure_quality(project, tasks.tasks, labels.labels, answers.assignments, *found)
    seen = {**reports.simulated(kind_of(answers.assignments)), **reports.quality(quality)}
    return StoredQuality(quality), {**seen, **reports.worth(labels.calibration, project)}


def compile_dataset(
    pachyderm: Pachyderm, project: Project, labels: Mapping[str, StoredLabels]
) -> tuple[StoredDataset, Metadata, LabeledBefore]:
    """The dataset with the labels of these batches, what is shown of it, and what was labeled before."""
    before = labeled_before(pachyderm, project)
    earlier = read_earlier(pachyderm, key_of(project, "concatenated_dataset"), StoredDataset)
    accounts = read_accounts(pachyderm, project)
    every = concatenate(before.rows, {batch: stored.labels for batch, stored in labels.items()})
    withdrawal = find_withdrawn(pachyderm, project)
    parted = part(every, withdrawal, project.identity)
    rows = parted.kept
    delta = compare(earlier.rows if earlier else (), rows, project.kind)
    metadata = dict(reports.simulated(worst(accounts[batch].simulated for batch in labels if batch in accounts)))
    metadata |= reports.dataset(rows, before, project, delta, spent_by(accounts) if project.traits.is_paid else None)
    metadata |= reports.withdrawn(parted, withdrawal)
    # Also without a model: one that is added later learns from this dataset.
    held_out = held_out_keys(held_out_rows(pachyderm, project)) if project.has_classifier else frozenset()
    metadata |= reports.learnable(training_rows(rows, held_out, project.of_files))
    dataset = StoredDataset(rows, project.label)
    if project.configuration.export:
        from hitl_assets.steps.exporting import export

        files, remarks = export(pachyderm, project, dataset.table)
        dataset, metadata = replace(dataset, exports=files), {**metadata, **reports.exported(files, remarks)}
    return dataset, metadata, before
