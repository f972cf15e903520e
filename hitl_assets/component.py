"""LabelingProject, the front door: one YAML file becomes assets, checks and sensors."""

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster.components.core.context import ComponentLoadContext
from pydantic import BaseModel

from hitl_assets.assets.sources import source_specs
from hitl_assets.assets.story import labeling_assets
from hitl_assets.checks import labeling_checks
from hitl_assets.io_managers import PachydermIOManager
from hitl_assets.jobs import labeling_jobs
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import FILE, compose_project, describe_flat, lenient_model, load_project
from hitl_assets.notifiers import LogNotifier, Notifier, notifier_from_environment
from hitl_assets.resources import (
    LABELERS,
    PachydermResource,
    TolokaResource,
    media_from_environment,
    services_from_environment,
)
from hitl_assets.scaffolder import ProjectScaffolder
from hitl_assets.sensors import labeling_sensors
from hitl_assets.sensors.alerts import failure_sensor

log = logging.getLogger(__name__)


@dg.scaffold_with(ProjectScaffolder)
class LabelingProject(dg.Component):
    """A labeling project: items from a Pachyderm repo, labeled by people in Toloka, back into Pachyderm."""

    def __init__(self, project: Project) -> None:
        self.project = project
        tell_flat(project)

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """What `attributes` may hold; `dg` makes the schema of the YAML from it."""
        return lenient_model()

    @classmethod
    def load(cls, attributes: Any, context: ComponentLoadContext) -> "LabelingProject":
        """The component of the attributes that Dagster read from a defs.yaml."""
        written = attributes.model_dump(exclude_unset=True) if isinstance(attributes, BaseModel) else attributes
        return cls(compose_project(context.path / FILE, written or {}))

    @classmethod
    def from_file(cls, path: Path) -> "LabelingProject":
        """The component of a defs.yaml."""
        return cls(load_project(path))

    def build_defs(self, context: ComponentLoadContext | None = None) -> dg.Definitions:
        """Assets, checks, jobs and sensors of the project, a sensor that tells of its failed runs and, unless the YAML
        leaves them to whoever loads it, the resources."""
        is_given = self.project.configuration.resources == "given"
        around = dg.Definitions(
            resources=None if is_given else resources_from_environment(), sensors=[failure_sensor(self.project.name)]
        )
        return dg.Definitions.merge(project_definitions(self.project), around)


def project_definitions(project: Project) -> dg.Definitions:
    """Assets, checks, jobs and sensors of one project, and the repos that lineage begins with."""
    return dg.Definitions(
        assets=[*source_specs(project), *labeling_assets(project)],
        asset_checks=labeling_checks(project),
        jobs=labeling_jobs(project),
        sensors=labeling_sensors(project),
    )


def project_parts(project: Project) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """What `dg.materialize` needs to run any part of a project."""
    return [*source_specs(project), *labeling_assets(project), *labeling_checks(project)]


def tell_flat(project: Project) -> None:
    """Say that a YAML has the form of before 0.2, and what the new one is."""
    if project.is_flat:
        log.warning(describe_flat(project))


@cache
def resources_from_environment() -> Mapping[str, Any]:
    """The resources that projects ask for: once in a process, since Dagster merges only what is the same."""
    people = {name: make() for name, make in LABELERS.items()}
    return people | shared_resources(*services_from_environment(), notifier_from_environment())


def projects_definitions(
    places: Path | Sequence[Path],
    toloka: TolokaResource,
    pachyderm: PachydermResource,
    notifier: Notifier | None = None,
) -> dg.Definitions:
    """Everything that Dagster loads: each project in a folder of its own in one of `places`, and what they share.

    Steps run in one process: another one for each step costs two seconds, and no step here is that heavy.
    """
    folders = [places] if isinstance(places, Path) else places
    projects = [load_project(path) for folder in folders for path in sorted(folder.glob(f"*/{FILE}"))]
    for project in projects:
        tell_flat(project)
    shared = dg.Definitions(
        resources=shared_resources(toloka, pachyderm, notifier),
        sensors=[failure_sensor()],
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(shared, *map(project_definitions, projects))


def shared_resources(
    toloka: TolokaResource, pachyderm: PachydermResource, notifier: Notifier | None = None
) -> dict[str, Any]:
    """The resources that a project's assets and sensors ask for, by their keys; who is told is the log's reader."""
    return {
        "toloka": toloka,
        "pachyderm": pachyderm,
        "media": media_from_environment(),
        "notifier": notifier or LogNotifier(ui=""),
        "pachyderm_io_manager": PachydermIOManager(pachyderm=pachyderm),
    }
