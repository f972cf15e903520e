"""Where a batch stands, read from Dagster's event log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from hitl_assets.attempts import PARTITION_TAG, attempt_of, is_last
from hitl_assets.events import key_of
from hitl_assets.labeling.model.routing import AUDIT, MODEL
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural

FINISHED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


@dataclass(frozen=True)
class Stage:
    """One step of the loop: its name, what there is to say, whether it is done."""

    name: str
    text: str
    is_done: bool


@dataclass(frozen=True)
class Batch:
    """A batch's events: the metadata of its newest materializations and of the newest observation of its pool."""

    name: str
    raw_data: Mapping[str, Any] | None
    pools: Mapping[str, Any] | None
    progress: Mapping[str, Any] | None
    raw_answers: Mapping[str, Any] | None
    labels: Mapping[str, Any] | None
    dataset: Mapping[str, Any] | None
    tasks: Mapping[str, Any] | None = None
    quality: Mapping[str, Any] | None = None

    @property
    def new_items(self) -> int:
        """How many items it brought."""
        return int(self.raw_data["new_items"]) if self.raw_data else 0

    @property
    def by_model(self) -> Mapping[str, int]:
        """How many of its items the model labels, by itself and with people (`audit`); empty where no model does."""
        routes = {route: (self.tasks or {}).get(f"route_{route}", 0) for route in (MODEL, AUDIT)}
        return routes if any(routes.values()) else {}

    @property
    def audit(self) -> str:
        """What people found among the model's labels."""
        return str((self.quality or {}).get("audit", ""))

    @property
    def is_done(self) -> bool:
        """Whether the dataset has this batch."""
        return self.dataset is not None

    def stages(self) -> list[Stage]:
        """The steps of the loop, in their order."""
        return [
            Stage("commit", self.name, True),
            Stage("raw data", self.raw_data_text(), self.raw_data is not None),
            Stage("pool", self.pool_text(), self.pools is not None),
            Stage("answers", self.answers_text(), self.raw_answers is not None),
            Stage("labels", self.labels_text(), self.labels is not None),
            Stage("dataset", self.dataset_text(), self.dataset is not None),
        ]

    def raw_data_text(self) -> str:
        """How many items are new."""
        if self.raw_data is None:
            return "waiting for the commits sensor"
        found = self.raw_data
        return f"{found['new_items']} new, {found['known_rows']} known, {found['rejected_rows']} rejected"

    def pool_text(self) -> str:
        """The plan and what it may cost."""
        if self.pools is None:
            return ""
        if not self.pools["pool_id"]:
            return "nothing new to label"
        low, high = self.pools["estimate_minimum"], self.pools["estimate_maximum"]
        routes = self.by_model
        told = f", {plural(routes[MODEL], 'item')} to the model, {routes[AUDIT]} to both" if routes else ""
        return (
            f"{self.pools['pool_id']} opened: {plural(self.pools['tasks'], 'task')}, "
            f"{plural(self.pools['answers_planned'], 'answer')}, {cents(low)} to {cents(high)} USD{told}"
        )

    def answers_text(self) -> str:
        """How many answers of how many, and what they cost so far."""
        if self.raw_answers is not None:
            found = self.raw_answers
            return f"{found['answers']} from {plural(found['workers'], 'worker')}, {cents(found['spent'])} USD"
        if self.progress is None:
            return "people are at work" if self.pools else ""
        seen = self.progress
        return f"{seen['answers']} of {seen['answers_planned']}, {cents(seen['spent'])} USD"

    def labels_text(self) -> str:
        """How many labels, and how sure they are."""
        if self.labels is None:
            return ""
        sure = self.labels.get("mean_confidence")
        return f"{self.labels['labels']} by {self.labels['method']}" + (f", mean confidence {sure:.3f}" if sure else "")

    def dataset_text(self) -> str:
        """How large the dataset is now."""
        if self.dataset is None:
            return ""
        return f"{plural(self.dataset['dagster/row_count'], 'row')} in {self.dataset['pachyderm/repo']}"


def read_batch(instance: dg.DagsterInstance, project: Project, batch: str) -> Batch:
    """Where a batch stands."""
    per_batch = ("raw_data", "tasks", "pools", "raw_answers", "aggregated_labels", "quality_report")
    newest = {name: newest_record(instance, key_of(project, name), batch) for name in per_batch}
    labels, dataset = newest["aggregated_labels"], newest_record(instance, key_of(project, "concatenated_dataset"))
    is_in_dataset = (
        labels is not None
        and dataset is not None
        and dataset.storage_id > labels.storage_id
        and not runs_under_way(instance, batch)
    )
    observed = dg.AssetRecordsFilter(key_of(project, "pools"), asset_partitions=[batch])
    observations = instance.fetch_observations(observed, limit=1).records
    return Batch(
        batch,
        metadata_of(newest["raw_data"]),
        metadata_of(newest["pools"]),
        metadata_of(observations[0]) if observations else None,
        metadata_of(newest["raw_answers"]),
        metadata_of(labels),
        metadata_of(dataset) if is_in_dataset else None,
        tasks=metadata_of(newest["tasks"]),
        quality=metadata_of(newest["quality_report"]),
    )


def runs_under_way(instance: dg.DagsterInstance, batch: str) -> int:
    """How many runs of a batch are waiting or at work: after the dataset come its checks."""
    unfinished = [status for status in dg.DagsterRunStatus if status not in FINISHED]
    return instance.get_runs_count(dg.RunsFilter(statuses=unfinished, tags={PARTITION_TAG: batch}))


def newest_record(
    instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None = None
) -> dg.EventLogRecord | None:
    """The newest materialization of an asset, or of one partition of it."""
    wanted = dg.AssetRecordsFilter(key, asset_partitions=[partition] if partition else None)
    records = instance.fetch_materializations(wanted, limit=1).records
    return records[0] if records else None


def metadata_of(record: dg.EventLogRecord | None) -> Mapping[str, Any] | None:
    """The plain values of an event's metadata."""
    if record is None:
        return None
    event = record.asset_materialization or record.event_log_entry.asset_observation
    return {name: value.value for name, value in event.metadata.items()} if event else None


def failure_of(instance: dg.DagsterInstance, batch: str) -> str | None:
    """Why a batch will not go on by itself, or None."""
    return final_failure(instance, dg.RunsFilter(tags={PARTITION_TAG: batch}))


def final_failure(instance: dg.DagsterInstance, wanted: dg.RunsFilter) -> str | None:
    """Why no run of these follows the newest one, which failed; or None."""
    # Only the newest run counts: somebody may have run it again by hand.
    runs = instance.get_runs(wanted, limit=1)
    if not runs or runs[0].status != dg.DagsterRunStatus.FAILURE:
        return None
    return explain_failure(instance, runs[0].run_id) if is_last(instance, runs[0], attempt_of(runs[0])) else None


def explain_failure(instance: dg.DagsterInstance, run_id: str) -> str:
    """What the failed step said, or the run itself where no step came to its turn."""
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        event = record.event_log_entry.dagster_event
        data = event.step_failure_data if event else None
        if data is not None and data.user_failure_data is not None and data.user_failure_data.description:
            return data.user_failure_data.description
        if data is not None and data.error is not None:
            cause = data.error.cause or data.error
            return cause.message.strip()
    return explain_start(instance, run_id) or f"Run {run_id} failed."


def explain_start(instance: dg.DagsterInstance, run_id: str) -> str:
    """Why a run failed before its first step: what its resources said. Empty if it did not."""
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records:
        event = record.event_log_entry.dagster_event
        error = event.job_failure_data.error if event else None
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            return error.message.strip()
    return ""
