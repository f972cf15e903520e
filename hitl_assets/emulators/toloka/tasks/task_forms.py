"""What a task or a suite may look like when it is created or changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.pools.validation import MOST_OVERLAP
from hitl_assets.emulators.toloka.projects.specification import check_values

MOST_INPUT_BYTES = 1_048_576
MOST_OUTPUT_BYTES = 4_194_304
TRAITS = ("traits_all_of", "traits_any_of", "traits_none_of_any")


def check_size(tasks: Iterable[Mapping[str, Any]]) -> None:
    """413 if the values of a request's tasks are too many."""
    tasks = list(tasks)
    for name, most, fields in (
        ("input_values", MOST_INPUT_BYTES, ("input_values",)),
        ("output_values", MOST_OUTPUT_BYTES, ("known_solutions", "baseline_solutions")),
    ):
        parts = [task.get(field) for task in tasks for field in fields]
        size = sum(len(json.dumps(part, ensure_ascii=False).encode()) for part in parts if part)
        if size > most:
            message = (
                f"The {name} of one request take at most {most} bytes, these take {size}. Send fewer tasks at once"
            )
            raise ApiError(413, "ENTITY_TOO_LARGE", message)


def read_values(form: Form, specification: Mapping[str, Any], is_training: bool) -> None:
    """Note what is wrong with a task's values and solutions."""
    inputs = form.values.get("input_values") or {}
    check_values(form.errors, f"{form.prefix}input_values.", inputs, specification["input_spec"])
    read_solutions(form, specification, is_training)


def read_solutions(form: Form, specification: Mapping[str, Any], is_training: bool) -> None:
    """Note what is wrong with a task's known and baseline solutions and its hint."""
    for name, weight in (("known_solutions", "correctness_weight"), ("baseline_solutions", "confidence_weight")):
        for solution in form.parts(name):
            solution.money(weight, Decimal(0), Decimal(1))
            check_values(
                form.errors, f"{solution.prefix}output_values.", solution.values.get("output_values"),
                specification["output_spec"], complete=False,
            )  # fmt: skip
    if is_training and not form.values.get("known_solutions"):
        form.refuse("known_solutions", "VALUE_REQUIRED", "A training task needs its solution")
    form.text("message_on_unknown_solution")


def read_workers(form: Form) -> None:
    """Note what is wrong with the lists of workers that a task or a suite is for."""
    form.not_covered(*TRAITS)
    for name in ("reserved_for", "unavailable_for"):
        value = form.values.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            form.refuse(name, "ARRAY_EXPECTED", "Expected an array of user ids")


def read_overlap(form: Form, default: int | None) -> int | None:
    """The overlap that a form asks for; None is an infinite one. Errors are noted.

    `default` is what holds if the form names none.
    """
    overlap = form.whole("overlap", 1, MOST_OVERLAP)
    if form.flag("infinite_overlap"):
        if overlap is not None:
            form.refuse("overlap", "VALUE_NOT_ALLOWED", "What has an infinite_overlap has no overlap")
        return None
    if overlap is None and default is None:
        form.refuse("overlap", "VALUE_REQUIRED", "Give an overlap, or allow the pool's default")
    return default if overlap is None else overlap


def kind_of(values: Mapping[str, Any], is_training: bool) -> str:
    """REAL, GOLDEN or TRAINING: by the task's solutions and hint, and by the pool that it is in."""
    if is_training:
        return "TRAINING"
    if not values.get("known_solutions"):
        return "REAL"
    return "TRAINING" if values.get("message_on_unknown_solution") else "GOLDEN"


def is_restricted(form: Mapping[str, Any]) -> int:
    """Whether a task or a suite is for some workers only."""
    return int(bool(form.get("reserved_for") or form.get("unavailable_for")))
