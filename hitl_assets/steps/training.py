"""A classifier is trained and asked, on data in Pachyderm. No Dagster.

The three steps meet in Pachyderm only: a training writes a version, an evaluation says which version is approved, and a
batch is predicted by the approved one. What a batch is asked is not a matter of what was trained meanwhile.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from hitl_assets.labeling.classifier import (
    FEWEST_ROWS,
    Classifier,
    is_trainable,
    learned_key,
    load_classifier,
    text_key,
    training_rows,
)
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.labels.concatenation import BEFORE, LabeledRow
from hitl_assets.labeling.labels.experience import audited_evidence, unaided_evidence
from hitl_assets.labeling.labels.files import StoredDataset, read_labels
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.model.files import ModelVersion, StoredEvaluation, StoredPredictions, read_predictions
from hitl_assets.labeling.model.predictions import Brought, predict_items, predictions_apart, predictions_beside
from hitl_assets.labeling.model.stored_classifier import MODEL, StoredClassifier, Training, read_model, write_model
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item, KnownTask, digest
from hitl_assets.labeling.storage.files import Stored, directory_of, restore
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.errors import MissingError
from hitl_assets.steps.addressing import find_hash
from hitl_assets.steps.contents import Tell, open_contents, tell_nobody
from hitl_assets.steps.earlier import read_batches

Value = TypeVar("Value", bound=Stored)
CLASSIFIER, EVALUATION, DATASET = "classifier", "evaluation", "concatenated_dataset"


@dataclass(frozen=True)
class Trained:
    """A version of the classifier, ready to be asked."""

    version: ModelVersion
    stored: StoredClassifier
    model: Classifier


def settings_of(project: Project) -> Model:
    """The project's `model` section, which only projects with a classifier come here without."""
    settings = project.model
    if settings is None:
        raise ServiceError(f"{project.name} has no model. Add the section model to its YAML.")
    return settings


def recipe_version(project: Project) -> str:
    """Changes when the same dataset would make another classifier."""
    settings = settings_of(project)
    held_out = project.read(settings.test).hex() if settings.test else ""
    embedding = [settings.embedding] if settings.embedding else []
    return digest([settings.classifier, held_out, *embedding])[:16]


def train(pachyderm: Pachyderm, project: Project, tell: Tell = tell_nobody) -> StoredClassifier:
    """A classifier that has learned from the dataset as it is. Files that cannot be used are told.

    Raises:
        ServiceError: there is too little to learn from.
    """
    settings = settings_of(project)
    version, dataset = read_head(pachyderm, project, DATASET, StoredDataset)
    columns = list(project.inputs)
    with open_contents(pachyderm, project, settings, tell) as contents:
        rows = training_rows(dataset.rows, held_out_keys(held_out_rows(pachyderm, project)), project.of_files)
        given = contents.give([row.values for row in rows], columns)
        rows = [rows[at] for at in given.kept]
        labels = [str(row.label) for row in rows]
        refuse_little(version, rows, labels)
        model = load_classifier(settings.classifier)()
        model.fit(given.X, labels)
    training = Training(
        classifier=settings.classifier,
        columns=tuple(columns),
        labels=tuple(sorted(set(labels))),
        dataset=version.hash,
        rows=len(rows),
        by_people=count_by_people(rows),
        embedding=settings.embedding or "",
    )
    keys = frozenset(learned_key(row, project.of_files) for row in rows)
    return StoredClassifier(write_model(model, settings), training, keys)


def refuse_little(version: ModelVersion, rows: Sequence[LabeledRow], labels: Sequence[str]) -> None:
    """Refuse a dataset from which nothing can be learned."""
    if not is_trainable(labels):
        found = ", ".join(sorted(set(labels))) or "none"
        raise ServiceError(
            f"{version} has {plural(len(rows), 'row')} to learn from, with the labels: {found}. A classifier needs "
            f"{FEWEST_ROWS} "
            "and two labels that occur twice. Label more items, then materialize classifier."
        )


def count_by_people(rows: Sequence[LabeledRow]) -> int:
    """How many of these rows people have labeled in the project's batches."""
    return sum(row.source != BEFORE for row in rows)


class HeldOut(NamedTuple):
    """A row that is held out, and its identity as `learned_key` has it."""

    task: KnownTask
    key: str


def held_out_rows(pachyderm: Pachyderm, project: Project) -> tuple[HeldOut, ...]:
    """The rows that are held out: those of the file `model.test`. Of each that is a file Pachyderm is asked for the
    hash."""
    file = settings_of(project).test
    tasks = known_tasks_of(project, file) if file else ()
    return tuple(HeldOut(task, held_out_key(pachyderm, project, task)) for task in tasks)


def held_out_keys(rows: Iterable[HeldOut]) -> frozenset[str]:
    """The keys of these rows, of files also those of their places."""
    return frozenset(key for row in rows for key in (text_key(row.task.values), row.key))


def held_out_key(pachyderm: Pachyderm, project: Project, task: KnownTask) -> str:
    """The identity of a row that is held out, as `learned_key` has it."""
    place = read_place(task.values.get(project.configuration.source.field or ""))
    if place is None:
        return text_key(task.values)
    try:
        return find_hash(pachyderm, place)
    except MissingError:
        return text_key(task.values)  # It is not asked about, and named then.


def predict(
    pachyderm: Pachyderm,
    project: Project,
    items: Sequence[Item],
    before: Sequence[str] = (),
    tell: Tell = tell_nobody,
) -> StoredPredictions:
    """What the approved classifier says of these items, and what is known of it: from its evaluation, and from audits
    in the batches `before`. Nothing while none is approved, nor of files that cannot be used, which are told."""
    evaluation = read_evaluation(pachyderm, project)
    if evaluation is None or evaluation.approved is None:
        return StoredPredictions(())
    trained = restored(project, evaluation.approved, read_version(pachyderm, evaluation.approved))
    columns, version = trained.stored.training.columns, trained.version.hash
    audits = read_batches(pachyderm, f"{project.name}_aggregated_labels", "audit.csv", before)
    kind = project.kind.evidence
    audited = (each for content in audits.values() for each in audited_evidence(content, version, kind))
    with open_contents(pachyderm, project, settings_of(project), tell) as contents:
        given = contents.give([item.values for item in items], columns)
        predicted = predict_items(trained.model, given.X, [items[at] for at in given.kept], version)
    return StoredPredictions(predicted, (*evaluation.evidence, *audited))


def read_own_predictions(pachyderm: Pachyderm, project: Project, commit: str, items: Sequence[Item]) -> Brought:
    """The predictions that the project brings for a commit's items, with the commit that they are from as version."""
    own = settings_of(project).predictions
    if own is None:
        raise ServiceError(f"{project.name} brings no predictions. Add the section model.predictions to its YAML.")
    raw = project.configuration.source
    if own.source is None:
        paths = sorted({item.file for item in items}) if raw.values is None else [raw.values]
        find = predictions_beside if raw.values is None else predictions_apart
        return find(items, read_there(pachyderm, raw.repo, commit, paths), project, own, f"{raw.repo}@{commit}")
    # Beside the items they are of the same commit: what comes later is for later batches.
    is_same_repo = (own.source.repo, own.source.branch) == (raw.repo, raw.branch)
    head = commit if is_same_repo else pachyderm.head(own.source.repo, own.source.branch)
    if head is None:
        return Brought(())
    paths = pachyderm.changed_files(own.source.repo, head, None, own.source.glob)
    files = read_there(pachyderm, own.source.repo, head, paths)
    return predictions_apart(items, files, project, own, f"{own.source.repo}@{head}")


def read_there(pachyderm: Pachyderm, repo: str, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
    """The content of these files of a commit, of those that are there."""
    found = {}
    for path in paths:
        with suppress(MissingError):
            found[path] = pachyderm.read(repo, commit, path)
    return found


def own_experience(pachyderm: Pachyderm, project: Project, before: Sequence[str]) -> tuple[Evidence, ...]:
    """What people found out about the predictions that the project brings, in the batches `before`."""
    repo = f"{project.name}_aggregated_labels"
    audits = read_batches(pachyderm, repo, "audit.csv", before)
    labels = read_batches(pachyderm, repo, "labels.csv", before)
    predicted = read_batches(pachyderm, f"{project.name}_predictions", "predictions.csv", before)
    kind = project.kind
    found = [each for content in audits.values() for each in audited_evidence(content, kind=kind.evidence)]
    for batch in (batch for batch in labels if batch in predicted):
        found += unaided_evidence(read_predictions(predicted[batch]), read_labels(labels[batch]), kind)
    return tuple(found)


def read_head(pachyderm: Pachyderm, project: Project, name: str, kind: type[Value]) -> tuple[ModelVersion, Value]:
    """The newest version of an unpartitioned asset of the project, and where it is.

    Raises:
        ServiceError: it isn't there.
    """
    repo, directory = f"{project.name}_{name}", directory_of(name)
    head = pachyderm.head(repo)
    hash_ = pachyderm.directory_hash(repo, head, directory) if head else None
    if head is None or hash_ is None:
        raise ServiceError(f"{repo} has no {directory}. Materialize {project.name}/{name} first.")
    files = pachyderm.read_directory(repo, head, directory)
    return ModelVersion(repo, head, hash_), restore(kind, files, f"{repo}@{head}:{directory}")


def read_evaluation(pachyderm: Pachyderm, project: Project) -> StoredEvaluation | None:
    """The newest evaluation, if there is one."""
    if pachyderm.head(f"{project.name}_{EVALUATION}") is None:
        return None
    return read_head(pachyderm, project, EVALUATION, StoredEvaluation)[1]


def open_head(pachyderm: Pachyderm, project: Project) -> Trained:
    """The newest classifier."""
    version, stored = read_head(pachyderm, project, CLASSIFIER, StoredClassifier)
    return restored(project, version, stored)


def read_version(pachyderm: Pachyderm, version: ModelVersion) -> StoredClassifier:
    """A version of the classifier.

    Raises:
        ServiceError: it is gone, or not what it was.
    """
    directory = directory_of(CLASSIFIER)
    if not is_there(pachyderm, version):
        raise ServiceError(
            f"{version}:{directory} is not what was approved ({version.hash[:12]}). Materialize classifier and "
            "evaluation; until then remove the section model, and people label everything."
        )
    files = pachyderm.read_directory(version.repo, version.commit, directory)
    return restore(StoredClassifier, files, f"{version}:{directory}")


def is_there(pachyderm: Pachyderm, version: ModelVersion) -> bool:
    """Whether a version of the classifier is where it was, as it was."""
    return pachyderm.directory_hash(version.repo, version.commit, directory_of(CLASSIFIER)) == version.hash


def restored(project: Project, version: ModelVersion, stored: StoredClassifier) -> Trained:
    """A stored classifier, ready to be asked."""
    place, settings = f"{version}:{directory_of(CLASSIFIER)}/{MODEL}", settings_of(project)
    if stored.training.embedding != (settings.embedding or ""):
        raise ServiceError(
            f"{place} has learned from what {stored.training.embedding or 'no embedding'} made of the items, and the "
            f"project has {settings.embedding or 'none'} now. Materialize classifier again."
        )
    return Trained(version, stored, read_model(stored.model, settings, place))
