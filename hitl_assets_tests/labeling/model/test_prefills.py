"""What people begin with, where a project shows them predictions: on the wire, in the interface, and as evidence."""

import json
from html import unescape
from typing import Any

import pytest

from hitl_assets.emulators.toloka.people.pages.questionnaires import Questionnaire
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.labels.decisions import decide_labels
from hitl_assets.labeling.model.prefills import is_left_without, shown_to_people, with_prefills
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.prefills import PREFILL
from hitl_assets.labeling.records import Prediction, Task
from hitl_assets_tests.labeling.conftest import Load
from hitl_assets_tests.labeling.model.test_brought import CASES, TEXT, Case, answer

KEYS = [f"item {number}" for number in range(40)]
# As the fields of Template Builder hold them.
WIRE = {
    "class": "apple",
    "preference": "apple",
    "number": 10.0,
    "tags": {"apple": True},
    "boxes": [{"shape": "rectangle", "label": "apple", "left": 0.1, "top": 0.1, "width": 0.3, "height": 0.3}],
    "polygons": [
        {
            "shape": "polygon",
            "label": "apple",
            "points": [{"left": 0.1, "top": 0.1}, {"left": 0.5, "top": 0.1}, {"left": 0.1, "top": 0.5}],
        }
    ],
    "spans": [{"offset": 0, "length": 3, "label": "PER"}],
    "text": CASES["text"].right,
}


def declare(attributes: dict[str, Any], case: Case, view: Any) -> None:
    """A project of this kind that shows predictions in this interface."""
    spec = attributes["project"]["task_spec"]
    spec["output_spec"] = {"kind": {"required": True, **case.spec}}
    spec["view_spec"] = {"type": "tb", "config": json.dumps(view)}
    attributes["label"] = {"field": "kind", **case.section}
    attributes["model"] = {"predictions": {"source": {"repo": "detector"}}, "show_predictions": True}


def view(**data: Any) -> dict[str, Any]:
    """An interface with one field."""
    field = {"type": "field.text", "data": {"type": "data.output", "path": "kind", **data}}
    return {"view": {"type": "view.list", "items": [field]}}


@pytest.mark.parametrize("name", CASES)
def test_people_begin_with_the_prediction(name: str, load: Load, attributes: dict[str, Any]) -> None:
    """In the form of the field that they answer in, which reads back as the same label; most of them do, not all."""
    declare(attributes, CASES[name], view())
    project = load()
    config = json.loads(project.project["task_spec"]["view_spec"]["config"])
    assert config["view"]["items"][0]["data"]["default"] == {"type": "data.input", "path": PREFILL}
    assert PREFILL in project.project["task_spec"]["input_spec"]
    assert PREFILL not in project.inputs
    kind = project.kind
    cell = kind.cell(kind.plain(CASES[name].right))
    tasks = [Task(key, {"text": TEXT}, "crowd") for key in KEYS]
    shown = with_prefills(project, tasks, [Prediction(key, cell, 0.9, "m") for key in KEYS])
    begun = [task.values[PREFILL] for task in shown if PREFILL in task.values]
    assert begun == [WIRE[name]] * len(begun)
    assert {PREFILL in task.values for task in shown} == {True, False}
    assert kind.cell(kind.plain(kind.receive(begun[0], {"text": TEXT}))) == cell


def test_audited_items_are_never_shown_a_prediction(load: Load, attributes: dict[str, Any]) -> None:
    """People would find right what they see."""
    declare(attributes, CASES["class"], view())
    shown = shown_to_people(load(), KEYS, {key: "audit" if number < 20 else "crowd" for number, key in enumerate(KEYS)})
    assert shown and shown.isdisjoint(KEYS[:20])


@pytest.fixture
def project(load: Load, attributes: dict[str, Any]) -> Project:
    """Fruit, with predictions that are shown."""
    declare(attributes, CASES["class"], view())
    return load()


def test_whoever_was_shown_a_prediction_says_nothing_of_it(project: Project) -> None:
    """Such labels name the model as one that had a say, so that they are no evidence; nor do they measure it."""
    tasks = [Task(key, {"text": TEXT}, "crowd") for key in KEYS]
    predictions = {key: Prediction(key, "apple", 0.9, "m") for key in KEYS}
    answers = [answer(key, worker, "apple") for key in KEYS for worker in ("ann", "bob", "eve")]
    decided = decide_labels(project, tasks, answers, predictions)
    assert all(label.model == "m" for label in decided.labels.labels)
    left = [key for key in KEYS if is_left_without(key)]
    measured = sum(decided.records[project.adviser].values())
    assert 0 < measured <= len(left) < len(KEYS)


@pytest.mark.parametrize(
    "shown", [{"view": {"type": "view.list", "items": []}}, view(default="apple")], ids=["no field", "own default"]
)
def test_an_interface_that_cannot_show_them_is_refused(load: Load, attributes: dict[str, Any], shown: Any) -> None:
    """Instead of people who see nothing of it."""
    declare(attributes, CASES["class"], shown)
    with pytest.raises(ConfigurationError, match="show_predictions = true needs an interface of Template Builder"):
        load()


def test_the_page_begins_with_the_boxes(load: Load, attributes: dict[str, Any]) -> None:
    """Those of the task; the others begin with nothing."""
    field = {"type": "field.image-annotation", "data": {"type": "data.output", "path": "kind"}}
    declare(attributes, CASES["boxes"], {"view": {**field, "image": {"type": "data.input", "path": "text"}}})
    page = Questionnaire(load().project["task_spec"])
    address = "https://example.com/1.jpg"
    begun = page.ask(0, {"text": address, PREFILL: WIRE["boxes"]}, {}, is_checked=False).content
    empty = page.ask(0, {"text": address}, {}, is_checked=False).content
    assert ("rectangle" in unescape(begun), "0.3" in begun, "0.3" in empty) == (True, True, False)


def test_nothing_is_shown_unless_the_project_says_so(load: Load, attributes: dict[str, Any]) -> None:
    """Whoever sees a prediction follows it."""
    declare(attributes, CASES["class"], view())
    del attributes["model"]["show_predictions"]
    project = load()
    assert PREFILL not in project.project["task_spec"]["input_spec"]
    assert shown_to_people(project, KEYS, dict.fromkeys(KEYS, "crowd")) == frozenset()
