"""What a person decides about a batch on the command line: go on with it, or review its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from hitl_assets.component import project_parts, shared_resources
from hitl_assets.deployment import check_variables, launcher_elsewhere
from hitl_assets.events import key_of
from hitl_assets.labeling.items.batch_names import find_named
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.instances import BatchError, find_instance
from hitl_assets.local.state import State
from hitl_assets.partitions import batches
from hitl_assets.resources import services_from_environment

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Batches:
    """The batches of a project, in the Dagster instance in which its sensors run."""

    project: Project
    instance: dg.DagsterInstance

    def find(self, name: str) -> str:
        """The batch with this name or commit id, or the only one whose name or commit id begins so.

        Raises:
            BatchError: there is none, or more than one.
        """
        names = self.instance.get_dynamic_partitions(str(batches(self.project).name))
        found = find_named(names, name)
        if len(found) == 1:
            return found[0]
        known = "It has none yet." if not names else f"Its last ones: {', '.join(names[-5:])}."
        problem = "no batch" if not found else plural(len(found), "batch", "batches")
        meant = f" They are {', '.join(found[:5])}." if found else ""
        raise BatchError(f"{self.project.name} has {problem} {name}.{meant or f' {known}'}")

    def materialize(self, name: str, batch: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Materialize one asset of a batch, as the launchpad would; its metadata.

        Raises:
            BatchError: the run failed.
            MissingVariableError: an address is not set, and this is not the instance of one machine.
        """
        services = services_from_environment()
        check_variables([name for each in services for name in each.unset], launcher_elsewhere(self.instance))
        result = dg.materialize(
            project_parts(self.project),
            instance=self.instance,
            resources=shared_resources(*services),
            partition_key=batch,
            selection=[key_of(self.project, name)],
            run_config={**QUIET, "ops": {f"{self.project.name}__{name}": {"config": dict(config)}}},
            tags={"hitl/project": self.project.name},
            raise_on_error=False,
        )
        if not result.success:
            raise BatchError(f"{' '.join(reasons(result)) or 'The run failed.'} See run {result.run_id}.")
        return self.metadata(name, batch)

    def metadata(self, name: str, batch: str) -> dict[str, Any]:
        """The metadata of a batch's newest materialization of an asset; empty if there is none."""
        wanted = dg.AssetRecordsFilter(key_of(self.project, name), asset_partitions=[batch])
        for record in self.instance.fetch_materializations(wanted, limit=1).records:
            if record.asset_materialization is not None:
                return {key: value.value for key, value in record.asset_materialization.metadata.items()}
        return {}


def open_batches(state: State, name: str) -> Batches:
    """The batches of a project, in the instance in which its sensors run."""
    instance = find_instance(state)
    return Batches(load_project(state.file_of(name)), instance)


def reasons(result: dg.ExecuteInProcessResult) -> Sequence[str]:
    """Why the steps of a run failed: what our own errors say."""
    found = []
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            described = data.user_failure_data.description if data.user_failure_data else None
            message = data.error.message.strip() if data.error else ""
            found.append(described or message)
    return found
