"""An upload of tasks: which of them are valid, and what is kept of them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.toloka.http.creation import NAMES_OF_CLIENTS, Upload
from hitl_assets.emulators.toloka.http.errors import FieldErrors, conflict, inappropriate_status
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration, training_configuration
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.state import State, dump
from hitl_assets.emulators.toloka.tasks.task_forms import (
    check_size,
    is_restricted,
    kind_of,
    read_overlap,
    read_values,
    read_workers,
)

READ_ONLY = (
    "id", "created", "remaining_overlap", "origin_task_id", "overlap", "infinite_overlap", *NAMES_OF_CLIENTS,
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A pool that takes tasks."""

    pool: sqlite3.Row
    specification: dict[str, Any]

    @property
    def mixes(self) -> bool:
        """Whether the server groups its tasks into suites."""
        return self.is_training or pool_configuration(self.pool["form"]).mixer is not None

    @property
    def default_overlap(self) -> int | None:
        """The pool's overlap for tasks that bring none."""
        return None if self.is_training else pool_configuration(self.pool["form"]).default_overlap

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


def read_upload(state: State, items: list[dict[str, Any]], allow_defaults: bool) -> Upload[Task]:
    """Check every task. 413 if the values are too many, 409 if a pool does not take tasks."""
    check_size(items)
    upload: Upload[Task] = Upload()
    targets: dict[str, Target | None] = {}
    for index, item in enumerate(items):
        form = Form(item, FieldErrors())
        target = read_target(state, form, targets)
        if target is not None:
            if not target.mixes:
                message = f"Pool {target.pool['id']} has no mixer_config, so it takes no single tasks, but task suites"
                raise conflict("MIXER_CONFIG_REQUIRED", message)
            task = _read_task(form, target, allow_defaults)
            if not form.errors.found:
                upload.valid[index] = task
        if form.errors.found:
            upload.errors[index] = form.errors.found
    return upload


def insert_tasks(state: State, upload: Upload[Task]) -> dict[int, str]:
    """Keep the valid tasks; index -> id, in the order of the request."""
    ids = new_keys(state, {index: task.pool["id"] for index, task in upload.valid.items()})
    first = min(map(number_of, ids.values()), default=0)
    write_tasks(
        state, ((ids[index], task, place(task.pool, ids[index], first)) for index, task in upload.valid.items())
    )
    return ids


def new_keys(state: State, pools: Mapping[int, str]) -> dict[int, str]:
    """Fresh ids for the items of a request, of which `pools` has the pool; in the order of the request."""
    ids: dict[int, str] = {}
    for pool_id in sorted(set(pools.values())):
        own = [index for index, found in pools.items() if found == pool_id]
        ids.update(zip(own, state.new_keys(pool_id, len(own)), strict=True))
    return ids


def write_tasks(state: State, tasks: Iterable[tuple[str, Task, int]], suite_id: str | None = None) -> None:
    """Keep tasks with their ids and places."""
    now = state.clock.stamp()
    state.store.run_many(
        "INSERT INTO tasks (id, pool_id, kind, place, overlap, remaining, restricted, created, form, suite_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                key, task.pool["id"], task.kind, at, task.overlap, task.overlap, is_restricted(task.form), now,
                dump(task.form), suite_id,
            )
            for key, task, at in tasks
        ),
    )  # fmt: skip


def number_of(key: str) -> int:
    """The running number in an id."""
    return int(key.rpartition("-")[2], 16)


def read_target(state: State, form: Form, known: dict[str, Target | None]) -> Target | None:
    """The pool that an item is for; None, with an error noted, if there is none. 409 if it is archived."""
    pool_id = form.text("pool_id", required=True)
    if pool_id is None:
        return None
    if pool_id not in known:
        known[pool_id] = _target(state, pool_id)
    if known[pool_id] is None:
        form.refuse("pool_id", "ENTITY_DOES_NOT_EXIST", f"There is no pool {pool_id}")
    return known[pool_id]


def _target(state: State, pool_id: str) -> Target | None:
    pool = state.store.maybe("SELECT * FROM pools WHERE id = ?", pool_id)
    if pool is None:
        return None
    if pool["status"] == "ARCHIVED":
        raise inappropriate_status(f"Pool {pool_id}", pool["status"], ["OPEN", "CLOSED"])
    return Target(pool, specification_of(state, pool))


def _read_task(form: Form, target: Target, allow_defaults: bool) -> Task:
    read_values(form, target.specification, target.is_training)
    read_workers(form)
    # A training asks everybody everything, unless its tasks say otherwise.
    if target.is_training and form.values.get("overlap") is None:
        overlap = None
    else:
        overlap = read_overlap(form, target.default_overlap if allow_defaults else None)
    return Task(target.pool, _kept(form), kind_of(form.values, target.is_training), overlap)


def task_of_suite(form: Form, target: Target, overlap: int | None) -> Task:
    """A task inside a suite that is grouped by hand. Errors are noted."""
    read_values(form, target.specification, target.is_training)
    return Task(target.pool, _kept(form), kind_of(form.values, target.is_training), overlap)


def _kept(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.values.items() if name not in READ_ONLY}


def place(pool: sqlite3.Row, key: str, first: int) -> int:
    """Where a task or a suite stands in its pool's order: as uploaded, or shuffled among those that came with it.

    The shuffled order is fixed, and a later upload comes after an earlier one, so no block of tasks that is being
    handed out gets newcomers in its middle: that would end in short suites, which cost as much as full ones.
    `first` is the number of the upload's first id.
    """
    if _is_in_order(pool):
        return number_of(key) << 20
    return (first << 20) + int.from_bytes(hashlib.blake2b(key.encode(), digest_size=2).digest(), "big")


def _is_in_order(pool: sqlite3.Row) -> bool:
    configuration = (training_configuration if pool["type"] == "TRAINING" else pool_configuration)(pool["form"])
    return configuration.mixer.in_creation_order if configuration.mixer else configuration.suites_in_order
