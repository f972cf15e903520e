"""A run that failed and is not asked for again, or keeps failing: somebody is told, with the reason and what to do."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from hitl_assets.attempts import PARTITION_TAG, RUN_KEY_TAG, attempt_of, is_last
from hitl_assets.notifiers import Notifier

PROJECT_TAG = "hitl/project"
# A service that is away for a moment is nobody's business; what fails so often needs a person. Told once: it goes on.
TOLD_AT = 5
MOST_REASONS, LONGEST_REASON = 5, 1000


def failure_sensor(project: str = "") -> dg.SensorDefinition:
    """The sensor that tells of failed runs: all of a code location that is ours, or those of one project."""

    @dg.run_failure_sensor(
        name=f"{project}_failures" if project else "failures",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells a person of runs that failed and are not tried again, or failed for the fifth time: through "
        "the resource `notifier`.",
    )
    def failures(context: dg.RunFailureSensorContext, notifier: Notifier) -> dg.SkipReason | None:
        run = context.dagster_run
        if project and not is_about(run, project):
            return dg.SkipReason(f"Run {run.run_id} is not about {project}.")
        comes_again = RUN_KEY_TAG in run.tags and not is_last(context.instance, run, attempt_of(run))
        if comes_again and attempt_of(run) != TOLD_AT:
            return dg.SkipReason(f"Run {run.run_id} is tried again by itself.")
        text = "\n".join(list(reasons(context.instance, run.run_id))[:MOST_REASONS]) or context.failure_event.message
        title = f"{title_of(run)} {TOLD_AT} times, and is tried again by itself" if comes_again else title_of(run)
        notifier.notify(title, str(text), notifier.link(f"/runs/{run.run_id}"))
        return None

    return failures


def is_about(run: dg.DagsterRun, project: str) -> bool:
    """Whether a run is a project's: it says so, or somebody materialized assets of it by hand."""
    chosen = run.asset_selection or ()
    return run.tags.get(PROJECT_TAG) == project or any(key.path[0] == project for key in chosen)


def title_of(run: dg.DagsterRun) -> str:
    """What failed: the project and its batch, or the job."""
    what = run.tags.get(PROJECT_TAG) or run.job_name
    batch = run.tags.get(PARTITION_TAG)
    return f"{what}{f', batch {batch}' if batch else ''}: a run failed"


def reasons(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    """Why: what checks found that stopped the run, then what steps failed of."""
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records:
        event = record.event_log_entry.dagster_event
        found = event.asset_check_evaluation_data if event else None
        if found is not None and not found.passed and found.severity == dg.AssetCheckSeverity.ERROR:
            yield f"{found.asset_key.to_user_string()} {found.check_name}: {found.description}"[:LONGEST_REASON]
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        event = record.event_log_entry.dagster_event
        data = event.step_failure_data if event else None
        described = data.user_failure_data.description if data and data.user_failure_data else None
        message = cause_of(data.error) if data and data.error else ""
        yield f"{event.step_key if event else ''}: {described or message}"[:LONGEST_REASON]


def cause_of(error: Any) -> str:
    """What an error says, without Dagster's wrapping: that only says which step it was."""
    while error.cause is not None:
        error = error.cause
    return str(error.message).strip()
