"""A suite as a worker meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.crowd.answering.pages import Page


@dataclass(frozen=True)
class Task:
    """One question. `solution` holds the known answer of a control or training task."""

    input_values: Mapping[str, Any]
    solution: Mapping[str, Any] | None = None
    page: Page | None = None
    """What its interface asks and takes; without one, any values of the output fields are taken."""


@dataclass(frozen=True)
class Questionnaire:
    """What a project asks: its fields, and the answers that were seen for each output field."""

    input_spec: Mapping[str, Any]
    output_spec: Mapping[str, Any]
    options: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Suite:
    """The tasks that a worker answers in one go."""

    assignment_id: str
    tasks: tuple[Task, ...]
    questionnaire: Questionnaire
    seconds_to_answer: float
