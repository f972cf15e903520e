"""Jobs that a person launches: ask again, label anew without asking, compare methods. The loop itself needs none."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from hitl_assets.assets.comparison import COMPARISON
from hitl_assets.assets.compilation import assess_batch, calibrate_batch, compile_dataset, label_batch
from hitl_assets.assets.sources import DATA_VERSION_TAG
from hitl_assets.events import key_of
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory, store
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredAnswers, StoredReview, StoredTasks
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.partitions import batches
from hitl_assets.resources import PachydermResource
from hitl_assets.run_config import AggregationConfig
from hitl_assets.services.pachyderm import Pachyderm

CALIBRATION, LABELS, QUALITY = "calibration", "aggregated_labels", "quality_report"
DATASET = "concatenated_dataset"


def labeling_jobs(project: Project) -> list[Any]:
    """The jobs of one project, named after it and what they do."""
    return [dismiss_job(project), relabel_job(project), reaggregate_job(project), comparison_job(project)]


def dismiss_job(project: Project) -> Any:
    """Leave a batch out that cannot be taken in."""
    return dg.define_asset_job(
        f"{project.name}_dismiss",
        selection=dg.AssetSelection.assets(key_of(project, "raw_data")),
        config={"ops": {f"{project.name}__raw_data": {"config": {"dismiss": True}}}},
        tags={"hitl/project": project.name},
        description="Leave out what a commit brought, if it cannot be read and will not be corrected: its batch is "
        "over, nobody is asked. Choose the batch. One that was taken in is not dismissed.",
    )


def relabel_job(project: Project) -> Any:
    """Ask for what is missing."""
    return dg.define_asset_job(
        f"{project.name}_relabel",
        selection=dg.AssetSelection.assets(key_of(project, "pools")),
        config={"ops": {f"{project.name}__pools": {"config": {"resume": True}}}},
        tags={"hitl/project": project.name},
        description="Open the pool of a batch again for items that have no label yet, inside the caps: one that ended "
        "early. Choose the batch. Costs money; what was paid stays paid.",
    )


def comparison_job(project: Project) -> Any:
    """Compare methods."""
    return dg.define_asset_job(
        f"{project.name}_compare_aggregators",
        selection=dg.AssetSelection.assets(key_of(project, COMPARISON)),
        tags={"hitl/project": project.name},
        description="Try methods of aggregation on all answers so far: agreement, accuracy on golden tasks, seconds. "
        "Changes nothing, costs nothing.",
    )


def reaggregate_job(project: Project) -> dg.JobDefinition:
    """Label anew without asking."""

    @dg.op(name=f"{project.name}_reaggregate_op", retry_policy=RETRY_POLICY, pool=project.name)
    def reaggregate(context: dg.OpExecutionContext, config: AggregationConfig, pachyderm: PachydermResource) -> None:
        """Labels of all batches anew from the answers that are there, in their order; then the dataset, once."""
        with explained(context.run_id, context.instance):
            client, changed = pachyderm.client(), config.apply_to(project)
            labels = {batch: relabel(context, client, changed, batch) for batch in labeled_batches(context, project)}
            dataset, metadata, _ = compile_dataset(client, changed, labels)
            report(context, client, key_of(project, DATASET), None, dataset, metadata)
        context.log.info(
            f"Labeled {plural(len(labels), 'batch', 'batches')} anew by {changed.configuration.aggregation.method}."
        )

    @dg.job(
        name=f"{project.name}_reaggregate",
        tags={"hitl/project": project.name},
        description="Make the labels of all batches anew from the answers that are there, by the project's method or "
        "another one, then the dataset. Asks nobody, costs nothing.",
    )
    def job() -> None:
        reaggregate()

    return job


def labeled_batches(context: dg.OpExecutionContext, project: Project) -> list[str]:
    """The batches that have labels, in the order of their commits."""
    done = context.instance.get_materialized_partitions(key_of(project, LABELS))
    names = batches(project).get_partition_keys(dynamic_partitions_store=context.instance)
    return [name for name in names if name in done]


def relabel(context: dg.OpExecutionContext, pachyderm: Pachyderm, project: Project, batch: str) -> StoredLabels:
    """The labels of one batch, made anew and stored, with what confidence is worth and the report of its quality."""
    tasks = read_directory(pachyderm, key_of(project, "tasks"), batch, StoredTasks)
    answers = read_given(pachyderm, project, batch)
    calibration, seen = calibrate_batch(context.instance, pachyderm, project, batch, tasks, answers)
    report(context, pachyderm, key_of(project, CALIBRATION), batch, calibration, seen)
    labels, metadata = label_batch(context.instance, pachyderm, project, batch, tasks, answers)
    report(context, pachyderm, key_of(project, LABELS), batch, labels, metadata)
    given = read_directory(pachyderm, key_of(project, "raw_answers"), batch, StoredAnswers)
    report(context, pachyderm, key_of(project, QUALITY), batch, *assess_batch(project, tasks, given, labels))
    return labels


def read_given(pachyderm: Pachyderm, project: Project, batch: str) -> StoredAnswers | StoredReview:
    """The answers that become labels: after a review, if the project has one."""
    if project.configuration.review:
        return read_directory(pachyderm, key_of(project, "reviewed_answers"), batch, StoredReview)
    return read_directory(pachyderm, key_of(project, "raw_answers"), batch, StoredAnswers)


def report(
    context: dg.OpExecutionContext,
    pachyderm: Pachyderm,
    key: dg.AssetKey,
    batch: str | None,
    value: Any,
    metadata: Mapping[str, Any],
) -> None:
    """Store a value where its asset keeps it, and say so in Dagster."""
    place = store(pachyderm, key, batch or key.path[-1], value, context.run_id, context.instance)
    context.log_event(
        dg.AssetMaterialization(
            key,
            partition=batch,
            metadata={**metadata, **place},
            tags={DATA_VERSION_TAG: str(place["pachyderm/hash"])},
        )
    )
