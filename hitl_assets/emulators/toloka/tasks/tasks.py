"""Tasks: uploading them, at once or as an operation, and reading them back."""

from __future__ import annotations

import sqlite3
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.creation import Creation, create
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import MAX_LIMIT_OF_WORK, Listing
from hitl_assets.emulators.toloka.overlap.overlaps import set_task_overlap
from hitl_assets.emulators.toloka.pools.archiving import check_in_use
from hitl_assets.emulators.toloka.pools.pools import finish_upload, note_new_tasks, open_pool, read_pool
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.state import State, dump, load
from hitl_assets.emulators.toloka.tasks.task_forms import kind_of, read_overlap, read_solutions
from hitl_assets.emulators.toloka.tasks.uploading import Task, insert_tasks, read_upload

SOLUTIONS = ("known_solutions", "baseline_solutions", "message_on_unknown_solution")
LISTING = Listing(
    "tasks", {"pool_id": "pool_id", "overlap": "overlap"}, ("id", "overlap"), ("created",), numbers=("overlap",),
    most=MAX_LIMIT_OF_WORK,
)  # fmt: skip


def create_tasks(state: State, call: Call) -> Reply:
    """POST /tasks, one task or a list, synchronous or as an operation."""
    return create(state, call, TASKS)


def get_task(state: State, call: Call) -> Reply:
    """GET /tasks/{id}."""
    return Reply(200, task_view(_read(state, call.path["id"])))


def list_tasks(state: State, call: Call) -> Reply:
    """GET /tasks."""
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [task_view(row) for row in rows]))


def patch_task(state: State, call: Call) -> Reply:
    """PATCH /tasks/{id}: overlap, solutions and hint; with `open_pool` the pool is opened afterwards."""
    task, form = _read(state, call.path["id"]), Form.of(call.body or {})
    pool = read_pool(state, task["pool_id"], None)
    check_in_use(pool)
    unknown = form.values.keys() - {*SOLUTIONS, "overlap", "infinite_overlap", "open_pool"}
    for name in sorted(unknown):
        form.refuse(name, "VALUE_NOT_ALLOWED", "Unknown field name")
    changed = {**load(task["form"]), **{name: form.values[name] for name in SOLUTIONS if name in form.values}}
    is_training = pool["type"] == "TRAINING"
    read_solutions(Form(changed, form.errors), specification_of(state, pool), is_training)
    changes_overlap = bool({"overlap", "infinite_overlap"} & form.values.keys())
    overlap = read_overlap(form, task["overlap"]) if changes_overlap else None
    form.errors.refuse()
    kind = kind_of(changed, is_training)
    state.store.run("UPDATE tasks SET form = ?, kind = ? WHERE id = ?", dump(changed), kind, task["id"])
    if changes_overlap:
        set_task_overlap(state, task, overlap)
    return _changed(state, call, task)


def set_overlap_or_min(state: State, call: Call) -> Reply:
    """PATCH /tasks/{id}/set-overlap-or-min: the overlap, but at least what workers already have."""
    task, form = _read(state, call.path["id"]), Form.of(call.body or {"overlap": 0})
    overlap = form.whole("overlap", 0, 30_000, required=not form.flag("infinite_overlap"))
    form.errors.refuse()
    check_in_use(read_pool(state, task["pool_id"], None))
    set_task_overlap(state, task, None if form.flag("infinite_overlap") else overlap)
    return _changed(state, call, task)


def task_view(row: sqlite3.Row) -> dict[str, Any]:
    """A task as the wire has it."""
    own = {"id": row["id"], "pool_id": row["pool_id"], "created": row["created"]}
    if row["overlap"] is None:
        return {**load(row["form"]), **own, "infinite_overlap": True}
    return {
        **load(row["form"]),
        **own,
        "infinite_overlap": False,
        "overlap": row["overlap"],
        "remaining_overlap": row["remaining"],
    }


def _changed(state: State, call: Call, task: sqlite3.Row) -> Reply:
    note_new_tasks(state, task["pool_id"])
    if call.flag("open_pool"):
        open_pool(state, Call(path={"id": task["pool_id"]}))
    return Reply(200, task_view(_read(state, task["id"])))


def _read(state: State, task_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM tasks WHERE id = ?", task_id)
    if row is None:
        raise does_not_exist("task", task_id)
    return row


TASKS: Creation[Task] = Creation(
    noun="task",
    operation="TASK.BATCH_CREATE",
    line="TASK",
    key="task_id",
    parameters=("skip_invalid_items", "allow_defaults", "open_pool"),
    read=read_upload,
    insert=insert_tasks,
    view=lambda state, key: task_view(_read(state, key)),
    finish=lambda state, call, upload: finish_upload(state, call, (one.pool["id"] for one in upload.valid.values())),
)
