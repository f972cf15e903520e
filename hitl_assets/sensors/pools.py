"""The wait for people: a run for each pool that is done, and meanwhile what is seen of the others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg

from hitl_assets.attempts import Attempt, first_attempt, read_attempts, settle, write_attempts
from hitl_assets.events import key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import digest
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.notifiers import NotificationError
from hitl_assets.partitions import batches
from hitl_assets.resources import labeler
from hitl_assets.sensors.cursors import read_cursor, without_partition
from hitl_assets.sensors.observing import (
    AS_WRITTEN,
    DECISIONS,
    IN_TIME,
    ONCE,
    evaluations,
    find_changed,
    find_late,
    find_twice,
    find_waiting,
    observe,
    tell_twice,
)
from hitl_assets.sensors.requests import MOST_RUNS, idle, request, run_job
from hitl_assets.sensors.watching import Ended, Seen, Watch, look_at_pools
from hitl_assets.services.errors import ServiceError, TransientServiceError

REVIEWING = ("raw_answers", "reviewed_answers")
CALIBRATING = ("calibration",)
ASKING = ("rounds",)
LABELING = ("aggregated_labels", "quality_report", "concatenated_dataset")


def pools_sensor(project: Project) -> dg.SensorDefinition:
    """The sensor that looks at pools."""

    @dg.sensor(
        name=f"{project.name}_pools",
        job=run_job(project, "collect", answer_names(project), "What people answered, up to the dataset."),
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A pool that has ended: its answers, labels and the dataset. Meanwhile its progress and its cost.",
        required_resource_keys={project.service.name, "notifier"},
    )
    def pools(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        cursor, now = read_cursor(context), datetime.now(timezone.utc).timestamp()
        watch = Watch.from_json(cursor).with_events(context.instance, project).at(now)
        partitions = set(batches(project).get_partition_keys(dynamic_partitions_store=context.instance))
        # Which runs are over is looked up before the pools: a run may open its pool again.
        settled = settle(read_attempts(cursor), context.instance, now)
        waiting, due = without_partition(*settled, partitions)
        watch = watch.marking_deleted(partitions)
        try:
            client = labeler(context, project).client()
            watch, seen = look_at_pools(client, project, watch, {*waiting, *due}, MOST_RUNS, now)
        except (TransientServiceError, ServiceError) as error:
            return dg.SkipReason(str(error))
        watch = watch.taking_up(seen.strays, context.instance, project)
        due |= {each.published.batch: first_attempt(run_key(project, each), now) for each in seen.ended}
        warned = cursor.get("warned", [])
        try:
            warned = tell_twice(context.resources.notifier, project, watch, warned)
        except NotificationError as error:
            context.log.warning(str(error))
        return collecting_requests(project, watch, Look(seen, cursor.get("told", {}), now, warned), waiting, due)

    return pools


@dataclass(frozen=True)
class Look:
    """A look at the pools: what it has seen, what the checks told before, when it was (seconds since the epoch), and
    of which batches a person was told that they were asked about twice."""

    seen: Seen
    told: Mapping[str, str]
    now: float
    warned: Sequence[str] = ()


def collecting_requests(
    project: Project, watch: Watch, look: Look, waiting: Mapping[str, Attempt], due: Mapping[str, Attempt]
) -> dg.SensorResult:
    """A run for each pool that is done, another one where it should be repeated, an event for each change."""
    late = find_late(project, watch, look.now)
    found = {
        DECISIONS: find_waiting(project, watch, [*waiting, *due]),
        IN_TIME: late,
        ONCE: find_twice(watch),
        AS_WRITTEN: find_changed(watch),
    }
    verdicts, told = evaluations(project, found, look.told)
    return dg.SensorResult(
        run_requests=[
            request(project, batch, attempt, answer_keys(project, attempt)) for batch, attempt in due.items()
        ],
        asset_events=[*(observe(project, each, look.now) for each in look.seen.changed), *verdicts],
        skip_reason=None if due else idle(f"{plural(len(watch.batches), 'pool')} watched, none of them ended", waiting),
        cursor=json.dumps(
            {
                **watch.to_json(),
                "told": told,
                "warned": list(look.warned),
                "attempts": write_attempts(waiting, due),
            }
        ),
    )


def run_key(project: Project, ended: Ended) -> str:
    """One for each publication of a batch and each ending of its pool: a pool that is opened again ends again."""
    published = ended.published
    ending = f":{digest(ended.ending)[:12]}" if ended.ending else ""
    return f"{project.name}:{ended.next}:{published.batch}:{published.storage_id}{ending}"


def answer_names(project: Project) -> list[str]:
    """The assets that follow when a pool has ended, in the order of the data."""
    reviewing = REVIEWING if project.configuration.review else REVIEWING[:1]
    return [*reviewing, *CALIBRATING, *(ASKING if project.has_rounds else ()), *LABELING]


def answer_keys(project: Project, attempt: Attempt) -> list[dg.AssetKey]:
    """Those of them that a run is for: up to the review, or all."""
    is_review = attempt.run_key.split(":")[1] == "review"
    return [key_of(project, name) for name in answer_names(project) if not is_review or name in REVIEWING]
