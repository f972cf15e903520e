"""Is the newest classifier good, and may it be used? It is tried on rows that it has not learned from, and compared
with the classifier before and with people. No Dagster."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.classifier import (
    is_trainable,
    learned_key,
    load_classifier,
    out_of_fold,
    training_rows,
)
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.model.approval import Judgment, judge_before, judge_evidence, judge_people
from hitl_assets.labeling.model.evaluation import Tried, score
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.model.files import ModelVersion, StoredEvaluation, plain_scores
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Values
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.contents import Contents, Tell, open_contents, tell_nobody
from hitl_assets.steps.training import (
    DATASET,
    HeldOut,
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
NO_ROWS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GoldenAnswers:
    """How people did on golden tasks: how many answers were right, of how many."""

    right: int
    total: int


def evaluate(
    pachyderm: Pachyderm, project: Project, people: GoldenAnswers, tell: Tell = tell_nobody
) -> StoredEvaluation:
    """The scores of the newest classifier, and which classifier is approved: this one, the one before, or none. Files
    that cannot be used are told."""
    settings = settings_of(project)
    new = open_head(pachyderm, project)
    old = approved_before(pachyderm, project, new)
    _, dataset = read_head(pachyderm, project, DATASET, StoredDataset)
    tests = held_out_rows(pachyderm, project)
    with open_contents(pachyderm, project, settings, tell) as contents:
        rows = training_rows(dataset.rows, held_out_keys(tests), project.of_files)
        kept = contents.give([row.values for row in rows], new.stored.training.columns).kept
        rows = [rows[at] for at in kept]
        folded = try_folds(contents, new, rows)
        tested = try_test(contents, tests, new)
        main = tested if settings.test else folded
        judgments = (
            judge_evidence(len(main.labels)),
            compare(contents, tests, new, old.trained if old else None, rows, folded),
            judge_people(main.surest, main.is_right, people.right, people.total),
        )
        approved, evidence = choose(contents, tests, new, main.evidence(), old, judgments)
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
    one, other = stored.training, new.stored.training
    if (one.classifier, one.embedding) != (other.classifier, other.embedding):
        return None
    return Before(restored(project, evaluation.approved, stored), evaluation.evidence)


def choose(
    contents: Contents,
    tests: Sequence[HeldOut],
    new: Trained,
    found: tuple[Evidence, ...],
    old: Before | None,
    judgments: Sequence[Judgment],
) -> tuple[ModelVersion | None, tuple[Evidence, ...]]:
    """The classifier that may be used, and the evidence of it."""
    if all(judgment.passed for judgment in judgments):
        return new.version, found
    if old is None:
        return None, ()
    tested = try_test(contents, tests, old.trained)
    return old.trained.version, tested.evidence() or old.evidence


def compare(
    contents: Contents,
    tests: Sequence[HeldOut],
    new: Trained,
    old: Trained | None,
    rows: Sequence[LabeledRow],
    folded: Tried,
) -> Judgment:
    """Both classifiers on the rows of the test file that neither has learned from; without such a file on the rows that
    are new since the last training, of which the new one's predictions are by cross-validation."""
    if old is None:
        return judge_before((), ())
    if contents.settings.test:
        now = try_test(contents, tests, new, exclude=old.stored.rows)
        before = try_test(contents, tests, old, exclude=new.stored.rows)
        return judge_before(now.is_right, before.is_right)
    of_files = contents.project.of_files
    fresh = [at for at, row in enumerate(rows) if learned_key(row, of_files) not in old.stored.rows]
    if not folded.labels or not fresh:
        return judge_before((), ())
    before = ask(contents, old, [rows[at].values for at in fresh], [str(rows[at].label) for at in fresh])
    return judge_before([folded.is_right[at] for at in fresh], before.is_right)


def try_test(
    contents: Contents, tests: Sequence[HeldOut], trained: Trained, exclude: frozenset[str] = NO_ROWS
) -> Tried:
    """A classifier's predictions for the rows of the test file that it has not learned from (nor are excluded)."""
    seen, label = trained.stored.rows | exclude, contents.project.label
    tasks = [task for task, key in tests if key not in seen]
    labels = [format_value(task.answer[label]) for task in tasks]
    return ask(contents, trained, [task.values for task in tasks], labels)


def try_folds(contents: Contents, trained: Trained, rows: Sequence[LabeledRow]) -> Tried:
    """Predictions for the rows to learn from, each by a classifier of the same kind that has not learned from it."""
    labels = [str(row.label) for row in rows]
    classes = tuple(sorted(set(labels)))
    if not is_trainable(labels):
        return Tried(classes, np.zeros((0, len(classes))), (), ())
    given = contents.give([row.values for row in rows], trained.stored.training.columns)
    probabilities = out_of_fold(load_classifier(contents.settings.classifier), given.X, labels, SEED)
    # A label that a model had a say in was asked about again where it contradicted that: what is left are hardly
    # people's mistakes, so that none are excused.
    sure = tuple(1.0 if row.confidence is None or row.model else row.confidence for row in rows)
    return Tried(classes, probabilities, tuple(labels), sure)


def ask(contents: Contents, trained: Trained, values: Sequence[Values], labels: Sequence[str]) -> Tried:
    """A classifier's predictions beside the labels, which are certain, of what can be used."""
    classes = tuple(map(str, trained.model.classes_))
    given = contents.give(values, trained.stored.training.columns)
    if not given.kept:
        return Tried(classes, np.zeros((0, len(classes))), (), ())
    known = tuple(labels[at] for at in given.kept)
    return Tried(classes, np.asarray(trained.model.predict_proba(given.X)), known, (1.0,) * len(known))
