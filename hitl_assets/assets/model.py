"""The model's part of the story: a classifier learns from the dataset, is evaluated, and predicts each new batch.

The circle is not one for Dagster: `predictions` depends on the approved version in Pachyderm (an external asset), not
on the asset that wrote it, for no batch waits for a training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.events import APPROVED, golden_answers, key_of, materialized_before
from hitl_assets.failures import explained
from hitl_assets.io_managers import has_directory, read_directory
from hitl_assets.labeling.items.items import describe_rejected
from hitl_assets.labeling.model.audits import Terms
from hitl_assets.labeling.model.files import StoredEvaluation, StoredPredictions
from hitl_assets.labeling.model.prefills import with_prefills
from hitl_assets.labeling.model.routing import AUDIT, judge_trust, route_items
from hitl_assets.labeling.model.stored_classifier import StoredClassifier
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item, Prediction, Task
from hitl_assets.labeling.storage.files import StoredRawData, StoredTasks
from hitl_assets.partitions import batches
from hitl_assets.resources import PachydermResource
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.evaluation import evaluate
from hitl_assets.steps.intake.changes import find_commit
from hitl_assets.steps.training import own_experience, predict, read_own_predictions, recipe_version, train

Context = dg.AssetExecutionContext
Asset = Any  # as in story.py
NOTHING = StoredPredictions(())


def training_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """The classifier and what it is worth; nothing for projects without a model, or with predictions of their own."""
    if not project.has_classifier:
        return []

    @asset(
        kinds={"scikitlearn", "pachyderm"},
        deps=[key_of(project, "concatenated_dataset")],
        code_version=recipe_version(project),
    )
    def classifier(context: Context, pachyderm: PachydermResource) -> StoredClassifier:
        """A model that has learned from labels by people.

        And from those that were there before. It is used when the evaluation approves it."""
        unreadable = Unreadable(context)
        with explained(context.run.run_id, context.instance):
            trained = train(pachyderm.client(), project, unreadable)
        context.add_output_metadata({**reports.classifier(trained), **reports.unreadable(unreadable.found)})
        return trained

    @asset(
        kinds={"scikitlearn", "pachyderm"},
        deps=[classifier, key_of(project, "concatenated_dataset")],
        code_version=recipe_version(project),
    )
    def evaluation(context: Context, pachyderm: PachydermResource) -> StoredEvaluation:
        """How good the newest model is, and which one is used.

        It is tried on rows that it has not learned from, and used unless it is worse than the one before or than
        people."""
        people, unreadable = golden_answers(context.instance, project), Unreadable(context)
        with explained(context.run.run_id, context.instance):
            found = evaluate(pachyderm.client(), project, people, unreadable)
        if found.approved is not None:
            # Not as a data version: no batch is stale because a later one has a better model.
            about = {"commit": str(found.approved), "hash": found.approved.hash}
            context.log_event(dg.AssetObservation(key_of(project, APPROVED), metadata=about))
        context.add_output_metadata({**reports.evaluation(found), **reports.unreadable(unreadable.found)})
        return found

    return [classifier, evaluation]


def prediction_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """What the model says of each batch; nothing for projects without a model."""
    if project.configuration.model is None:
        return []

    @asset(
        kinds={"scikitlearn", "pachyderm"},
        ins={"raw_data": dg.AssetIn(key=[project.name, "raw_data"])},
        deps=[key_of(project, APPROVED)] if project.has_classifier else [],
        metadata=reports.columns_of(project, "predictions"),
    )
    def predictions(context: Context, pachyderm: PachydermResource, raw_data: StoredRawData) -> StoredPredictions:
        """What the model says of each item, and how surely.

        A batch that people may be at work on keeps what was predicted for it, whatever has been learned since."""
        client, items, unreadable = pachyderm.client(), raw_data.raw_data.items, Unreadable(context)
        with explained(context.run.run_id, context.instance):
            if has_directory(client, key_of(project, "tasks"), context.partition_key):
                found = stored_predictions(client, project, context.partition_key)
            elif project.has_classifier:
                found = predict(client, project, items, labeled_before(context, project), unreadable)
            else:
                found = brought_predictions(context, client, project, items)
        seen = reports.predictions(found, items, project.kind)
        context.add_output_metadata({**seen, **reports.unreadable(unreadable.found)})
        return found

    return [predictions]


@dataclass(frozen=True)
class Unreadable:
    """Files that cannot be used, and why. Each is named in the run's log."""

    context: Context
    found: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, place: str, reason: str) -> None:
        """Name one."""
        self.context.log.warning(f"{place} {reason}. The model leaves it out; people label it.")
        self.found.append((place, reason))


def brought_predictions(
    context: Context, client: Pachyderm, project: Project, items: Sequence[Item]
) -> StoredPredictions:
    """The predictions that the project brings for a batch. Rows that are none are put aside."""
    brought = read_own_predictions(client, project, find_commit(client, project, context.partition_key), items)
    for line in describe_rejected(brought.rejected[: reports.ROWS], "predictions"):
        context.log.warning(f"No prediction: {line}")
    for line in describe_rejected(brought.elsewhere[: reports.ROWS], "predictions"):
        context.log.info(f"Not used: {line}")
    seen = {"put_aside": len(brought.rejected), "about_other_items": len(brought.elsewhere)}
    context.add_output_metadata(seen)
    return StoredPredictions(brought.predictions, own_experience(client, project, labeled_before(context, project)))


def labeled_before(context: Context, project: Project) -> list[str]:
    """The batches before this one that have labels."""
    labels = key_of(project, "aggregated_labels")
    return materialized_before(context.instance, labels, batches(project), context.partition_key)


def stored_predictions(client: Pachyderm, project: Project, batch: str) -> StoredPredictions:
    """What was predicted for a batch. A batch that is older than the project's model has no predictions."""
    key = key_of(project, "predictions")
    return read_directory(client, key, batch, StoredPredictions) if has_directory(client, key, batch) else NOTHING


def prefilled(client: Pachyderm, project: Project, batch: Batch) -> Batch:
    """A batch as people get it: with the predictions that they begin with, where the project shows them."""
    model = project.configuration.model
    if model is None or not model.show_predictions:
        return batch
    found = stored_predictions(client, project, batch.name)
    return replace(batch, tasks=with_prefills(project, batch.tasks, found.predictions))


def routes_of(client: Pachyderm, project: Project, batch: str) -> Mapping[str, str]:
    """Who answers each item of a batch, by item key. What has been decided once stays: people may be at work."""
    model, tasks = project.configuration.model, key_of(project, "tasks")
    if model is None:
        return {}
    if has_directory(client, tasks, batch):
        return {task.item_key: task.route for task in read_directory(client, tasks, batch, StoredTasks).tasks}
    found = stored_predictions(client, project, batch)
    trust = judge_trust(found.predictions, found.evidence, model)
    return route_items(found.predictions, trust.threshold, model.audit, model.target_accuracy, trust.least)


def predictions_of(
    client: Pachyderm, project: Project, batch: str, tasks: Sequence[Task]
) -> tuple[Mapping[str, Prediction], Terms]:
    """What was predicted for a batch, by item key, and what its audit is judged by.

    It is on trial only if its audit is large enough: one that an older version drew was not meant to prove anything.
    """
    model = project.configuration.model
    if model is None:
        return {}, Terms()
    found = stored_predictions(client, project, batch)
    trust = judge_trust(found.predictions, found.evidence, model)
    audited = sum(task.route == AUDIT for task in tasks)
    terms = replace(trust.terms, must_prove=trust.terms.must_prove and audited >= trust.least)
    return {each.item_key: each for each in found.predictions}, terms
