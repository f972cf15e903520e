"""What is there before the first batch: known tasks, and what is created once in the labeling service."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.failures import explained
from hitl_assets.labeling.items.addresses import with_addresses
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.traits import Part
from hitl_assets.labeling.storage.files import StoredKnownTasks
from hitl_assets.locks import alone
from hitl_assets.resources import labeler
from hitl_assets.steps.addressing import find_writer

Context = dg.AssetExecutionContext
Asset = Any  # as in story.py


def known_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """What is known before anybody is asked: golden tasks and training tasks."""

    def read(context: Context, file: str) -> StoredKnownTasks:
        with explained(context.run.run_id, context.instance):
            tasks = known_tasks_of(project, file)
        context.add_output_metadata(reports.known_tasks(tasks, project.kind))
        return StoredKnownTasks(tasks)

    @asset(kinds={"csv", "pachyderm"}, metadata=reports.columns_of(project, "golden_tasks"))
    def golden_tasks(context: Context) -> StoredKnownTasks:
        """Tasks whose answers we know: they test workers.

        They are mixed in among the real ones, and show whether a worker is careful."""
        return read(context, project.configuration.golden_tasks)

    @asset(kinds={"csv", "pachyderm"}, metadata=reports.columns_of(project, "training_tasks"))
    def training_tasks(context: Context) -> StoredKnownTasks:
        """Tasks with hints that workers solve first, unpaid."""
        return read(context, project.configuration.training_tasks or "")

    golden = [golden_tasks] if project.configuration.golden_tasks else []
    return [*golden, training_tasks] if project.training is not None else golden


def service_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """What is created once in the project's service and updated when its configuration changes, one after the other."""
    made: list[dg.AssetsDefinition] = []
    for part in project.parts:
        made.append(service_asset(project, asset, part, made[-1:]))
    return made


def service_asset(
    project: Project, asset: Asset, part: Part, before: Sequence[dg.AssetsDefinition]
) -> dg.AssetsDefinition:
    """One part of the set-up; a training is made of its tasks."""
    tasks = dg.AssetIn(key=[project.name, "training_tasks"], dagster_type=StoredKnownTasks)

    @asset(
        name=f"{project.service.name}_{part.name}",
        kinds={project.service.name},
        description=part.description,
        deps=before,
        ins={"training_tasks": tasks} if part.is_training else {},
        required_resource_keys={project.service.name, "pachyderm"},
    )
    def prepared(context: Context, **known: StoredKnownTasks) -> dg.MaterializeResult:
        tasks = known["training_tasks"].tasks if known else ()
        with explained(context.run.run_id, context.instance), alone(context, project) as lock:
            write = find_writer(context.resources.pachyderm.client(), project, part.name) if tasks else None
            shown = with_addresses(project, tasks, write)
            done = labeler(context, project).client(lock.check).prepare(project, part.name, shown)
        version = dg.DataVersion(done.version) if done.version else None
        return dg.MaterializeResult(metadata=reports.prepared(part.name, done), data_version=version)

    return prepared
