"""What waits: answered by the pools sensor whenever that changes. Run by hand, these checks repeat what it saw last."""

from collections.abc import Iterator

import dagster as dg

from hitl_assets.checks.batches import Context
from hitl_assets.events import key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.observing import AS_WRITTEN, DECISIONS, IN_TIME, ONCE, evaluate

# Checks of runs that are under way have no verdict yet.
MOST_RECORDS = 20


def waiting_checks(project: Project) -> dg.AssetChecksDefinition:
    """All that waits, in one place: it is shown with the pools, and among the checks."""
    key, days = key_of(project, "pools"), project.configuration.checks.answered_within_days
    specs = [
        dg.AssetCheckSpec(DECISIONS, asset=key, description="No pool waits for a decision of yours."),
        dg.AssetCheckSpec(IN_TIME, asset=key, description=f"No pool is open for more than {days:g} days."),
        dg.AssetCheckSpec(ONCE, asset=key, description="No batch was asked about, and paid, in two pools."),
        dg.AssetCheckSpec(AS_WRITTEN, asset=key, description="Nobody changed an open pool, or the YAML since."),
    ]

    @dg.multi_asset_check(name=f"{project.name}__pools__waiting", specs=specs)
    def check(context: Context) -> Iterator[dg.AssetCheckResult]:
        for spec in specs:
            last = last_evaluation(context.instance, spec.key) or evaluate(project, spec.name, [])
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=spec.name,
                passed=last.passed,
                severity=last.severity,
                metadata=last.metadata,
                description=last.description,
            )

    return check


def last_evaluation(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> dg.AssetCheckEvaluation | None:
    """What was said last."""
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=MOST_RECORDS):
        event = record.event.dagster_event if record.event else None
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            return event.asset_check_evaluation_data
    return None
