"""What Dagster's event log and runs tell about batches: the newest event of each kind, and the newest run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from hitl_assets.attempts import PARTITION_TAG, RUN_KEY_TAG, attempt_of, is_last
from hitl_assets.events import key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.status.progress import explain_failure, metadata_of, newest_record

PER_BATCH = ("raw_data", "pools", "raw_answers", "reviewed_answers", "rounds", "aggregated_labels")
# A commit may be a batch of several projects: so many of its newest runs are looked at for one of this project.
MOST_RUNS = 5
PROJECT_TAG = "hitl/project"


@dataclass(frozen=True)
class Event:
    """An event of an asset: its place in the event log, its time, and its metadata as plain values."""

    storage_id: int
    timestamp: float
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class LastRun:
    """The newest run of a batch. `failure` is what it said if it failed; `will_repeat`: a sensor asks for it again."""

    id: str
    is_under_way: bool
    failure: str = ""
    failed_step: str = ""
    will_repeat: bool = False
    ended: float = 0.0


@dataclass(frozen=True)
class History:
    """A batch: its newest materializations by asset, the newest observation of its pool, and its newest run."""

    batch: str
    events: Mapping[str, Event] = field(default_factory=dict)
    observation: Event | None = None
    run: LastRun | None = None


def read_history(instance: dg.DagsterInstance, project: Project, batch: str) -> History:
    """What is known of a batch; a handful of questions to the event log."""
    found = {name: newest_record(instance, key_of(project, name), batch) for name in PER_BATCH}
    observed = dg.AssetRecordsFilter(key_of(project, "pools"), asset_partitions=[batch])
    seen = instance.fetch_observations(observed, limit=1).records
    events = {name: event_of(record) for name, record in found.items() if record is not None}
    return History(batch, events, event_of(seen[0]) if seen else None, read_run(instance, project, batch))


def read_newest(instance: dg.DagsterInstance, project: Project, name: str) -> Event | None:
    """The newest materialization of an asset without partitions."""
    record = newest_record(instance, key_of(project, name))
    return event_of(record) if record is not None else None


def event_of(record: dg.EventLogRecord) -> Event:
    """Our record of a stored event."""
    return Event(record.storage_id, record.timestamp, metadata_of(record) or {})


def read_run(instance: dg.DagsterInstance, project: Project, batch: str) -> LastRun | None:
    """The newest run of a batch of this project."""
    records = instance.get_run_records(dg.RunsFilter(tags={PARTITION_TAG: batch}), limit=MOST_RUNS)
    record = next((each for each in records if is_of(each.dagster_run, project)), None)
    if record is None:
        return None
    run = record.dagster_run
    if run.status != dg.DagsterRunStatus.FAILURE:
        return LastRun(run.run_id, is_under_way=not run.is_finished, ended=record.end_time or 0.0)
    return LastRun(
        run.run_id,
        is_under_way=False,
        failure=explain_failure(instance, run.run_id),
        failed_step=failed_asset(instance, run.run_id),
        will_repeat=RUN_KEY_TAG in run.tags and not is_last(instance, run, attempt_of(run)),
        ended=record.end_time or 0.0,
    )


def is_of(run: dg.DagsterRun, project: Project) -> bool:
    """Whether a run makes assets of this project. One without a selection is of whoever asks."""
    if PROJECT_TAG in run.tags:
        return run.tags[PROJECT_TAG] == project.name
    return not run.asset_selection or any(key.path[0] == project.name for key in run.asset_selection)


def failed_asset(instance: dg.DagsterInstance, run_id: str) -> str:
    """The asset (or check) whose step failed; empty if the run's process did."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1).records
    step = records[0].event_log_entry.step_key if records else None
    return (step or "").split("__", 1)[-1]
