"""The wait for enough to learn from: what the newest dataset and the newest classifier say in their events."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import dagster as dg

from hitl_assets.attempts import first_attempt, read_attempts, settle, write_attempts
from hitl_assets.events import BY_PEOPLE, CODE_VERSION_TAG, LABELS_TO_LEARN, ROWS_TO_LEARN, key_of
from hitl_assets.labeling.classifier import FEWEST_ROWS
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.cursors import read_cursor
from hitl_assets.sensors.requests import idle, request, run_job
from hitl_assets.steps.training import recipe_version, settings_of

HASH = "pachyderm/hash"
LEARNING = ("classifier", "evaluation")


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
        cursor=json.dumps({"asked": asked, "attempts": write_attempts(waiting, due)}),
    )


@dataclass(frozen=True)
class Need:
    """Whether to train: `mark` names the dataset and the recipe to train by, empty if there is no need; and why."""

    mark: str
    reason: str


def find_need(instance: dg.DagsterInstance, project: Project) -> Need:
    """Whether the newest dataset is worth a training: two looks at events, however many there are."""
    dataset, _ = newest(instance, project, "concatenated_dataset")
    learned, recipe = newest(instance, project, "classifier")
    if ROWS_TO_LEARN not in dataset:
        found = "The dataset is from a version that counted no rows" if dataset else "No dataset to learn from yet"
        return Need("", f"{found}: materialize {project.name}/concatenated_dataset")
    # A classifier of another class, or with other rows held out, is made anew whatever is new in the dataset.
    is_same_recipe = bool(learned) and recipe == recipe_version(project)
    missing = missing_rows(dataset) or (missing_labels(project, dataset, learned) if is_same_recipe else "")
    if missing:
        return Need("", missing)
    return Need(f"{dataset[HASH]}:{recipe_version(project)}", "There is enough to learn")


def missing_rows(dataset: Mapping[str, Any]) -> str:
    """What is missing for a first training; empty if nothing is."""
    rows, labels = int(dataset[ROWS_TO_LEARN]), int(dataset[LABELS_TO_LEARN])
    if rows < FEWEST_ROWS:
        return f"{rows} of {FEWEST_ROWS} rows that a first training needs: {FEWEST_ROWS - rows} are missing"
    return "" if labels > 1 else "A training needs two labels that occur twice: one is missing"


def missing_labels(project: Project, dataset: Mapping[str, Any], learned: Mapping[str, Any]) -> str:
    """How many labels by people are missing for another training; empty if none is."""
    wanted = settings_of(project).retraining
    needed = max(wanted.labels, math.ceil(wanted.growth * int(learned[ROWS_TO_LEARN])))
    new = int(dataset[BY_PEOPLE]) - int(learned[BY_PEOPLE])
    if new >= needed:
        return ""
    return f"{new} of {needed} labels by people since the last training: {needed - new} are missing"


def newest(instance: dg.DagsterInstance, project: Project, name: str) -> tuple[Mapping[str, Any], str]:
    """The metadata and the code version of an asset's newest materialization; empty if there is none."""
    event = instance.get_latest_materialization_event(key_of(project, name))
    materialization = event.asset_materialization if event else None
    if materialization is None:
        return {}, ""
    metadata = {name: value.value for name, value in materialization.metadata.items()}
    return metadata, (materialization.tags or {}).get(CODE_VERSION_TAG, "")
