"""A project's sensors with their cursors; the runs that they ask for are run in this process."""

import time
from dataclasses import replace
from typing import Any

import dagster as dg
from dagster._core.definitions.sensor_definition import SensorExecutionData

from hitl_assets.attempts import RUN_KEY_TAG
from hitl_assets.component import project_definitions, project_parts, shared_resources
from hitl_assets.events import key_of, published_batch
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.notifiers import LogNotifier, Notifier
from hitl_assets.resources import PachydermResource, TolokaResource
from hitl_assets.services.pachyderm import Pachyderm

# Ticks until a pool is done take this long at most, in seconds.
PATIENCE = 60


class Loop:
    """A project's sensors with their cursors, and an instance in which their runs are run."""

    def __init__(
        self, project: Project, instance: dg.DagsterInstance, address: str, toloka: str, pachd_token: str = ""
    ) -> None:
        self.project = project
        # To make them takes as long as a step.
        self.definitions, self.parts = project_definitions(project), project_parts(project)
        self.instance = instance
        self.cursors: dict[str, str | None] = {}
        self.notifier: Notifier = LogNotifier(ui="")
        self.pachd_token = pachd_token
        self.at(address, toloka)

    def at(self, address: str, toloka: str) -> None:
        """Move to other addresses."""
        self.addresses = address, toloka
        pachyderm, account = (
            PachydermResource(address=address, token=self.pachd_token),
            TolokaResource(url=toloka, token="any token"),
        )
        self.resources = shared_resources(account, pachyderm)
        definitions = dg.Definitions.merge(self.definitions, dg.Definitions(resources=self.resources))
        self.repository = definitions.get_repository_def()

    def with_configuration(self, **changes: Any) -> "Loop":
        """The same loop after somebody edited the YAML."""
        configuration = self.project.configuration.model_copy(update=changes)
        edited = Loop(replace(self.project, configuration=configuration), self.instance, *self.addresses)
        edited.cursors = self.cursors
        return edited

    def tick(self, name: str) -> SensorExecutionData:
        """Evaluate a sensor as the daemon does: keep its cursor, add its partitions, store its events."""
        sensor = self.repository.get_sensor_def(f"{self.project.name}_{name}")
        context = dg.build_sensor_context(
            instance=self.instance,
            instance_ref=self.instance.get_ref(),
            repository_def=self.repository,
            cursor=self.cursors.get(name),
            resources={
                "notifier": self.notifier,
                **{key: self.resources[key] for key in ("pachyderm", self.project.service.name)},
            },
        )
        result = sensor.evaluate_tick(context)
        self.cursors[name] = result.cursor
        for request in result.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(request.partitions_def_name, request.partition_keys)
        for event in result.asset_events:
            self.instance.report_runless_asset_event(event)
        return result

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """Run what a sensor asked for."""
        return dg.materialize(
            self.parts,
            instance=self.instance,
            resources=self.resources,
            partition_key=request.partition_key,
            selection=request.asset_selection,
            tags={**request.tags, RUN_KEY_TAG: request.run_key or ""},
            raise_on_error=False,
        )

    def publish(self) -> list[dg.ExecuteInProcessResult]:
        """A tick of `commits`, and its runs."""
        return [self.run(request) for request in self.tick("commits").run_requests or []]

    def materialize(self, name: str, batch: str | None, **config: Any) -> dg.ExecuteInProcessResult:
        """Materialize one asset by hand (of a batch, if it has batches), as in the launchpad."""
        run_config = {"ops": {f"{self.project.name}__{name}": {"config": config}}} if config else None
        return dg.materialize(
            self.parts,
            instance=self.instance,
            resources=self.resources,
            partition_key=batch,
            selection=[key_of(self.project, name)],
            run_config=run_config,
            raise_on_error=False,
        )

    def pool_id(self, batch: str) -> str:
        """The pool of a batch; empty where nobody was asked."""
        published = published_batch(self.instance, self.project, batch)
        return published.pool_id if published else ""

    def materialized(self, name: str, batch: str | None) -> dict[str, Any]:
        """The metadata of the newest materialization of an asset (of a batch, if it has batches)."""
        wanted = dg.AssetRecordsFilter(key_of(self.project, name), asset_partitions=[batch] if batch else None)
        (record,) = self.instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        return {name: value.value for name, value in record.asset_materialization.metadata.items()}


def commit(pachyderm: Pachyderm, project: Project, content: str, file: str = "items.csv") -> str:
    """A commit with one file in the project's source repo; the batch that it becomes."""
    repo = project.configuration.source.repo
    made = pachyderm.write(repo, {f"/{file}": content.encode()}, "by a test")
    return name_batch(pachyderm.inspect_commit(repo, made)[0])


def headlines(*names: str) -> str:
    """A CSV file of headlines."""
    return "\n".join(["headline", *names, ""])


def observed(loop: Loop, batch: str) -> list[dict[str, Any]]:
    """The metadata of the observations of a batch's pool, newest first."""
    wanted = dg.AssetRecordsFilter(key_of(loop.project, "pools"), asset_partitions=[batch])
    records = loop.instance.fetch_observations(wanted, limit=50).records
    events = [record.event_log_entry.asset_observation for record in records]
    return [{name: value.value for name, value in event.metadata.items()} for event in events if event]


def collect(loop: Loop) -> list[dg.RunRequest]:
    """Tick `pools` until it asks for a run: the crowd needs a moment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        requests = list(loop.tick("pools").run_requests or [])
        if requests:
            return requests
    raise AssertionError(f"No pool was done after {PATIENCE} seconds.")


def verdicts(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    """What the checks of a run said."""
    return {check.check_name: check.passed for check in result.get_asset_check_evaluations()}


def failures(result: dg.ExecuteInProcessResult) -> str:
    """The errors of a run, with their causes."""
    return str([event.event_specific_data for event in result.all_events if event.is_failure])


def dataset(loop: Loop, pachyderm: Pachyderm) -> str:
    """The dataset as it is; empty before there is one."""
    repo = f"{loop.project.name}_concatenated_dataset"
    head = pachyderm.head(repo)
    if head is None:
        return ""
    return pachyderm.read(repo, head, "/concatenated_dataset/dataset.csv").decode()
