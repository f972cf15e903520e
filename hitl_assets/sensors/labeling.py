"""The two waits: for a new commit, and for a pool that is done. No run waits; these look, ask for runs and report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import dagster as dg

from hitl_assets.assets.sources import Found, is_only, look_at_sources, source_events
from hitl_assets.attempts import ATTEMPT_TAG, Attempt, first_attempt, read_attempts, settle
from hitl_assets.events import key_of, outdated_setup, setup_names
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit, digest
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.notifiers import NotificationError, Notifier
from hitl_assets.partitions import batches, name_batches
from hitl_assets.resources import PachydermResource, TolokaResource
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
from hitl_assets.sensors.retraining import find_need
from hitl_assets.sensors.watching import Ended, Seen, Watch, look_at_pools
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm

# Making a run costs the daemon about 0.13 s: a backlog is worked off over several ticks.
MOST_RUNS = 10
PUBLISHING = ("raw_data", "predictions", "tasks", "pools")
LEARNING = ("classifier", "evaluation")
REVIEWING = ("raw_answers", "reviewed_answers")
CALIBRATING = ("calibration",)
ASKING = ("rounds",)
LABELING = ("aggregated_labels", "quality_report", "concatenated_dataset")


def labeling_sensors(project: Project) -> list[dg.SensorDefinition]:
    """The sensors of a project; the third one if it trains a model. All run from the start."""
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
            good = name_good(context, project, found, client)
        except (TransientServiceError, ServiceError) as error:
            return dg.SkipReason(str(error))
        return publishing_requests(context, project, found, good, cursor, now)

    @dg.sensor(
        name=f"{project.name}_pools",
        job=run_job(project, "collect", answer_names(project), "What people answered, up to the dataset."),
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A pool that has ended: its answers, labels and the dataset. Meanwhile its progress and its cost.",
    )
    def pools(
        context: dg.SensorEvaluationContext, toloka: TolokaResource, notifier: Notifier
    ) -> dg.SensorResult | dg.SkipReason:
        cursor, now = read_cursor(context), datetime.now(timezone.utc).timestamp()
        watch = Watch.from_json(cursor).with_events(context.instance, project).at(now)
        partitions = set(batches(project).get_partition_keys(dynamic_partitions_store=context.instance))
        # Which runs are over is looked up before the pools: a run may open its pool again.
        settled = settle(read_attempts(cursor), context.instance, now)
        waiting, due = without_partition(*settled, partitions)
        watch = watch.marking_deleted(partitions)
        try:
            watch, seen = look_at_pools(toloka.client(), project, watch, {*waiting, *due}, MOST_RUNS, now)
        except (TransientServiceError, ServiceError) as error:
            return dg.SkipReason(str(error))
        watch = watch.taking_up(seen.strays, context.instance, project)
        due |= {each.published.batch: first_attempt(run_key(project, each), now) for each in seen.ended}
        warned = cursor.get("warned", [])
        try:
            warned = tell_twice(notifier, project, watch, warned)
        except NotificationError as error:
            context.log.warning(str(error))
        return collecting_requests(project, watch, Look(seen, cursor.get("told", {}), now, warned), waiting, due)

    return [commits, pools, *retraining_sensors(project)]


def retraining_sensors(project: Project) -> list[dg.SensorDefinition]:
    """The sensor that asks for trainings, for projects that have a classifier."""

    @dg.sensor(
        name=f"{project.name}_retraining",
        job=run_job(project, "train", LEARNING, "A new classifier, and what it is worth."),
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Enough new labels by people: a new classifier and its evaluation.",
    )
    def retraining(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursor, now = read_cursor(context), datetime.now(timezone.utc).timestamp()
        return training_requests(context, project, cursor, now)

    return [retraining] if project.has_classifier else []


def training_requests(
    context: dg.SensorEvaluationContext, project: Project, cursor: Mapping[str, Any], now: float
) -> dg.SensorResult:
    """A run for the newest dataset if it is worth a training, and another run where one should be repeated."""
    waiting, due = settle(read_attempts(cursor), context.instance, now)
    need, asked = find_need(context.instance, project), cursor.get("asked")
    if need.mark and need.mark != asked and not (waiting or due):
        due, asked = {need.mark: first_attempt(f"{project.name}:train:{need.mark}", now)}, need.mark
    keys = [key_of(project, name) for name in LEARNING]
    reason = "This dataset has been asked for" if need.mark else need.reason
    return dg.SensorResult(
        run_requests=[request(project, None, attempt, keys) for attempt in due.values()],
        skip_reason=None if due else idle(reason, waiting),
        cursor=json.dumps(
            {
                "asked": asked,
                "attempts": {mark: attempt.to_json() for mark, attempt in {**waiting, **due}.items()},
            }
        ),
    )


def run_job(project: Project, what: str, names: Sequence[str], description: str) -> Any:
    """A job of these assets, so that lists of runs say what a run is for. A run may be of some of them."""
    return dg.define_asset_job(
        f"{project.name}_{what}",
        selection=[key_of(project, name) for name in names],
        tags={"hitl/project": project.name},
        description=f"{description} Asked for by a sensor.",
    )


def publishing_names(project: Project) -> list[str]:
    """The assets from a commit to its pool."""
    has_model = project.configuration.model is not None
    return [name for name in PUBLISHING if has_model or name != "predictions"]


def name_good(
    context: dg.SensorEvaluationContext, project: Project, found: Found, pachyderm: Pachyderm
) -> dict[str, Commit]:
    """The new commits without an error, by the batches that they become."""
    for commit in found.commits:
        if commit.error:
            context.log.warning(f"{commit} ended with an error and is left out: {commit.error}")
    good = [commit for commit in found.commits if not commit.error]
    if not good:
        return {}
    partitions = set(batches(project).get_partition_keys(dynamic_partitions_store=context.instance))
    return name_batches(good, partitions, found.by_id, lambda commit: is_only(pachyderm, commit))


def publishing_requests(
    context: dg.SensorEvaluationContext,
    project: Project,
    found: Found,
    good: Mapping[str, Commit],
    cursor: Mapping[str, Any],
    now: float,
) -> dg.SensorResult:
    """A partition and a run for each new commit, and another run where the last attempt should be repeated."""
    partitions = batches(project).get_partition_keys(dynamic_partitions_store=context.instance)
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
                "attempts": {batch: attempt.to_json() for batch, attempt in {**waiting, **due}.items()},
            }
        ),
    )


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
                "attempts": {batch: attempt.to_json() for batch, attempt in {**waiting, **due}.items()},
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


def request(project: Project, batch: str | None, attempt: Attempt, keys: Sequence[dg.AssetKey]) -> dg.RunRequest:
    """A run of these assets, for one batch if they have batches."""
    return dg.RunRequest(
        run_key=attempt.run_key,
        partition_key=batch,
        asset_selection=list(keys),
        tags={"hitl/project": project.name, ATTEMPT_TAG: str(attempt.number)},
    )


def idle(reason: str, waiting: Mapping[str, Attempt]) -> dg.SkipReason:
    """Why nothing was asked for."""
    return dg.SkipReason(f"{reason}; {plural(len(waiting), 'run')} under way." if waiting else f"{reason}.")
