"""The columns of what is stored, for the catalog: their types, what they mean, and which columns they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from hitl_assets.events import LABELED_BEFORE, LINEAGE, SCHEMA, SOURCE, key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.reports.tables import Metadata

IDENTITY = "The digest of the input values: the item's identity, from its first commit to the dataset."


@dataclass(frozen=True)
class Column:
    """A column: `parents` are the columns that it is made from, each as asset and column."""

    name: str
    kind: str
    description: str = ""
    parents: tuple[tuple[str, str], ...] = ()


def columns_of(project: Project, asset: str) -> Metadata:
    """Schema and lineage of an asset's columns."""
    columns = COLUMNS[asset](project)
    schema = dg.TableSchema([dg.TableColumn(each.name, each.kind, each.description or None) for each in columns])
    lineage = {
        each.name: [dg.TableColumnDep(key_of(project, parent), column) for parent, column in each.parents]
        for each in columns
        if each.parents
    }
    return {SCHEMA: schema, **({LINEAGE: dg.TableColumnLineage(lineage)} if lineage else {})}


def fields(project: Project, *parents: str) -> list[Column]:
    """The input fields of the project, as they come from these assets."""
    return [
        Column(name, str(spec.get("type", "string")), "What is asked about.", tuple((each, name) for each in parents))
        for name, spec in project.inputs.items()
    ]


def answer_field(project: Project, name: str, description: str, *parents: tuple[str, str]) -> Column:
    """The field of the answer that becomes the label, under the name that it has in an asset."""
    kind = str(project.outputs[project.label].get("type", "string"))
    return Column(name, kind, description, parents)


def source(project: Project) -> Sequence[Column]:
    """The columns that a commit's files must have."""
    return fields(project)


def labeled_before(project: Project) -> Sequence[Column]:
    """The columns that what was labeled before must have."""
    return [*fields(project), answer_field(project, project.label, "The label that the row already has.")]


def known_tasks(project: Project) -> Sequence[Column]:
    """The columns of golden tasks and training tasks."""
    answer = answer_field(project, project.label, "The answer that is known to be right.")
    return [*fields(project), answer, Column("hint", "string", "What a worker reads after a wrong answer in training.")]


def raw_data(project: Project) -> Sequence[Column]:
    """The columns of a batch of items."""
    made_of = tuple((SOURCE, name) for name in project.inputs)
    return [
        Column(KEY_FIELD, "string", IDENTITY, made_of),
        *fields(project, SOURCE),
        Column("file", "string", "The file of the commit that brought the item."),
        Column("row", "int", "Its row there; the header is row 1."),
    ]


def tasks(project: Project) -> Sequence[Column]:
    """The columns of a batch of tasks."""
    kept = [Column(name, kind, "", (("raw_data", name),)) for name, kind in (("file", "string"), ("row", "int"))]
    predicted = (("predictions", "probability"),) if project.configuration.model else ()
    return [
        Column(KEY_FIELD, "string", IDENTITY, (("raw_data", KEY_FIELD),)),
        *fields(project, "raw_data"),
        Column("route", "string", "Who answers: crowd, model or audit (both).", predicted),
        *kept,
    ]


def predictions(project: Project) -> Sequence[Column]:
    """The columns of predictions.csv: a row for each item that the model says something of."""
    read = tuple(("raw_data", name) for name in project.inputs)
    return [
        Column(KEY_FIELD, "string", IDENTITY, (("raw_data", KEY_FIELD),)),
        answer_field(project, "label", "The most likely label.", *read),
        Column("probability", "float", "How likely it is, 0 to 1.", read),
        Column("model", "string", "Which version said so: the hash of its files, or the commit of the predictions."),
    ]


def raw_answers(project: Project) -> Sequence[Column]:
    """The columns of answers.csv: a row for each answer of each worker."""
    read = tuple(("tasks", name) for name in project.inputs)
    outputs = [
        Column(name, str(spec.get("type", "string")), "What the worker answered.", read)
        for name, spec in project.outputs.items()
    ]
    return [
        Column(KEY_FIELD, "string", IDENTITY, (("tasks", KEY_FIELD),)),
        Column("worker_id", "string", "Who answered."),
        Column("assignment_id", "string", "The suite that the answer was given in; suites are what is paid."),
        Column("task_id", "string", "The task in Toloka."),
        Column("status", "string", "What became of the suite: ACCEPTED, SUBMITTED, REJECTED, ..."),
        Column("is_golden", "bool", "Whether it is the answer to a golden task."),
        Column("created", "datetime", "When the worker took the suite."),
        Column("submitted", "datetime", "When the worker handed it in."),
        *outputs,
    ]


def reviewed_answers(project: Project) -> Sequence[Column]:
    """The columns of review.csv: a row for each assignment that was handed in."""
    answers = (("raw_answers", project.label),)
    return [
        Column("assignment_id", "string", "The suite.", (("raw_answers", "assignment_id"),)),
        Column("worker_id", "string", "Who answered.", (("raw_answers", "worker_id"),)),
        Column("golden_right", "int", "The worker's right answers to golden tasks.", answers),
        Column("golden_total", "int", "The worker's answers to golden tasks.", answers),
        Column("agreement", "float", "The share of its answers that most others gave, too.", answers),
        Column("decision", "string", "accept, reject or wait."),
        Column("reason", "string", "Why."),
    ]


def calibration(project: Project) -> Sequence[Column]:
    """The columns of evidence.csv: a row for each time an item was judged whose truth is known, more or less."""
    votes = (votes_column(project),)
    return [
        Column("item", "string", "The item: its item_key."),
        Column("source", "string", "How the truth is known: golden, audited or settled."),
        Column("answers", "int", "How many answers it was judged by.", votes),
        Column("right", "float", "How surely its label is right, 0 to 1.", votes),
        Column("weight", "float", "What the item counts; several rows of one item share it."),
        Column("stated", "json", "How probable the method found its label, then the others.", votes),
        Column("engine", "string", "The method, with its version."),
    ]


def rounds(project: Project) -> Sequence[Column]:
    """The columns of rounds.csv."""
    votes = (votes_column(project),)
    return [
        Column("round", "int", "Its number, from 1."),
        Column("items", "int", "How many items people were asked about in it.", votes),
        Column("answers", "int", "How many answers it brought.", votes),
        Column("finished", "int", "How many of the items were not asked about again.", votes),
        Column("mean_confidence", "float", "How sure the labels of these are on average.", votes),
        Column("unsure", "int", "How many of these labels are not sure enough.", votes),
    ]


def aggregated_labels(project: Project) -> Sequence[Column]:
    """The columns of labels.csv."""
    votes = votes_column(project)
    return [
        Column(KEY_FIELD, "string", IDENTITY, (("tasks", KEY_FIELD),)),
        *fields(project, "tasks"),
        answer_field(project, "label", "The label that was decided.", votes),
        Column("confidence", "float", "How sure the label is, 0 to 1.", (votes,)),
        Column("source", "string", "Who decided: crowd, model or audit.", (("tasks", "route"),)),
        *origin(project, {"votes": votes, "workers": (answers_name(project), "worker_id"), "partial": votes}),
        Column("held_back", "bool", "Whether it is kept out of the dataset, because an audit failed."),
    ]


def quality_report(project: Project) -> Sequence[Column]:
    """The columns of workers.csv: a row for each worker of the batch."""
    answers = (("raw_answers", project.label),)
    return [
        Column("worker_id", "string", "Who answered.", (("raw_answers", "worker_id"),)),
        Column("answers", "int", "Answers, without golden tasks.", answers),
        Column("share", "float", "The share of the batch's answers, 0 to 1.", answers),
        Column("golden_right", "int", "Right answers to golden tasks.", answers),
        Column("golden_total", "int", "Answers to golden tasks.", answers),
        Column("seconds_per_task", "float", "The median time for a task, in seconds.", (("raw_answers", "submitted"),)),
    ]


def concatenated_dataset(project: Project) -> Sequence[Column]:
    """The columns of dataset.csv."""
    labels = "aggregated_labels"
    before = [LABELED_BEFORE] if project.configuration.dataset else []
    own = [(name, project.label) for name in before]
    return [
        *fields(project, labels, *before),
        answer_field(project, project.label, "The label.", (labels, "label"), *own),
        Column("source", "string", "Where the label is from: before, crowd, model or audit.", ((labels, "source"),)),
        Column("batch", "string", "The batch that brought the item; empty for what was labeled before."),
        Column(KEY_FIELD, "string", IDENTITY, ((labels, KEY_FIELD),)),
        Column("confidence", "float", "How sure the label is, 0 to 1.", ((labels, "confidence"),)),
        *origin(project, {name: (labels, name) for name, _, _ in (*ORIGIN, PARTS)}),
    ]


ORIGIN = (
    ("votes", "json", "How many answers each label got."),
    ("workers", "json", "Who answered."),
    ("pool_id", "string", "The pool in Toloka."),
    ("partial", "bool", "Whether the pool ended before all planned answers were given."),
    ("round", "int", "In which round people were asked about it last."),
    ("model", "string", "The version of the model that had a say."),
    ("method", "string", "How answers became labels."),
    ("lower_bound", "float", "Of labels so sure at least this share is right, by evidence; 0: not calibrated."),
)
PARTS = ("part_confidences", "json", "How sure each mark of the label is, in the label's order.")


def origin(project: Project, parents: Mapping[str, tuple[str, str]]) -> list[Column]:
    """The columns that say where a label comes from, with what they are made from."""
    return [
        Column(name, kind, description, (parents[name],) if name in parents else ())
        for name, kind, description in (*ORIGIN, *([PARTS] if project.kind.has_parts else []))
    ]


def answers_name(project: Project) -> str:
    """The asset whose answers become labels."""
    return "reviewed_answers" if project.configuration.review else "raw_answers"


def votes_column(project: Project) -> tuple[str, str]:
    """The column that says what people answered."""
    name = answers_name(project)
    return name, project.label if name == "raw_answers" else "assignment_id"


COLUMNS = {
    SOURCE: source,
    LABELED_BEFORE: labeled_before,
    "golden_tasks": known_tasks,
    "training_tasks": known_tasks,
    "raw_data": raw_data,
    "predictions": predictions,
    "tasks": tasks,
    "raw_answers": raw_answers,
    "reviewed_answers": reviewed_answers,
    "calibration": calibration,
    "rounds": rounds,
    "aggregated_labels": aggregated_labels,
    "quality_report": quality_report,
    "concatenated_dataset": concatenated_dataset,
}
