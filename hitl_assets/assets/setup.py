"""What is there before the first batch: known tasks, and what is created once in Toloka."""

from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.failures import explained
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredKnownTasks
from hitl_assets.locks import alone
from hitl_assets.resources import PachydermResource, TolokaResource
from hitl_assets.steps.publication import ensure_training

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

    return [golden_tasks, training_tasks] if project.training is not None else [golden_tasks]


def toloka_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """What is created once in Toloka and updated when its configuration changes."""

    @asset(kinds={"toloka"})
    def toloka_project(context: Context, toloka: TolokaResource, pachyderm: PachydermResource) -> dg.MaterializeResult:
        """What workers are asked: the project in Toloka.

        With what they see, and the form of their answers."""
        mark = project_mark(project)
        with explained(context.run.run_id, context.instance), alone(context, pachyderm) as lock:
            id_, done = toloka.client(lock.check).ensure_project(project.project, mark)
        metadata = reports.toloka_object("project", id_, done, toloka.client().link(id_))
        return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(mark.key))

    @asset(
        kinds={"toloka"},
        deps=[toloka_project],
        ins={"training_tasks": dg.AssetIn(key=[project.name, "training_tasks"])},
    )
    def toloka_training(
        context: Context, toloka: TolokaResource, pachyderm: PachydermResource, training_tasks: StoredKnownTasks
    ) -> dg.MaterializeResult:
        """The training that workers pass before the pools.

        It is open in Toloka, with all training tasks."""
        with explained(context.run.run_id, context.instance), alone(context, pachyderm) as lock:
            id_, done, link = ensure_training(toloka.client(lock.check), project, training_tasks.tasks)
        return dg.MaterializeResult(metadata=reports.toloka_object("training", id_, done, link))

    return [toloka_project, toloka_training] if project.training is not None else [toloka_project]
