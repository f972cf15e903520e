"""Is the newest classifier good, and may it be used? It is tried on rows that it has not learned from, and compared
with the classifier before and with people. No Dagster."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.classifier import (
    input_frame,
    is_trainable,
    load_classifier,
    out_of_fold,
    text_key,
    training_rows,
)
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.model.approval import Judgment, judge_before, judge_evidence, judge_people
from hitl_assets.labeling.model.evaluation import Tried, score
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.model.files import ModelVersion, StoredEvaluation, plain_scores
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Values
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.training import (
    DATASET,
    Trained,
    held_out_keys,
    held_out_rows,
    is_there,
    open_head,
    read_evaluation,
    read_head,
    read_version,
    restored,
    settings_of,
)

# The same folds and the same numbers whenever the same data is evaluated.
SEED = 0


@dataclass(frozen=True)
class GoldenAnswers:
    """How people did on golden tasks: how many answers were right, of how many."""

    right: int
    total: int


def evaluate(pachyderm: Pachyderm, project: Project, people: GoldenAnswers) -> StoredEvaluation:
    """The scores of the newest classifier, and which classifier is approved: this one, the one before, or none."""
    settings = settings_of(project)
    new = open_head(pachyderm, project)
    old = approved_before(pachyderm, project, new)
    _, dataset = read_head(pachyderm, project, DATASET, StoredDataset)
    rows = training_rows(dataset.rows, held_out_keys(project))
    folded = try_folds(settings, new, rows)
    tested = try_test(project, new, exclude=frozenset())
    main = tested if settings.test else folded
    judgments = (
        judge_evidence(len(main.labels)),
        compare(project, new, old.trained if old else None, rows, folded),
        judge_people(main.surest, main.is_right, people.right, people.total),
    )
    approved, evidence = choose(project, new, main.evidence(), old, judgments)
    scores = plain_scores({"test": score(tested), "cross_validation": score(folded)})
    return StoredEvaluation(new.version, approved, judgments, scores, evidence)


@dataclass(frozen=True)
class Before:
    """The classifier that was approved before, and the evidence of it."""

    trained: Trained
    evidence: tuple[Evidence, ...]


def approved_before(pachyderm: Pachyderm, project: Project, new: Trained) -> Before | None:
    """The classifier that was approved before, unless it is this one, or gone, or of another class than the YAML names
    now."""
    evaluation = read_evaluation(pachyderm, project)
    if evaluation is None or evaluation.approved is None or evaluation.approved.hash == new.version.hash:
        return None
    if not is_there(pachyderm, evaluation.approved):
        return None
    stored = read_version(pachyderm, evaluation.approved)
    if stored.training.classifier != new.stored.training.classifier:
        return None
    return Before(restored(project, evaluation.approved, stored), evaluation.evidence)


def choose(
    project: Project, new: Trained, found: tuple[Evidence, ...], old: Before | None, judgments: Sequence[Judgment]
) -> tuple[ModelVersion | None, tuple[Evidence, ...]]:
    """The classifier that may be used, and the evidence of it."""
    if all(judgment.passed for judgment in judgments):
        return new.version, found
    if old is None:
        return None, ()
    tested = try_test(project, old.trained, exclude=frozenset())
    return old.trained.version, tested.evidence() or old.evidence


def compare(project: Project, new: Trained, old: Trained | None, rows: Sequence[LabeledRow], folded: Tried) -> Judgment:
    """Both classifiers on the rows of the test file that neither has learned from; without such a file on the rows that
    are new since the last training, of which the new one's predictions are by cross-validation."""
    if old is None:
        return judge_before((), ())
    if settings_of(project).test:
        now = try_test(project, new, exclude=old.stored.rows)
        before = try_test(project, old, exclude=new.stored.rows)
        return judge_before(now.is_right, before.is_right)
    fresh = [at for at, row in enumerate(rows) if text_key(row.values) not in old.stored.rows]
    if not folded.labels or not fresh:
        return judge_before((), ())
    before = ask(old, [rows[at].values for at in fresh], [str(rows[at].label) for at in fresh], [1.0] * len(fresh))
    return judge_before([folded.is_right[at] for at in fresh], before.is_right)


def try_test(project: Project, trained: Trained, exclude: frozenset[str]) -> Tried:
    """A classifier's predictions for the rows of the test file that it has not learned from (nor are excluded)."""
    seen = trained.stored.rows | exclude
    tasks = [task for task in held_out_rows(project) if text_key(task.values) not in seen]
    labels = [format_value(task.answer[project.label]) for task in tasks]
    return ask(trained, [task.values for task in tasks], labels, [1.0] * len(tasks))


def try_folds(settings: Model, trained: Trained, rows: Sequence[LabeledRow]) -> Tried:
    """Predictions for the rows to learn from, each by a classifier of the same kind that has not learned from it."""
    labels = [str(row.label) for row in rows]
    classes = tuple(sorted(set(labels)))
    if not is_trainable(labels):
        return Tried(classes, np.zeros((0, len(classes))), (), ())
    frame = input_frame([row.values for row in rows], trained.stored.training.columns)
    probabilities = out_of_fold(load_classifier(settings.classifier), frame, labels, SEED)
    # A label that a model had a say in was asked about again where it contradicted that: what is left are hardly
    # people's mistakes, so that none are excused.
    sure = tuple(1.0 if row.confidence is None or row.model else row.confidence for row in rows)
    return Tried(classes, probabilities, tuple(labels), sure)


def ask(trained: Trained, values: Sequence[Values], labels: Sequence[str], confidences: Sequence[float]) -> Tried:
    """A classifier's predictions beside the labels."""
    classes = tuple(map(str, trained.model.classes_))
    if not values:
        return Tried(classes, np.zeros((0, len(classes))), (), ())
    frame = input_frame(values, trained.stored.training.columns)
    return Tried(classes, np.asarray(trained.model.predict_proba(frame)), tuple(labels), tuple(confidences))
