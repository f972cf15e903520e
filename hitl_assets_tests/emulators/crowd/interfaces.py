"""Interfaces to answer: short ways to write them, and what a crowd hands in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.crowd.answering.answers import answer_suite
from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.crowd.population import Population, read_population
from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import meet
from hitl_assets.emulators.toloka.people.pages.task_pages import page_of_task

REQUIRED = {"type": "condition.required"}
# One who is always right, and one who never is.
CAREFUL = Population.model_validate({"groups": [{"name": "careful", "share": 1, "accuracy": 1}]})
CARELESS = Population.model_validate({"groups": [{"name": "careless", "share": 1, "accuracy": 0}]})
MIXED = read_population("mixed")


def output(path: str, **more: Any) -> dict[str, Any]:
    """Where an answer goes."""
    return {"type": "data.output", "path": path, **more}


def given(path: str) -> dict[str, Any]:
    """A value of the task."""
    return {"type": "data.input", "path": path}


def asks(kind: str, path: str, **properties: Any) -> dict[str, Any]:
    """A field of an interface."""
    return {"type": f"field.{kind}", "data": output(path), **properties}


def options(*values: Any) -> list[dict[str, Any]]:
    """Options whose labels are their values."""
    return [{"value": value, "label": value} for value in values]


def below(*items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A configuration of several components."""
    return {"view": {"type": "view.list", "items": list(items)}, **more}


def classic(markup: str = "") -> dict[str, Any]:
    """An interface without Template Builder."""
    return {"type": "classic", "markup": markup}


def hand_in(
    output_spec: Mapping[str, Any],
    view: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    solution: Mapping[str, Any] | None = None,
    key: AnswerKey | None = None,
    people: Population = MIXED,
    workers: int = 40,
) -> list[dict[str, Any]]:
    """What each of so many workers hands in for a task of their own; `n` among its inputs numbers them."""
    config = view if "view" in view else {"view": view}
    shown = view if view.get("type") == "classic" else {"type": "tb", "config": json.dumps(config)}
    inputs = inputs or {}
    spec = {"input_spec": {name: {"type": "json"} for name in (*inputs, "n")}, "output_spec": output_spec}
    text, questionnaire = json.dumps({**spec, "view_spec": shown}), Questionnaire(**spec, options={})
    answers = []
    for number in range(1, workers + 1):
        values = {**inputs, "n": number}
        suite = Suite("suite", (Task(values, solution, page_of_task(text, values)),), questionnaire, 600)
        answers += answer_suite(meet(0, number, people), 0, key or AnswerKey(), suite)
    return answers
