"""Configurations of the Template Builder without a browser: values, conditions, and what posted pages answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hitl_assets.emulators.toloka.people.pages.questionnaires import Questionnaire, Shown

IN, OUT = {"type": "data.input", "path": "x"}, {"type": "data.output", "path": "a"}


def ask(view: Any, x: Any = None, posted: dict[str, Any] | None = None, spec: Any = None, **rest: Any) -> Shown:
    """A task with this view, the input field `x`, and what was posted to each control of the first task."""
    outputs = spec or {"a": {"type": "json", "required": False}}
    config = json.dumps({"view": view, **rest})
    form = {f"0.o.{name}": value if isinstance(value, list) else [value] for name, value in (posted or {}).items()}
    form["0.seen"] = list(form)
    asked = Questionnaire({"input_spec": {}, "output_spec": outputs, "view_spec": {"type": "tb", "config": config}})
    return asked.ask(0, {"x": x}, form, is_checked=posted is not None)


def text(content: Any, x: Any = None, **rest: Any) -> str:
    """What a text view shows."""
    content = ask({"type": "view.text", "content": content}, x, **rest).content
    return str(content).removeprefix('<div class="text"><bdi dir="auto">').removesuffix("</bdi></div>")


def is_met(condition: dict[str, Any], x: Any = None) -> bool:
    """Whether a condition holds for the input field `x`."""
    return text({"type": "helper.if", "condition": condition, "then": "yes", "else": "no"}, x) == "yes"


@pytest.mark.parametrize(
    ("content", "x", "shown"),
    [
        (IN, "<b>", "&lt;b&gt;"),
        ({"type": "data.input", "path": "x.1.y"}, [0, {"y": "deep"}], "deep"),
        ({"type": "data.input", "path": "nothing", "default": "else"}, "", "else"),
        ({"type": "helper.join", "items": ["a", IN, "c"], "by": "-"}, "b", "a-b-c"),
        ({"type": "helper.replace", "data": IN, "find": "a", "replace": "o"}, "banana", "bonono"),
        ({"type": "helper.text-transform", "data": IN, "transformation": "capitalize"}, "aBC", "Abc"),
        ({"type": "helper.search-query", "query": IN, "engine": "bing"}, "a&b", "https://www.bing.com/search?q=a%26b"),
        ({"type": "helper.concat-arrays", "items": [IN, [3]]}, [1, 2], "[1, 2, 3]"),
        ({"type": "helper.entries2object", "entries": [{"key": "k", "value": IN}]}, 1, "{&quot;k&quot;: 1}"),
        ({"type": "helper.transform", "items": IN, "into": {"type": "data.local", "path": "item"}}, [1], "[1]"),
        ({"type": "helper.switch", "cases": [], "default": "d"}, 1, "d"),
        ({"$ref": "vars.v"}, 1, "from vars"),
    ],
)
def test_values_are_what_the_configuration_says(content: Any, x: Any, shown: str) -> None:
    """Data, helpers and references, in the place of a text."""
    assert text(content, x, vars={"v": "from vars"}) == shown


@pytest.mark.parametrize(
    ("condition", "met", "not_met"),
    [
        ({"type": "condition.required", "data": IN}, "x", ""),
        ({"type": "condition.empty", "data": IN}, [], [0]),
        ({"type": "condition.equals", "data": IN, "to": 1}, 1, True),
        ({"type": "condition.more", "data": IN, "then": 3}, 4, 3),
        ({"type": "condition.less", "data": IN, "then": 3}, 2.5, "2"),
        ({"type": "condition.not", "condition": {"type": "condition.empty", "data": IN}}, 1, None),
        ({"type": "condition.sub-array", "data": IN, "parent": [1, 2]}, [2], [3]),
        ({"type": "condition.same-domain", "data": IN, "original": "https://a.b/c"}, "http://a.b", "http://c.b"),
        ({"type": "condition.schema", "data": IN, "schema": {"type": "string", "pattern": "^a+$"}}, "aa", "ab"),
        ({"type": "condition.schema", "data": IN, "schema": {"type": "array", "maxItems": 1, "items": {"minimum": 2}}},
         [2], [1]),
        ({"type": "condition.all", "conditions": [{"type": "condition.required", "data": IN},
                                                  {"type": "condition.equals", "data": IN, "to": 2}]}, 2, 3),
        ({"type": "condition.any", "conditions": [{"type": "condition.equals", "data": IN, "to": 1},
                                                  {"type": "condition.equals", "data": IN, "to": 2}]}, 2, 3),
    ],
)  # fmt: skip
def test_conditions_hold_or_not(condition: dict[str, Any], met: Any, not_met: Any) -> None:
    """Each with a value that meets it and one that does not."""
    assert (is_met(condition, met), is_met(condition, not_met)) == (True, False)


def test_a_condition_that_is_not_known_holds_and_is_told() -> None:
    """A worker must not be stopped by what this emulator does not check."""
    field = {"type": "field.text", "data": OUT, "validation": {"type": "condition.moon", "data": IN}}
    shown = ask(field, posted={"a": "x"})
    assert (shown.mistakes, shown.notes) == (0, ("condition.moon is not checked here",))


def test_the_hint_of_the_part_that_fails_is_shown() -> None:
    """condition.all without a hint of its own."""
    parts = [
        {"type": "condition.required", "hint": "Fill it in."},
        {"type": "condition.equals", "to": "b", "hint": "Be b."},
    ]
    field = {"type": "field.text", "data": OUT, "validation": {"type": "condition.all", "conditions": parts}}
    hints = [
        [hint for hint in ("Fill it in.", "Be b.") if hint in ask(field, posted={"a": a}).content]
        for a in ("", "a", "b")
    ]
    assert hints == [["Fill it in."], ["Be b."], []]


def test_output_spec_is_enforced_beside_the_interface() -> None:
    """What the interface lets through is still to fit the project's declaration."""
    field = {"type": "field.number", "data": OUT}
    spec = {"a": {"type": "integer", "max_value": 5}, "b": {"type": "string"}}
    shown = ask(field, posted={"a": "6"}, spec=spec)
    assert ("At most 5." in shown.content, dict(shown.leftover)) == (True, {"b": "May not be empty."})


@pytest.mark.parametrize(("written", "value"), [("5", 5), ("2.5", 2.5), ("", None), ("1e999", "1e999"), ("six", "six")])
def test_numbers_are_read_as_numbers(written: str, value: Any) -> None:
    """And what is none stays text, which no number field takes."""
    shown = ask({"type": "field.number", "data": OUT}, posted={"a": written})
    assert shown.output.get("a") == value
    assert bool(shown.mistakes) == isinstance(value, str)


def test_defaults_count_until_somebody_answers() -> None:
    """A page that is first shown has them; an emptied field is empty."""
    field = {"type": "field.text", "data": {**OUT, "default": IN}}
    assert ask(field, "from the task").output == {"a": "from the task"}
    assert ask(field, "from the task", posted={"a": ""}).output == {}


def test_what_is_said_above_all_tasks_is_there() -> None:
    """plugin.toloka's notifications."""
    plugin = {"type": "plugin.toloka", "notifications": [{"type": "view.text", "content": "Read this first"}]}
    config = json.dumps({"view": {"type": "view.divider"}, "plugins": [plugin]})
    spec = {"input_spec": {}, "output_spec": {}, "view_spec": {"type": "tb", "config": config}}
    assert "Read this first" in Questionnaire(spec).notifications


def test_a_path_may_be_put_together() -> None:
    """Where a field writes to can depend on the task."""
    data = {"type": "data.output", "path": {"type": "helper.join", "items": ["a", IN], "by": "."}}
    assert ask({"type": "field.text", "data": {**data, "default": "d"}}, "k").output == {"a": {"k": "d"}}


def test_options_with_numbers_for_names_stay_an_object() -> None:
    """A checkbox group's value is an object, whatever its options are called; a field.list's is a list."""
    group = {"type": "field.checkbox-group", "data": OUT, "options": [{"value": "0", "label": "a"}]}
    assert ask(group, posted={"a": "0"}).output == {"a": {"0": True}}


def test_no_json_is_told_and_shown_as_a_form() -> None:
    """A broken configuration hides nothing."""
    spec = {"input_spec": {"x": {"type": "string"}}, "output_spec": {"a": {"type": "string"}}}
    broken = Questionnaire({**spec, "view_spec": {"type": "tb", "config": "{"}})
    assert broken.complaint is not None
    assert "seen by all" in broken.ask(0, {"x": "seen by all"}, {}).content


@pytest.mark.parametrize(
    "view",
    [
        {"$ref": "view"},
        {"type": "view.list", "items": [{"$ref": "view"}, {"$ref": "view"}]},
        {"type": "helper.transform", "items": list(range(6000)), "into": {"type": "view.divider"}},
        {"type": "view.list", "items": 5},
        {"type": "view.text", "content": {"type": "view.text", "content": "nested"}},
        {"type": "layout.compare", "items": "x"},
        {"type": "field.radio-group", "data": "nowhere", "options": [{"value": 1}]},
        ["a", None, {"type": ["view.text"]}],
    ],
)
def test_nonsense_is_shown_and_breaks_nothing(view: Any) -> None:
    """Whatever a requester writes: the page is there, and the server too."""
    assert isinstance(ask(view).content, str)


def test_plain_recursion_in_json_is_an_interface_that_is_too_large() -> None:
    """Deeper than any real one."""
    view: dict[str, Any] = {"type": "view.text", "content": "end"}
    for _ in range(200):
        view = {"type": "view.group", "content": view}
    assert "too large" in ask(view).content
