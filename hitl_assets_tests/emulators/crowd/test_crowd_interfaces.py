"""Simulated workers obey the interface and the output fields, in every type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hitl_assets.emulators.crowd.answering.filling import UnanswerableError
from hitl_assets.emulators.toloka.people.mistakes import complaints
from hitl_assets_tests.emulators.crowd.interfaces import (
    CAREFUL,
    REQUIRED,
    asks,
    below,
    classic,
    given,
    hand_in,
    options,
    output,
)

TYPES = ("string", "url", "file", "boolean", "integer", "float", "coordinates", "json")
LIMITS: dict[str, dict[str, Any]] = {
    "short": {"type": "string", "max_length": 4},
    "long": {"type": "string", "min_length": 60},
    "exact": {"type": "string", "min_length": 3, "max_length": 3},
    "allowed": {"type": "string", "allowed_values": ["x", "y"]},
    "pattern": {"type": "string", "pattern": r"[A-Z]{2,3}-(\d{4}|none)"},
    "limited pattern": {"type": "string", "pattern": r"\w+\d", "max_length": 8},
    "shares": {"type": "float", "min_value": 0.5, "max_value": 0.9},
    "negative": {"type": "integer", "max_value": -5},
    "large": {"type": "integer", "min_value": 1_000_000},
    "two numbers": {"type": "integer", "allowed_values": [1, 5]},
    "only true": {"type": "boolean", "allowed_values": [True]},
    "some of them": {"type": "array_string", "allowed_values": ["x", "y", "z"], "min_size": 2},
    "short items": {"type": "array_string", "max_length": 4, "min_size": 2, "max_size": 3},
    "numbers": {"type": "array_integer", "min_value": 3, "max_value": 4, "min_size": 3, "max_size": 3},
}  # fmt: skip


def wrong(answers: list[dict[str, Any]], output_spec: dict[str, Any]) -> list[dict[str, str]]:
    """What the hand-in of each answer would be refused for."""
    return [found for found in (complaints(answer, output_spec) for answer in answers) if found]


@pytest.mark.parametrize("kind", [*TYPES, *(f"array_{kind}" for kind in TYPES)])
def test_every_type_is_answered_as_declared(kind: str) -> None:
    """Without Template Builder the declaration is all there is."""
    declared = {"answer": {"type": kind, **({"min_size": 2, "max_size": 3} if kind.startswith("array_") else {})}}
    answers = hand_in(declared, classic())
    assert wrong(answers, declared) == []
    assert len({json.dumps(answer) for answer in answers}) > 1


@pytest.mark.parametrize("declared", LIMITS.values(), ids=LIMITS)
def test_limits_are_kept(declared: dict[str, Any]) -> None:
    """By those who are right, those who err and those who press anything."""
    assert wrong(hand_in({"answer": declared}, classic()), {"answer": declared}) == []


def test_options_come_from_the_task() -> None:
    """Side by side: the answer is one of the two that are compared, not where they are written."""
    field = asks("radio-group", "better", options=[{"value": given("left")}, {"value": given("right")}])
    inputs = {"left": "https://example.com/1.jpg", "right": "https://example.com/2.jpg"}
    answers = hand_in({"better": {"type": "url"}}, field, inputs)
    assert {answer["better"] for answer in answers} == set(inputs.values())


LISTED = {
    "type": "helper.transform",
    "items": given("found"),
    "into": {"value": {"type": "data.local", "path": "item"}},
}


@pytest.mark.parametrize(
    "view",
    [
        {"view": asks("select", "best", options=LISTED)},
        {"view": asks("select", "best", options={"$ref": "vars.offered"}), "vars": {"offered": LISTED}},
        {"view": asks("select", "best", options={"type": "helper.concat-arrays", "items": [LISTED]})},
    ],
)
def test_options_may_be_computed(view: dict[str, Any]) -> None:
    """From a list of the task, by reference or by helpers."""
    found = {"found": ["a", "b", "c"]}
    assert {one["best"] for one in hand_in({"best": {"type": "string"}}, view, found)} == {"a", "b", "c"}


def test_what_is_filled_in_already_is_looked_over() -> None:
    """A draft of a transcript: most leave it as it is, some make a mistake in it."""
    field = {"type": "field.textarea", "data": output("text", default=given("draft"))}
    answers = [one["text"] for one in hand_in({"text": {"type": "string"}}, field, {"draft": "good morning"})]
    assert 20 < answers.count("good morning") < 40
    assert all(answer == "ok" or abs(len(answer) - 12) < 2 for answer in answers)


def test_only_what_is_shown_is_handed_in() -> None:
    """Who says no is asked why, at some length; who says yes is not."""
    why = asks("textarea", "why", validation={"type": "condition.schema", "schema": {"minLength": 15}})
    is_no = {"type": "condition.equals", "data": output("good"), "to": "no"}
    view = below(
        asks("radio-group", "good", options=options("yes", "no"), validation=REQUIRED),
        {"type": "helper.if", "condition": is_no, "then": why},
    )
    answers = hand_in({"good": {"type": "string"}, "why": {"type": "string", "required": False}}, view)
    assert {answer["good"] for answer in answers} == {"yes", "no"}
    assert all(
        len(answer.get("why", "")) >= 15 if answer["good"] == "no" else "why" not in answer for answer in answers
    )


CONTROLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "checkbox": ({"type": "boolean"}, asks("checkbox", "a")),
    "kept false": ({"type": "boolean"}, asks("checkbox", "a", preserveFalse=True)),
    "checkboxes": ({"type": "json"}, asks("checkbox-group", "a", options=options("p", "q"), validation=REQUIRED)),
    "buttons": (
        {"type": "string", "allowed_values": ["l", "r"]},
        below(*(asks("button-radio", "a", valueToSet=value, label=value, validation=REQUIRED) for value in "lr")),
    ),
    "keys only": (
        {"type": "string"},
        below(
            {"type": "view.text", "content": "1 or 2?"},
            plugins=[
                {
                    "type": "plugin.hotkeys",
                    **{key: {"type": "action.set", "data": output("a"), "payload": key} for key in "12"},
                }
            ],
        ),
    ),
    "number": ({"type": "integer"}, asks("number", "a", minimum=50, maximum=60, validation=REQUIRED)),
    "share": ({"type": "float"}, asks("number", "a", minimum=0.2, maximum=0.4, validation=REQUIRED)),
    "number within conditions": (
        {"type": "integer"},
        asks("number", "a", validation={"type": "condition.all", "conditions": [
            {"type": "condition.more", "data": output("a"), "then": 1980},
            {"type": "condition.less", "data": output("a"), "then": 1984},
        ]}),
    ),
    "number of a schema": (
        {"type": "float"},
        asks("number", "a", validation={"type": "condition.schema", "schema": {"minimum": 300, "maximum": 500}}),
    ),
    "day": ({"type": "string"}, asks("date", "a", format="date", validation=REQUIRED)),
    "days": (
        {"type": "string"},
        asks("date", "a", format="date", min="2024-01-10", max="2024-01-12", validation=REQUIRED),
    ),
    "moments": (
        {"type": "string"},
        asks("date", "a", format="date-time", min="2024-03-01 12:00", max="2024-08-01 13:00", validation=REQUIRED),
    ),
    "same domain": (
        {"type": "url"},
        asks("text", "a", validation={"type": "condition.same-domain", "original": "https://example.org/shop"}),
    ),
    "several areas": (
        {"type": "json"},
        asks("image-annotation", "a", image="x", validation={"type": "condition.schema", "schema": {"minItems": 4}}),
    ),
    "many spans": (
        {"type": "json"},
        asks("text-annotation", "a", content="one two three four",
             validation={"type": "condition.schema", "schema": {"minItems": 3}}),
    ),
    "email": ({"type": "string"}, asks("email", "a", validation=REQUIRED)),
    "phone": ({"type": "string"}, asks("phone-number", "a", validation=REQUIRED)),
    "url": ({"type": "url"}, asks("text", "a", validation=REQUIRED)),
    "coordinates": ({"type": "coordinates"}, asks("text", "a", validation=REQUIRED)),
    "pattern": (
        {"type": "string"},
        asks("text", "a", validation={"type": "condition.schema", "schema": {"pattern": "^[0-9]{2}:[0-5][0-9]$"}}),
    ),
    "file": ({"type": "file"}, asks("file", "a", accept=["image/jpeg"], validation=REQUIRED)),
    "files": ({"type": "array_file"}, asks("media-file", "a", multiple=True, validation=REQUIRED)),
    "recordings": ({"type": "array_file"}, asks("audio", "a", multiple=True, validation=REQUIRED)),
    "nested": ({"type": "json"}, below(asks("text", "a.b.c", validation=REQUIRED), asks("number", "a.b.d"))),
    "after listening": (
        {"type": "string"},
        below(
            {"type": "view.audio", "url": given("n"), "validation": {"type": "condition.played-fully"}},
            asks("textarea", "a", validation=REQUIRED),
        ),
    ),
    "rows": (
        {"type": "json"},
        asks("list", "a", render={"type": "field.text", "data": {"type": "data.relative", "path": "name"},
                                  "validation": REQUIRED}),
    ),
    "some rows": (
        {"type": "json"},
        asks("list", "a", render={"type": "field.text", "data": {"type": "data.relative", "path": "name"}},
             validation=REQUIRED),
    ),
    "items": (
        {"type": "array_string", "min_size": 2, "max_size": 4},
        asks("list", "a", render={"type": "field.text", "data": {"type": "data.relative", "path": ""},
                                  "validation": REQUIRED}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("declared", "view"), CONTROLS.values(), ids=CONTROLS)
def test_every_control_can_be_answered(declared: dict[str, Any], view: dict[str, Any]) -> None:
    """And what comes of it is what the output field allows."""
    answers = hand_in({"a": declared}, view)
    assert wrong(answers, {"a": declared}) == []
    assert all("a" in answer for answer in answers)


def test_where_somebody_is_need_not_be_asked() -> None:
    """A device knows it."""
    here = {"place": {"type": "coordinates", "current_location": True}, "open": {"type": "boolean"}}
    view = asks("radio-group", "open", options=options(True, False), validation=REQUIRED)
    answers = hand_in(here, view)
    assert wrong(answers, here) == []
    assert len({answer["place"] for answer in answers}) > 20


def test_what_may_be_left_alone_is_seldom_checked() -> None:
    """It does not load, say: few items are like that."""
    answers = hand_in({"broken": {"type": "boolean", "required": False}}, asks("checkbox", "broken"), workers=100)
    assert 2 < sum("broken" in answer for answer in answers) < 35


def test_a_trigger_sets_what_no_field_asks_for() -> None:
    """While its condition holds, and as soon as what it watches has a value."""
    mark = {"type": "action.set", "data": output("needs_check"), "payload": True}
    is_no = {"type": "condition.equals", "to": "no"}
    trigger = {"type": "plugin.trigger", "onChangeOf": output("good"), "condition": is_no, "action": mark}
    view = below(asks("radio-group", "good", options=options("yes", "no"), validation=REQUIRED), plugins=[trigger])
    answers = hand_in({"good": {"type": "string"}, "needs_check": {"type": "boolean", "required": False}}, view)
    assert {json.dumps(answer) for answer in answers} == {'{"good": "yes"}', '{"good": "no", "needs_check": true}'}


NEVER = {
    "nothing asks": (
        {"a": {"type": "string"}, "b": {"type": "string"}}, asks("text", "a"),
        "b: May not be empty. Nothing on the page asks for it.",
    ),
    "no page": (
        {"a": {"type": "string"}},
        below(asks("text", "a"),
              plugins=[{"type": "plugin.hotkeys", "a": {"type": "action.bulk", "payload": 5}}]),
        """The page cannot be shown: TypeError("'int' object is not iterable").""",
    ),
    "no option": (
        {"a": {"type": "string"}}, asks("select", "a", options=given("found")),
        "a: May not be empty. Nothing that can be given there is allowed.",
    ),
    "other options": (
        {"a": {"type": "string", "allowed_values": ["x"]}}, asks("radio-group", "a", options=options("y")),
        "a: May not be empty. Nothing that can be given there is allowed.",
    ),
    "text for a number": (
        {"a": {"type": "integer"}}, asks("text", "a"),
        "a: May not be empty. Nothing that can be given there is allowed.",
    ),
    "too few options": (
        {"a": {"type": "array_string", "allowed_values": ["x"], "min_size": 2}}, classic(), "a: At least 2 items.",
    ),
    "a condition that nothing meets": (
        {"a": {"type": "string"}},
        asks("radio-group", "a", options=options("x"),
             validation={"type": "condition.equals", "to": "y", "hint": "Choose y"}),
        "a: Choose y",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("declared", "view", "reason"), NEVER.values(), ids=NEVER)
def test_what_cannot_be_answered_is_not_handed_in(declared: dict[str, Any], view: dict[str, Any], reason: str) -> None:
    """The reason names the field."""
    with pytest.raises(UnanswerableError) as refusal:
        hand_in(declared, view, {"found": []}, workers=1)
    assert str(refusal.value) == reason


def test_a_disabled_control_is_left_alone() -> None:
    """Verification shows what somebody drew: it is there to be looked at."""
    shown = {
        "type": "field.image-annotation", "image": given("image"), "disabled": True,
        "data": {"type": "data.internal", "path": "areas", "default": given("areas")},
    }  # fmt: skip
    area = {"shape": "rectangle", "left": 0.1, "top": 0.1, "width": 0.2, "height": 0.2}
    view = below(shown, asks("radio-group", "verdict", options=options("OK", "BAD"), validation=REQUIRED))
    answers = hand_in({"verdict": {"type": "string"}}, view, {"image": "https://example.com/1.jpg", "areas": [area]})
    assert {json.dumps(answer) for answer in answers} == {'{"verdict": "OK"}', '{"verdict": "BAD"}'}


def test_markup_offers_what_is_written_out_in_it() -> None:
    """An interface from before Template Builder: its radio buttons, and its lists."""
    markup = """{{field type="radio" name="a" value="OK" label="Good"}}{{field type='radio' name='a' value='BAD'}}
    {{#field type="select" name="b"}}{{select_item value="x" text="X"}}{{select_item value="y"}}{{/field}}"""
    answers = hand_in({"a": {"type": "string"}, "b": {"type": "string"}}, classic(markup))
    assert {answer["a"] for answer in answers} == {"OK", "BAD"}
    assert {answer["b"] for answer in answers} == {"x", "y"}


@pytest.mark.parametrize(
    ("kind", "markup", "values"),
    [
        ("integer", '{{field type="radio" name="a" value="30"}}{{field type="radio" name="a" value=40}}', {30, 40}),
        ("string", "{{#each list}}{{field type='radio' name='a' value=this}}{{/each}}", {"p", "q"}),
        ("string", "{{field type='radio' name='a' value=one}}{{field type='radio' name='a' value='{{two}}'}}",
         {"1", "2"}),
        ("string", "{{!-- {{field type='radio' name='a' value='old'}} --}}"
                   "<!-- {{field type='radio' name='a' value='old'}} -->"
                   "{{field type='radio' name='a' value='x'}}{{field type='radio' name='a' value='y'}}", {"x", "y"}),
        ("string", "<input type=radio name=a value=x><input type='radio' value='y' name='a'>", {"x", "y"}),
    ],
)  # fmt: skip
def test_markup_offers_values_however_they_are_written(kind: str, markup: str, values: set[Any]) -> None:
    """Numbers, values of the task, each item of a list, plain HTML; not what is commented out."""
    answers = hand_in({"a": {"type": kind}}, classic(markup), {"list": ["p", "q"], "one": "1", "two": "2"})
    assert {answer["a"] for answer in answers} == values


def test_who_is_right_gives_the_known_answer() -> None:
    """In fields inside of objects and in lists, too."""
    rows = asks("list", "r.items", render={"type": "field.text", "data": {"type": "data.relative", "path": "name"}})
    view = below(asks("radio-group", "r.color", options=options("red", "blue")), rows)
    known = {"r": {"color": "red", "items": [{"name": "one"}, {"name": "two"}, {"name": "three"}]}}
    assert hand_in({"r": {"type": "json"}}, view, solution=known, people=CAREFUL, workers=3) == [known] * 3
