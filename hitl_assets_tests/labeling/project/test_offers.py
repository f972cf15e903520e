"""Which answers people can give in an interface."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.items.known_tasks import sift_known_tasks
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.offers import find_offers, find_refusal
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.verdicts import judge_golden_tasks

KIND = {"type": "data.output", "path": "kind"}


def options(*values: Any) -> list[dict[str, Any]]:
    """Options of a list."""
    return [{"value": value, "label": str(value)} for value in values]


def view(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """A `view_spec` with these parts; each is about `kind` if it doesn't say."""
    items = [{"data": KIND, **part} for part in parts]
    return {"type": "tb", "config": json.dumps({"view": {"type": "view.list", "items": items}})}


def refusal(answer: Any, *parts: Mapping[str, Any]) -> str:
    """Why this can't be answered there."""
    return find_refusal(find_offers(view(*parts), "kind"), answer)


RADIO = {"type": "field.radio-group", "options": options("apple", "pear")}
GROUP = {"type": "field.checkbox-group", "options": options("red", "ripe")}
PATTERN = {"type": "condition.schema", "schema": {"type": "string", "pattern": "^[A-Z]{2}$", "maxLength": 2}}


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("Apple", RADIO),
        (1, {"type": "field.button-radio-group", "options": options(True, False)}),
        ("1", {"type": "field.select", "options": options(1, 2)}),
        (False, {"type": "field.checkbox"}),
        ("yes", {"type": "field.checkbox"}),
        ({"red": True, "sweet": True}, GROUP),
        ({"red": True, "ripe": False}, GROUP),
        ({"red": True}, {**GROUP, "preserveFalse": True}),
        ("red", GROUP),
        (11, {"type": "field.number", "minimum": 0, "maximum": 10}),
        ("7", {"type": "field.number"}),
        (True, {"type": "field.text"}),
        ("usa", {"type": "field.text", "validation": PATTERN}),
        ("us", {"type": "field.textarea", "validation": PATTERN}),
        ("kiwi", {"type": "action.set", "payload": "apple"}),
    ],
)
def test_what_an_interface_does_not_offer_is_refused(answer: Any, part: Mapping[str, Any]) -> None:
    """Case, type, boxes, bounds, patterns: who answers is compared exactly."""
    assert refusal(answer, part)


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("apple", RADIO),
        (True, {"type": "field.checkbox"}),
        (False, {"type": "field.checkbox", "preserveFalse": True}),
        ({"red": True}, GROUP),
        ({"red": True, "ripe": False}, {**GROUP, "preserveFalse": True}),
        (10, {"type": "field.number", "minimum": 0, "maximum": 10}),
        ("anything", {"type": "field.text"}),
        (7, {"type": "field.text"}),
        ("US", {"type": "field.text", "validation": PATTERN}),
        ("none", {**RADIO, "data": {**KIND, "default": "none"}}),
        ("a", {"type": "field.text", "validation": {"type": "condition.schema", "schema": {"pattern": "("}}}),
    ],
)
def test_what_it_offers_is_taken(answer: Any, part: Mapping[str, Any]) -> None:
    """Nothing that can be answered may be refused."""
    assert refusal(answer, part) == ""


@pytest.mark.parametrize(
    "parts",
    [
        ({"type": "field.radio-group", "options": {"type": "data.input", "path": "choices"}},),
        ({"type": "field.radio-group", "options": [{"value": {"type": "data.input", "path": "a"}}]},),
        ({"type": "field.image-annotation"},),
        ({"type": "action.set", "payload": {"type": "data.local", "path": "a"}},),
        ({**RADIO, "data": {"type": "data.output", "path": "kind.first"}},),
        (RADIO, {"type": "field.file"}),
        (),
    ],
)
def test_what_cannot_be_told_is_not_judged(parts: tuple[Mapping[str, Any], ...]) -> None:
    """Options that come with the task, fields that we don't know, HTML of one's own."""
    assert refusal("anything", *parts) == ""


def test_one_part_that_takes_it_is_enough() -> None:
    """A list, and a text for the rest; a condition shows one of two lists."""
    assert refusal("kiwi", RADIO, {"type": "field.text"}) == ""
    assert refusal("kiwi", RADIO, {"type": "field.select", "options": options("kiwi")}) == ""
    assert "apple" in refusal("plum", RADIO, {"type": "action.set", "payload": "kiwi"})


def test_a_golden_answer_that_nobody_can_give_is_told_by_its_row() -> None:
    """With what is offered."""
    kind = Class("kind", {"type": "string", "required": True})
    content, offers = b"text,kind\nA,apple\nB,Pear\n", find_offers(view(RADIO), "kind")
    tasks, problems = sift_known_tasks(content, "golden.csv", {"text": {"type": "string"}}, kind, offers)
    assert len(tasks) == 1
    assert problems == (
        'golden.csv row 3 column kind: nobody can answer "Pear" in the interface; offered: "apple", "pear".',
    )


def test_it_stops_a_batch_before_people_are_asked(shipped_project: Project) -> None:
    """Golden tasks that an older version stored, or an interface that was changed since."""
    golden = [KnownTask({"headline": f"h{n}"}, {"category": "Clickbait" if n else "clickbait"}) for n in range(12)]
    verdict = judge_golden_tasks(golden, shipped_project)
    assert (verdict.passed, verdict.stops) == (False, True)
    assert verdict.description.startswith("11 of 12 golden tasks")
    assert judge_golden_tasks(golden[:1] * 12, shipped_project).passed


def test_the_shipped_project_offers_its_labels(shipped_project: Project) -> None:
    """By its buttons and by its hotkeys."""
    assert [offer.refuses("clickbait") for offer in shipped_project.offers][:2] == ["", ""]
    classic = replace(
        shipped_project, project={"task_spec": {"view_spec": {"type": "classic"}, "output_spec": {"a": {}}}}
    )
    assert classic.offers == ()
