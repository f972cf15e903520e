"""Task suites that the requester groups by hand, in pools that do not mix."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.creation import Creation, Upload, create
from hitl_assets.emulators.toloka.http.errors import FieldErrors, conflict, does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.overlap.overlaps import set_suite_overlap
from hitl_assets.emulators.toloka.pools.archiving import check_in_use
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.pools.pools import finish_upload, note_new_tasks, open_pool, read_pool
from hitl_assets.emulators.toloka.storage.state import State, dump, load
from hitl_assets.emulators.toloka.tasks.task_forms import check_size, is_restricted, read_overlap, read_workers
from hitl_assets.emulators.toloka.tasks.uploading import (
    READ_ONLY,
    Target,
    Task,
    new_keys,
    number_of,
    place,
    read_target,
    task_of_suite,
    write_tasks,
)

ORDER_LIMIT = Decimal("99999.99999")
NOT_KEPT = (*READ_ONLY, "tasks", "mixed", "automerged", "issuing_order_override")


@dataclass(frozen=True)
class Suite:
    """A valid suite. `overlap` None means that everybody gets it."""

    pool: sqlite3.Row
    form: dict[str, Any]
    tasks: tuple[Task, ...]
    issuing_order: float
    overlap: int | None


def create_suites(state: State, call: Call) -> Reply:
    """POST /task-suites, one suite or a list, synchronous or as an operation."""
    return create(state, call, SUITES)


def patch_suite(state: State, call: Call) -> Reply:
    """PATCH /task-suites/{id}: overlap and issuing order; with `open_pool` the pool is opened afterwards."""
    suite, form = read_suite(state, call.path["id"]), Form.of(call.body or {})
    for name in sorted(form.values.keys() - {"overlap", "infinite_overlap", "issuing_order_override", "open_pool"}):
        form.refuse(name, "VALUE_NOT_ALLOWED", "Unknown field name")
    order = form.money("issuing_order_override", -ORDER_LIMIT, ORDER_LIMIT)
    changes_overlap = bool({"overlap", "infinite_overlap"} & form.values.keys())
    overlap = read_overlap(form, suite["overlap"]) if changes_overlap else None
    opens = call.flag("open_pool") or form.flag("open_pool")
    form.errors.refuse()
    if order is not None:
        state.store.run("UPDATE suites SET issuing_order = ? WHERE id = ?", float(order), suite["id"])
    if changes_overlap:
        set_suite_overlap(state, suite["id"], overlap)
    return _changed(state, suite, bool(opens))


def set_overlap_or_min(state: State, call: Call) -> Reply:
    """PATCH /task-suites/{id}/set-overlap-or-min: the overlap, but at least what workers already have."""
    suite, form = read_suite(state, call.path["id"]), Form.of(call.body or {"overlap": 0})
    overlap = form.whole("overlap", 0, 30_000, required=True)
    form.errors.refuse()
    set_suite_overlap(state, suite["id"], overlap)
    return _changed(state, suite, False)


def read_suite(state: State, suite_id: str) -> sqlite3.Row:
    """The row of a suite by hand. 404 if there is no such suite, 409 if it cannot be changed."""
    row = state.store.maybe("SELECT * FROM suites WHERE id = ?", suite_id)
    if row is not None:
        check_in_use(read_pool(state, row["pool_id"]))
        return row
    if state.store.maybe("SELECT 1 FROM assignments WHERE task_suite_id = ?", suite_id) is None:
        raise does_not_exist("task suite", suite_id)
    raise conflict("CONFLICT_STATE", f"Task suite {suite_id} was mixed for one worker and cannot be changed")


def suite_views(state: State, rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Suites by hand as the wire has them."""
    tasks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for task in state.store.all(
        "SELECT tasks.id, suite_id, form FROM json_each(?) AS wanted JOIN tasks ON suite_id = wanted.value "
        "ORDER BY tasks.id",
        dump([row["id"] for row in rows]),
    ):
        tasks[task["suite_id"]].append({**load(task["form"]), "id": task["id"]})
    return [_view(row, tasks[row["id"]]) for row in rows]


def _view(row: sqlite3.Row, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    numbers: dict[str, Any] = {"infinite_overlap": True}
    if row["overlap"] is not None:
        numbers = {"infinite_overlap": False, "overlap": row["overlap"], "remaining_overlap": row["remaining"]}
    return {
        **load(row["form"]),
        "id": row["id"],
        "pool_id": row["pool_id"],
        "tasks": tasks,
        "issuing_order_override": row["issuing_order"],
        "mixed": False,
        "automerged": False,
        "created": row["created"],
        **numbers,
    }


def _changed(state: State, suite: sqlite3.Row, opens: bool) -> Reply:
    note_new_tasks(state, suite["pool_id"])
    if opens:
        open_pool(state, Call(path={"id": suite["pool_id"]}))
    return Reply(200, suite_views(state, [read_suite(state, suite["id"])])[0])


def _read_upload(state: State, items: list[dict[str, Any]], allow_defaults: bool) -> Upload[Suite]:
    check_size(
        task
        for item in items
        if isinstance(item.get("tasks"), list)
        for task in item["tasks"]
        if isinstance(task, dict)
    )
    upload: Upload[Suite] = Upload()
    targets: dict[str, Target | None] = {}
    for index, item in enumerate(items):
        form = Form(item, FieldErrors())
        target = read_target(state, form, targets)
        if target is not None:
            if target.mixes:
                message = f"Pool {target.pool['id']} mixes its suites itself: upload single tasks"
                raise conflict("POOL_TASK_TYPE_CONFLICT", message)
            suite = _read_suite_form(form, target, allow_defaults)
            if not form.errors.found:
                upload.valid[index] = suite
        if form.errors.found:
            upload.errors[index] = form.errors.found
    return upload


def _read_suite_form(form: Form, target: Target, allow_defaults: bool) -> Suite:
    default = pool_configuration(target.pool["form"]).default_suite_overlap if allow_defaults else None
    overlap = read_overlap(form, default)
    order = form.money("issuing_order_override", -ORDER_LIMIT, ORDER_LIMIT)
    read_workers(form)
    form.not_covered("longitude", "latitude")
    if form.flag("mixed"):
        form.refuse("mixed", "VALUE_NOT_ALLOWED", "The server mixes suites only in pools with a mixer_config")
    if not form.values.get("tasks"):
        form.refuse("tasks", "VALUES_REQUIRED", "A suite needs at least one task")
    tasks = tuple(task_of_suite(task, target, overlap) for task in form.parts("tasks"))
    kept = {name: value for name, value in form.values.items() if name not in NOT_KEPT}
    return Suite(target.pool, kept, tasks, float(order or 0), overlap)


def _insert(state: State, upload: Upload[Suite]) -> dict[int, str]:
    ids = new_keys(state, {index: suite.pool["id"] for index, suite in upload.valid.items()})
    first, now = min(map(number_of, ids.values()), default=0), state.clock.stamp()
    for index, suite in upload.valid.items():
        pool, suite_id = suite.pool, ids[index]
        state.store.run(
            "INSERT INTO suites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            suite_id, pool["id"], suite.issuing_order, place(pool, suite_id, first), suite.overlap, suite.overlap,
            is_restricted(suite.form), now, dump(suite.form),
        )  # fmt: skip
        keys = state.new_keys(pool["id"], len(suite.tasks))
        tasks = zip(keys, suite.tasks, map(number_of, keys), strict=True)
        write_tasks(state, tasks, suite_id)
    return ids


SUITES: Creation[Suite] = Creation(
    noun="task suite",
    operation="TASK_SUITE.BATCH_CREATE",
    line="TASK_SUITE",
    key="task_suite_id",
    parameters=("skip_invalid_items", "allow_defaults", "open_pool"),
    read=_read_upload,
    insert=_insert,
    view=lambda state, key: suite_views(state, [read_suite(state, key)])[0],
    finish=lambda state, call, upload: finish_upload(state, call, (one.pool["id"] for one in upload.valid.values())),
)
