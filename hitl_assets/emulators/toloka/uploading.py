"""An upload of tasks: which of them are valid, and what is kept of them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.configuration import pool_configuration
from hitl_assets.emulators.toloka.errors import ApiError, FieldErrors, conflict, inappropriate_status
from hitl_assets.emulators.toloka.forms import Form
from hitl_assets.emulators.toloka.specification import check_values
from hitl_assets.emulators.toloka.state import State, dump, load
from hitl_assets.emulators.toloka.validation import MOST_OVERLAP

MOST_TASKS = 5_000
MOST_INPUT_BYTES = 1_048_576
MOST_OUTPUT_BYTES = 4_194_304
READ_ONLY = ("id", "created", "remaining_overlap", "origin_task_id", "__item_idx", "overlap", "infinite_overlap")


@dataclass(frozen=True)
class Target:
    """A pool that takes tasks."""

    pool: sqlite3.Row
    specification: dict[str, Any]

    @property
    def is_training(self) -> bool:
        """Whether it is a training."""
        return bool(self.pool["type"] == "TRAINING")


@dataclass(frozen=True)
class Task:
    """A valid task. `overlap` None means that everybody gets it."""

    pool: sqlite3.Row
    form: dict[str, Any]
    kind: str
    overlap: int | None


@dataclass
class Upload:
    """The items of one request by their index: valid tasks and errors."""

    tasks: dict[int, Task] = field(default_factory=dict)
    errors: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def pools(self) -> list[str]:
        """The pools that get tasks."""
        return sorted({task.pool["id"] for task in self.tasks.values()})


def read_upload(state: State, items: list[dict[str, Any]], allow_defaults: bool) -> Upload:
    """Check every item. 413 if the values are too many, 404 or 409 if a pool does not take tasks."""
    _check_size(items)
    upload, targets = Upload(), {}
    for index, item in enumerate(items):
        errors = FieldErrors()
        pool_id = Form(item, errors).text("pool_id", required=True)
        if pool_id is not None:
            if pool_id not in targets:
                targets[pool_id] = _target(state, pool_id, errors)
            target = targets[pool_id]
            task = None if target is None else _read_task(item, target, allow_defaults, errors)
            if target is None:
                errors.add("pool_id", "ENTITY_DOES_NOT_EXIST", f"There is no pool {pool_id}")
            elif task is not None and not errors.found:
                upload.tasks[index] = task
        if errors.found:
            upload.errors[index] = errors.found
    return upload


def insert_tasks(state: State, upload: Upload) -> dict[int, str]:
    """Keep the valid tasks; index -> id, in the order of the request."""
    ids: dict[int, str] = {}
    if not upload.tasks:
        return ids
    for pool_id in upload.pools:
        own = [index for index, task in upload.tasks.items() if task.pool["id"] == pool_id]
        ids.update(zip(own, state.new_keys(pool_id, len(own)), strict=True))
    now, first = state.clock.stamp(), min(int(key.rpartition("-")[2], 16) for key in ids.values())
    state.store.run_many(
        "INSERT INTO tasks (id, pool_id, kind, place, overlap, remaining, restricted, created, form) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                ids[index], task.pool["id"], task.kind, _place(task, ids[index], first), task.overlap, task.overlap,
                int(bool(task.form.get("reserved_for") or task.form.get("unavailable_for"))), now, dump(task.form),
            )
            for index, task in upload.tasks.items()
        ],
    )  # fmt: skip
    return ids


def _check_size(items: list[dict[str, Any]]) -> None:
    for name, most in (("input_values", MOST_INPUT_BYTES), ("output_values", MOST_OUTPUT_BYTES)):
        if name == "input_values":
            parts = [item.get(name) for item in items]
        else:
            parts = [item.get(part) for item in items for part in ("known_solutions", "baseline_solutions")]
        size = sum(len(json.dumps(part, ensure_ascii=False).encode()) for part in parts if part)
        if size > most:
            message = (
                f"The {name} of one request take at most {most} bytes, these take {size}. Send fewer tasks at once"
            )
            raise ApiError(413, "ENTITY_TOO_LARGE", message)


def _target(state: State, pool_id: str, errors: FieldErrors) -> Target | None:
    pool = state.store.maybe("SELECT * FROM pools WHERE id = ?", pool_id)
    if pool is None:
        return None
    if pool["status"] == "ARCHIVED":
        raise inappropriate_status(f"Pool {pool_id}", pool["status"], ["OPEN", "CLOSED"])
    if pool["type"] == "REGULAR" and pool_configuration(pool["form"]).mixer is None:
        raise conflict("MIXER_CONFIG_REQUIRED", f"Pool {pool_id} has no mixer_config, so it takes no single tasks")
    project = state.store.one("SELECT form FROM projects WHERE id = ?", pool["project_id"])
    return Target(pool, load(project["form"])["task_spec"])


def _read_task(item: dict[str, Any], target: Target, allow_defaults: bool, errors: FieldErrors) -> Task | None:
    form = Form(item, errors)
    check_values(errors, "input_values.", item.get("input_values") or {}, target.specification["input_spec"])
    known = form.parts("known_solutions")
    for solution in known:
        solution.money("correctness_weight", Decimal(0), Decimal(1))
        check_values(
            errors, f"{solution.prefix}output_values.", solution.values.get("output_values"),
            target.specification["output_spec"], complete=False,
        )  # fmt: skip
    if target.is_training and not known:
        form.refuse("known_solutions", "VALUE_REQUIRED", "A training task needs its solution")
    form.text("message_on_unknown_solution")
    form.not_covered("baseline_solutions")
    overlap = _overlap(form, target, allow_defaults)
    kept = {name: value for name, value in item.items() if name not in READ_ONLY}
    return Task(target.pool, kept, _kind(item, target), overlap)


def _kind(item: dict[str, Any], target: Target) -> str:
    if target.is_training:
        return "TRAINING"
    if not item.get("known_solutions"):
        return "REAL"
    return "TRAINING" if item.get("message_on_unknown_solution") else "GOLDEN"


def _overlap(form: Form, target: Target, allow_defaults: bool) -> int | None:
    overlap = form.whole("overlap", 1, MOST_OVERLAP)
    if form.flag("infinite_overlap"):
        if overlap is not None:
            form.refuse("overlap", "VALUE_NOT_ALLOWED", "A task with infinite_overlap has no overlap")
        return None
    if overlap is not None:
        return overlap
    if target.is_training:
        return None
    default = pool_configuration(target.pool["form"]).default_overlap if allow_defaults else None
    if default is None:
        form.refuse("overlap", "VALUE_REQUIRED", "Give an overlap, or allow the pool's default")
    return default


def _place(task: Task, task_id: str, first: int) -> int:
    """Where the task stands in its pool's order: as uploaded, or shuffled among those that came with it.

    The shuffled order is fixed, and a later upload comes after an earlier one, so no block of tasks that is being
    handed out gets newcomers in its middle: that would end in short suites, which cost as much as full ones.
    """
    form = task.pool["form"]
    mixer = pool_configuration(form).mixer if task.pool["type"] == "REGULAR" else None
    in_order = mixer.in_creation_order if mixer else load(form).get("mix_tasks_in_creation_order") is not False
    if in_order:
        return int(task_id.rpartition("-")[2], 16) << 20
    return (first << 20) + int.from_bytes(hashlib.blake2b(task_id.encode(), digest_size=2).digest(), "big")
