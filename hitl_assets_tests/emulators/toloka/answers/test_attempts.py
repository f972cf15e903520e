"""Tasks that are tried out: what nobody can hand in is known before anybody comes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka.control import try_pool
from hitl_assets_tests.emulators.toloka.floors import PROJECT, Floor

DATA = {"type": "data.output", "path": "answer"}
OPTIONS = [{"value": value, "label": value} for value in ("OK", "BAD", "404")]
CHOICE = {"type": "field.radio-group", "data": DATA, "options": OPTIONS}
NEVER = {"type": "condition.equals", "data": {"type": "data.input", "path": "text"}, "to": "never"}
HIDDEN = {"type": "helper.if", "condition": NEVER, "then": CHOICE}
KEYS = {"type": "plugin.hotkeys", "1": {"type": "action.set", "data": DATA, "payload": "OK"}}
BUTTON = {"type": "view.action-button", "label": "OK", "action": KEYS["1"]}


def tried(tmp_path: Path, *views: Any, plugins: Any = (), **answer: Any) -> Any:
    """What comes of a pool of two items and two golden tasks whose answer is OK."""
    config = {"view": {"type": "view.list", "items": views}, "plugins": plugins}
    view = {"type": "tb", "config": json.dumps(config), "lock": {}}
    outputs = {"answer": {**PROJECT["task_spec"]["output_spec"]["answer"], **answer}}  # type: ignore[index]
    spec = {"input_spec": {"text": {"type": "string"}}, "output_spec": outputs, "view_spec": view}
    floor = Floor.build(tmp_path)
    pool = floor.pool(real=2, golden=2, is_open=False, project=floor.project(task_spec=spec))
    return floor.call(try_pool, id=pool)


def test_a_page_that_can_be_answered_has_nothing_wrong(tmp_path: Path) -> None:
    """Nor one on which a button answers, or a key what is also shown."""
    for number, views in enumerate([[CHOICE], [BUTTON], [CHOICE, BUTTON]]):
        found = tried(tmp_path / str(number), *views, plugins=[KEYS])
        assert found == {"tried": 4, "refused": {}, "notes": {}}


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (HIDDEN, "answer: May not be empty. Nothing on the page asks for it."),
        ({**CHOICE, "disabled": True}, "answer: May not be empty. Nothing on the page asks for it."),
        ({**CHOICE, "options": []}, "answer: May not be empty. Nothing that can be given there is allowed."),
        ({**CHOICE, "data": {"type": "data.output", "path": "anwser"}}, "anwser: Unknown field name."),
        ({"type": "field.number", "data": DATA}, "Nothing that can be given there is allowed."),
    ],
)
def test_what_nobody_can_hand_in_is_told(tmp_path: Path, view: Any, reason: str) -> None:
    """Before anybody is asked."""
    ((told, count),) = tried(tmp_path, view)["refused"].items()
    assert (reason in told, count) == (True, 4), told


def test_a_known_answer_that_the_page_does_not_take_is_told(tmp_path: Path) -> None:
    """Though other answers can be handed in: golden tasks would ban everybody."""
    found = tried(tmp_path, {**CHOICE, "options": OPTIONS[1:]})
    assert found["refused"] == {"answer: The known answer 'OK' can't be given.": 2}


def test_an_answer_that_only_keys_give_is_noted(tmp_path: Path) -> None:
    """Workers see nothing to choose from."""
    found = tried(tmp_path, HIDDEN, plugins=[KEYS])
    assert (found["refused"], found["notes"]) == ({}, {"nothing shows answer, which only a key sets": 4})


def test_components_that_are_not_known_and_pictures_without_address_are_noted(tmp_path: Path) -> None:
    """A slip in a name, and a text where an address should be."""
    picture = {"type": "view.image", "url": {"type": "data.input", "path": "text"}}
    assert list(tried(tmp_path, CHOICE, {"type": "view.txt"}, picture)["notes"]) == [
        "view.txt is not known to this emulator.", "view.image has no address to load a picture from"
    ]  # fmt: skip
