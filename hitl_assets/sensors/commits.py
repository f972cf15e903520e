"""The wait for a commit: a partition and a run for each new one, up to its pool."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timezone
from typing import Any

import dagster as dg

from hitl_assets.assets.sources import Found, is_only, look_at_sources, source_events
from hitl_assets.attempts import first_attempt, read_attempts, settle, write_attempts
from hitl_assets.events import key_of, outdated_setup, setup_names
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit
from hitl_assets.partitions import batches, name_batches
from hitl_assets.resources import PachydermResource
from hitl_assets.sensors.cursors import read_cursor, without_partition
from hitl_assets.sensors.requests import MOST_RUNS, idle, request, run_job
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm

PUBLISHING = ("raw_data", "predictions", "tasks", "pools")


def commits_sensor(project: Project) -> dg.SensorDefinition:
    """The sensor that looks for new commits."""
    source = project.configuration.source

    @dg.sensor(
        name=f"{project.name}_commits",
        job=run_job(project, "publish", (*setup_names(project), *publishing_names(project)), "A batch up to its pool."),
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"A new finished commit in {source.repo}@{source.branch}: a batch up to its pool.",
    )
    def commits(context: dg.SensorEvaluationContext, pachyderm: PachydermResource) -> dg.SensorResult | dg.SkipReason:
        cursor, now = read_cursor(context), datetime.now(timezone.utc).timestamp()
        try:
            client = pachyderm.hasty_client()
            found = look_at_sources(client, project, cursor.get("commit"), MOST_RUNS)
            partitions = set(batches(project).get_partition_keys(dynamic_partitions_store=context.instance))
            good = name_good(context, partitions, found, client)
        except (TransientServiceError, ServiceError) as error:
            return dg.SkipReason(str(error))
        return publishing_requests(context, project, found, good, partitions, cursor, now)

    return commits


def publishing_names(project: Project) -> list[str]:
    """The assets from a commit to its pool."""
    has_model = project.configuration.model is not None
    return [name for name in PUBLISHING if has_model or name != "predictions"]


def name_good(
    context: dg.SensorEvaluationContext, partitions: Collection[str], found: Found, pachyderm: Pachyderm
) -> dict[str, Commit]:
    """The new commits without an error, by the batches that they become."""
    for commit in found.commits:
        if commit.error:
            context.log.warning(f"{commit} ended with an error and is left out: {commit.error}")
    good = [commit for commit in found.commits if not commit.error]
    return name_batches(good, partitions, found.by_id, lambda commit: is_only(pachyderm, commit))


def publishing_requests(
    context: dg.SensorEvaluationContext,
    project: Project,
    found: Found,
    good: Mapping[str, Commit],
    partitions: Collection[str],
    cursor: Mapping[str, Any],
    now: float,
) -> dg.SensorResult:
    """A partition and a run for each new commit, and another run where the last attempt should be repeated."""
    waiting, due = without_partition(*settle(read_attempts(cursor), context.instance, now), partitions)
    due |= {batch: first_attempt(f"{project.name}:publish:{each.id}", now) for batch, each in good.items()}
    # What is created once comes along when it is missing or its configuration changed.
    setup = outdated_setup(context.instance, project) if due else []
    keys = [*setup, *(key_of(project, name) for name in publishing_names(project))]
    return dg.SensorResult(
        run_requests=[request(project, batch, attempt, keys) for batch, attempt in due.items()],
        dynamic_partitions_requests=[batches(project).build_add_request(list(good))],
        asset_events=source_events(project, found, good, cursor.get("before")),
        skip_reason=None if due else idle(f"no new commit in {project.configuration.source.repo}", waiting),
        cursor=json.dumps(
            {
                "commit": found.commits[-1].id if found.commits else cursor.get("commit"),
                "before": found.before,
                "attempts": write_attempts(waiting, due),
            }
        ),
    )
