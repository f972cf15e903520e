"""Predictions that somebody brings, in every kind of label: read, left out with a reason, compared, and measured."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet
import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.knowledge import Knowledge, advice_records
from hitl_assets.labeling.items.items import collect_items
from hitl_assets.labeling.labels.decisions import Decided, decide_labels
from hitl_assets.labeling.labels.experience import audited_evidence, unaided_evidence
from hitl_assets.labeling.labels.files import write_audit
from hitl_assets.labeling.model.predictions import Brought, predictions_apart, predictions_beside
from hitl_assets.labeling.project.automation import OwnPredictions, PredictionSource
from hitl_assets.labeling.project.declaration import Aggregation, Project
from hitl_assets.labeling.records import Answer, Item, Label, Prediction, Task
from hitl_assets.labeling.tables.parquet import as_json_lines
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets_tests.labeling.conftest import Load

OWN = OwnPredictions()
APART = OwnPredictions(source=PredictionSource(repo="detector"))
ADVISER = "model:detector"
TEXT = "Ann met Bob in Rome"
JSON = {"type": "json", "required": False}


class Case(NamedTuple):
    """A kind: its field and section, a label, one that says the same, another one, and a text that is no label."""

    spec: dict[str, Any]
    section: dict[str, Any]
    right: Any
    same: Any
    other: Any
    bad: str


def box(left: float, name: str = "apple") -> dict[str, Any]:
    """A box of the same size."""
    return {"class": name, "left": left, "top": 0.1, "width": 0.3, "height": 0.3}


def triangle(left: float, name: str = "apple") -> dict[str, Any]:
    """A triangle of the same size."""
    return {"class": name, "points": [[left, 0.1], [left + 0.4, 0.1], [left, 0.5]]}


def span(start: int, end: int, name: str = "PER") -> dict[str, Any]:
    """A piece of the text."""
    return {"class": name, "start": start, "end": end}


CHOICE = {"type": "string", "allowed_values": ["apple", "pear"]}
FRUIT = ["apple", "pear"]
LONG, LONGER = "the old man and the sea of ice", "the old man and the sea of ices"
CASES = {
    "class": Case(CHOICE, {"kind": "class"}, "apple", "apple", "pear", "plum"),
    "preference": Case(CHOICE, {"kind": "preference"}, "apple", "apple", "pear", "both"),
    "number": Case({"type": "float"}, {"kind": "number", "same": 1}, 10, 10.4, 30, "many"),
    "tags": Case(JSON, {"kind": "tags", "classes": FRUIT}, ["apple"], {"apple": True}, ["pear"], '["plum"]'),
    "boxes": Case(JSON, {"kind": "boxes", "classes": FRUIT}, [box(0.1)], [box(0.12)], [box(0.6)],
                  json.dumps([box(0.9)])),
    "polygons": Case(JSON, {"kind": "polygons", "classes": FRUIT}, [triangle(0.1)], [triangle(0.12)], [triangle(0.5)],
                     json.dumps([triangle(0.9)])),
    "spans": Case(JSON, {"kind": "spans", "classes": ["PER", "LOC"], "text": "text"}, [span(0, 3)], [span(0, 3)],
                  [span(15, 19, "LOC")], json.dumps([span(15, 90)])),
    "text": Case({"type": "string"}, {"kind": "text", "same": 0.9}, LONG, LONGER, "nothing of that", " "),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Each kind of label."""
    return CASES[request.param]


@pytest.fixture
def project(case: Case, load: Load, attributes: dict[str, Any]) -> Project:
    """A project of this kind that brings predictions."""
    attributes["project"]["task_spec"]["output_spec"] = {"kind": {"required": True, **case.spec}}
    attributes["label"] = {"field": "kind", **case.section}
    attributes["model"] = {"target_accuracy": 0.9, "predictions": {"source": {"repo": "detector"}}}
    return load()


def as_cell(value: Any) -> str:
    """A value as people write it into a file."""
    return value if isinstance(value, str) else json.dumps(value)


def table(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    """A CSV file."""
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def bring(project: Project, items: Sequence[Item], *rows: Sequence[str], by: str = "text") -> Brought:
    """Predictions in a file of another repo."""
    header = (by, "predicted_label", "predicted_probability")
    return predictions_apart(items, {"/p.csv": table(header, *rows)}, project, APART, "detector@1")


def item(text: str = TEXT) -> Item:
    """An item with this text."""
    return Item(f"key of {text}", {"text": text}, "/a.csv", 2)


def answer(key: str, worker: str, value: Any) -> Answer:
    """What a worker says of an item."""
    return Answer(key, {"kind": value}, worker, "1", "1", "7", "ACCEPTED", False, "", "", inputs={"text": TEXT})


def test_each_kind_reads_its_labels(project: Project, case: Case) -> None:
    """However somebody writes them, they are the cells that people's answers become."""
    text = f"{TEXT}\n"
    items = collect_items({"/a.csv": f"text\n{text}".encode()}, project.inputs, known=()).items
    brought = bring(project, items, [TEXT, as_cell(case.same), "0.9"])
    assert [each.item_key for each in brought.predictions] == [items[0].item_key]
    (found,) = brought.predictions
    assert found.label == project.kind.cell(project.kind.plain(case.same))
    assert (found.probability, found.model, brought.rejected) == (0.9, "detector@1", ())
    beside = {"/a.csv": table(("text", "predicted_label", "predicted_probability"), [TEXT, as_cell(case.same), "0.9"])}
    assert predictions_beside(items, beside, project, OWN, "detector@1").predictions == brought.predictions


def test_what_is_no_label_of_the_kind_is_named(project: Project, case: Case) -> None:
    """And left out, as a probability outside of 0 to 1 is."""
    rows = [["one", case.bad, "0.9"], ["two", as_cell(case.right), "1.1"]]
    brought = bring(project, [item("one"), item("two")], *rows, by="item_key")
    assert (brought.predictions, brought.rejected) == ((), ()) and len(brought.elsewhere) == 2
    keys = [[f"key of {name}", *cells] for name, *cells in rows]
    brought = bring(project, [item("one"), item("two")], *keys, by="item_key")
    assert brought.predictions == ()
    named = [(each.row, each.column) for each in brought.rejected]
    assert named == [(2, "predicted_label"), (3, "predicted_probability")]


def test_nothing_marked_is_a_prediction_where_it_is_a_label(project: Project) -> None:
    """A picture with nothing on it; elsewhere a prediction without a label is none."""
    brought = bring(project, [item()], [f"key of {TEXT}", "", "0.9"], by="item_key")
    is_label = project.kind.is_label(None)
    assert [each.label for each in brought.predictions] == (["[]"] if is_label else [])
    assert [each.column for each in brought.rejected] == ([] if is_label else ["predicted_label"])


def decide(project: Project, case: Case, predicted: Any, said: Any, route: str = "audit") -> Decided:
    """Ten items that three people say the same of, and a model something."""
    keys = [f"item {number}" for number in range(10)]
    tasks = [Task(key, {"text": TEXT}, route) for key in keys]
    cell = project.kind.cell(project.kind.plain(predicted))
    predictions = {key: Prediction(key, cell, 0.95, "detector@1") for key in keys}
    answers = [answer(key, worker, said) for key in keys for worker in ("ann", "bob", "eve")]
    return decide_labels(project, tasks, answers, predictions)


def test_an_audit_finds_right_what_is_the_same(project: Project, case: Case) -> None:
    """Not only what is equal to the letter; and it is evidence for labels of this kind and tolerance alone."""
    right, wrong = (decide(project, case, predicted, case.right) for predicted in (case.same, case.other))
    assert (right.audit.items, right.audit.wrong, right.audit.has_failed) == (10, 0, False)
    assert wrong.audit.has_failed
    content = write_audit(right.audited)
    assert [each.is_right for each in audited_evidence(content, kind=project.kind.evidence)] == [1.0] * 10
    assert audited_evidence(content, kind=" of another kind") == ()


def test_labels_that_nobody_was_told_are_evidence(project: Project, case: Case) -> None:
    """By what is the same in this kind."""
    cell = project.kind.cell(project.kind.plain(case.right))
    labels = [Label(key, {}, cell, 0.9, {cell: 3}, ("ann",), "7") for key in ("a", "b")]
    said = {"a": case.same, "b": case.other}
    predictions = [Prediction(k, project.kind.cell(project.kind.plain(v)), 0.9, "m") for k, v in said.items()]
    assert [each.is_right for each in unaided_evidence(predictions, labels, project.kind)] == [1.0, 0.0]


def test_predictions_count_as_one_more_worker(project: Project, case: Case) -> None:
    """One who is measured: known to be right it makes two who disagree decide for its side, and known to be wrong it
    does not. Votes and workers stay people's."""
    kind = project.kind
    right, other = (kind.cell(kind.plain(value)) for value in (case.right, case.other))
    votes = [answer("a", "ann", kind.plain(case.right)), answer("a", "bob", kind.plain(case.other))]
    predictions = {"a": Prediction("a", right, 0.9, "m")}
    golden = [Label(f"g{number}", {}, right, 1.0, {}, (), "7") for number in range(60)]
    sure = []
    for said in (right, other):
        shown = {label.item_key: Prediction(label.item_key, said, 0.9, "m") for label in golden}
        records = advice_records(ADVISER, shown, golden, kind)
        assert list(records) == [ADVISER]
        knowledge = Knowledge(records, predictions, kind.labels, ADVISER)
        (label,) = aggregate_answers(votes, {"a": {"text": TEXT}}, kind, Aggregation(), knowledge)
        assert (sum(label.votes.values()), label.workers) == (2, ("ann", "bob"))
        sure.append(label.confidence if kind.is_same(label.label, right) else 0.0)
    assert sure[0] > sure[1]


def test_predictions_are_measured_by_labels_of_people_alone(project: Project, case: Case) -> None:
    """Its record is kept as a worker's is, whatever the route; a project with methods that measure nobody has none."""
    decided = decide(project, case, case.other, case.right, "crowd")
    assert ADVISER in decided.records
    assert all(label.votes and ADVISER not in label.workers for label in decided.labels.labels)
    changed = project.configuration.model_copy(update={"aggregation": Aggregation(method="majority_vote")})
    assert Project(project.folder, changed, project.project, project.pool, None).adviser == ""


@pytest.fixture
def pictures(load: Load, attributes: dict[str, Any]) -> Project:
    """A project of boxes in files."""
    spec = attributes["project"]["task_spec"]
    spec.update(input_spec={"image": {"type": "url"}}, output_spec={"kind": JSON})
    attributes["label"] = {"kind": "boxes", "field": "kind", "classes": FRUIT}
    attributes["source"] = {"repo": "photos", "glob": "/**.png", "items": "files", "field": "image"}
    attributes["pictures"] = {"link": "https://bucket.example.com/{path}"}
    attributes["model"] = {"predictions": {"source": {"repo": "detector"}}}
    return load()


def test_files_are_named_by_path_place_or_hash(pictures: Project) -> None:
    """As a person writes them: with or without a slash. What is about another file is left out."""
    items = [Item(f"{n}" * 64, {"image": f"photos@c:/in/{n} ö.png"}, f"/in/{n} ö.png", 1) for n in range(4)]
    items = [Item(each.item_key, each.values, each.file.replace("ö", "%C3%B6"), 1) for each in items]
    named = ["in/0 ö.png", "/in/1 %C3%B6.png", "photos@c:/in/2 ö.png", "/in/elsewhere.png"]
    brought = bring(pictures, items, *([name, "[]", "0.9"] for name in named), by="image")
    assert [each.item_key[0] for each in brought.predictions] == ["0", "1", "2"]
    assert [(each.row, each.reason) for each in brought.elsewhere] == [(5, "is about no item of the batch")]
    by_key = bring(pictures, items, ["3" * 64, json.dumps([box(0.1)]), "0.9"], by="item_key")
    assert [each.item_key[0] for each in by_key.predictions] == ["3"]


def test_parquet_and_json_lines_hold_marks_as_they_are(pictures: Project) -> None:
    """Nobody has to write JSON into JSON; what is missing there is missing."""
    items = [Item(f"{n}" * 64, {"image": f"photos@c:/{n}.png"}, f"/{n}.png", 1) for n in range(2)]
    rows: list[dict[str, Any]] = [
        {"image": "/0.png", "predicted_label": [box(0.1)], "predicted_probability": 0.75},
        {"image": "/1.png", "predicted_label": [], "predicted_probability": float("nan")},
    ]
    written = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), written)
    lines = as_json_lines(written.getvalue(), "/p.parquet")
    for file, content in {"/p.parquet": written.getvalue(), "/p.jsonl": lines}.items():
        brought = predictions_apart(items, {file: content}, pictures, APART, "detector@1")
        assert [(each.item_key[0], json.loads(each.label)) for each in brought.predictions] == [("0", [box(0.1)])]
        assert [(each.file, each.row, each.column) for each in brought.rejected] == [(file, 2, "predicted_probability")]
    with pytest.raises(UnreadableFileError, match=r"/p\.parquet is no Parquet file"):
        as_json_lines(b"PAR1 and nothing", "/p.parquet")
