"""The labels of a batch, with what earlier batches taught about its workers and about confidence. No Dagster."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hitl_assets.labeling.aggregation.batch_calibration import (
    EVIDENCE,
    StoredCalibration,
    calibrate_batch,
    engine_of,
    read_trials,
)
from hitl_assets.labeling.aggregation.calibration import Calibration
from hitl_assets.labeling.aggregation.knowledge import Records, add_records, read_records
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.labels.decisions import Decided, decide_labels
from hitl_assets.labeling.model.audits import ORDINARY, Terms
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Prediction, Task
from hitl_assets.labeling.storage.files import directory_of, name_of, restore
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.earlier import read_batches


def decide(
    pachyderm: Pachyderm,
    project: Project,
    before: Collection[str],
    tasks: Sequence[Task],
    assignments: Sequence[Mapping[str, Any]],
    predictions: Mapping[str, Prediction],
    calibration: Calibration | None = None,
    openings: Sequence[str] = (),
    terms: Terms = ORDINARY,
) -> Decided:
    """The labels of a batch. `before`: the batches that were labeled before it; `predictions`: by item key;
    `calibration`: what confidence is worth, if more is known of that than the batch's own golden items say; `openings`:
    when its pool was opened (ISO times); `terms`: what the audit of a model is judged by.

    Raises:
        AggregationError: the project's method cannot handle these answers.
    """
    earlier = earlier_records(pachyderm, project, before)
    return decide_labels(project, tasks, read_answers(assignments), predictions, earlier, calibration, openings, terms)


def calibrate_labels(
    pachyderm: Pachyderm,
    project: Project,
    before: Sequence[str],
    tasks: Sequence[Task],
    assignments: Sequence[Mapping[str, Any]],
    predictions: Mapping[str, Prediction],
) -> StoredCalibration:
    """What confidence is worth in a batch. `before`: the batches that came before it, oldest first.

    Raises:
        AggregationError: the project's method cannot handle these answers.
    """
    engine = engine_of(project.configuration.aggregation, project.kind)
    files = read_batches(pachyderm, f"{project.name}_calibration", EVIDENCE, before)
    trials = {batch: read_trials(content, engine) for batch, content in files.items()}
    earlier = earlier_records(pachyderm, project, before)
    return calibrate_batch(project, tasks, read_answers(assignments), predictions, earlier, trials)


def read_calibration(pachyderm: Pachyderm, project: Project, batch: str) -> StoredCalibration | None:
    """The calibration of a batch for the project's method, if there is one."""
    repo, directory = f"{project.name}_calibration", directory_of(batch)
    head = pachyderm.head(repo)
    files = pachyderm.read_directory(repo, head, directory) if head else {}
    if not files:
        return None
    found = restore(StoredCalibration, files, f"{repo}@{head}:{directory}")
    return found if found.engine == engine_of(project.configuration.aggregation, project.kind) else None


def earlier_records(pachyderm: Pachyderm, project: Project, before: Collection[str]) -> Records:
    """What these batches showed of the workers; nothing for a method that makes no use of it."""
    if not project.configuration.aggregation.has_priors or not before:
        return {}
    repo = f"{project.name}_aggregated_labels"
    head = pachyderm.head(repo)
    files = pachyderm.read_matching(repo, head, "/*/workers.csv") if head else {}
    return add_records(*(read_records(files[path]) for path in sorted(files) if name_of(path.split("/")[1]) in before))
