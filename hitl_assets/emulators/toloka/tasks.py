"""Tasks: uploading them, at once or as an operation, and reading them back."""

from __future__ import annotations

import sqlite3
import uuid
from typing import Any

from hitl_assets.emulators.toloka.calls import Call, Reply
from hitl_assets.emulators.toloka.errors import ApiError, FieldErrors, does_not_exist, validation_error
from hitl_assets.emulators.toloka.forms import Form
from hitl_assets.emulators.toloka.operations import record, refuse_known
from hitl_assets.emulators.toloka.pages import Listing
from hitl_assets.emulators.toloka.pools import note_new_tasks, open_pool
from hitl_assets.emulators.toloka.state import State, load
from hitl_assets.emulators.toloka.uploading import MOST_TASKS, Upload, insert_tasks, read_upload

LISTING = Listing("tasks", {"pool_id": "pool_id", "overlap": "overlap"}, ("id", "overlap"), ("created",))


def create_tasks(state: State, call: Call) -> Reply:
    """POST /tasks, one task or a list, synchronous or as an operation."""
    is_single = isinstance(call.body, dict)
    items = [call.body] if is_single else call.body
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ApiError(400, "VALIDATION_ERROR", "The body must be a task or a list of tasks, and not empty", {})
    if call.flag("async_mode"):
        return _create_asynchronously(state, call, items)
    return _create_at_once(state, call, items, is_single)


def get_task(state: State, call: Call) -> Reply:
    """GET /tasks/{id}."""
    return Reply(200, task_view(_read(state, call.path["id"])))


def list_tasks(state: State, call: Call) -> Reply:
    """GET /tasks."""
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [task_view(row) for row in rows]))


def patch_task(state: State, call: Call) -> Reply:
    """PATCH /tasks/{id}: overlap and solutions."""
    task, form = _read(state, call.path["id"]), Form.of(call.body)
    overlap = form.whole("overlap", 1, 30_000)
    for name in ("known_solutions", "baseline_solutions"):
        if form.values.get(name) is not None:
            form.refuse(name, "VALUE_NOT_ALLOWED", "This emulator does not change the solutions of a task")
    form.errors.refuse()
    return _set_overlap(state, task, None if form.flag("infinite_overlap") else overlap or task["overlap"])


def set_overlap_or_min(state: State, call: Call) -> Reply:
    """PATCH /tasks/{id}/set-overlap-or-min: the overlap, but at least what workers already have."""
    task, form = _read(state, call.path["id"]), Form.of(call.body or {"overlap": 0})
    overlap = form.whole("overlap", 0, 30_000, required=not form.flag("infinite_overlap"))
    form.errors.refuse()
    return _set_overlap(state, task, None if form.flag("infinite_overlap") else overlap)


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


def _create_at_once(state: State, call: Call, items: list[dict[str, Any]], is_single: bool) -> Reply:
    if len(items) > MOST_TASKS:
        raise ApiError(400, "VALIDATION_ERROR", f"At most {MOST_TASKS} tasks in one synchronous request", {})
    upload = read_upload(state, items, call.flag("allow_defaults"))
    if upload.errors and (not call.flag("skip_invalid_items") or not upload.tasks):
        prefix = "" if is_single else "{}."
        raise validation_error(
            {
                prefix.format(index) + path: error
                for index, errors in upload.errors.items()
                for path, error in errors.items()
            }
        )
    ids = insert_tasks(state, upload)
    _finish(state, call, upload)
    views = {str(index): task_view(_read(state, task_id)) for index, task_id in ids.items()}
    if is_single:
        return Reply(201, views["0"])
    wrong = {str(index): errors for index, errors in upload.errors.items()}
    return Reply(201, {"items": views, "validation_errors": wrong})


def _create_asynchronously(state: State, call: Call, items: list[dict[str, Any]]) -> Reply:
    operation_id = call.query.get("operation_id") or str(uuid.uuid4())
    _check_uuid(operation_id)
    refuse_known(state, operation_id)
    upload = read_upload(state, items, call.flag("allow_defaults"))
    is_refused = bool(upload.errors) and not call.flag("skip_invalid_items")
    ids = {} if is_refused else insert_tasks(state, upload)
    log = [_log_line(items[index], ids.get(index), upload.errors.get(index)) for index in _logged(upload, is_refused)]
    if ids:
        log += _finish(state, call, upload)
    names = ("skip_invalid_items", "allow_defaults", "open_pool")
    operation = record(
        state,
        "TASK.BATCH_CREATE",
        {name: call.flag(name) for name in names},
        {
            "total_count": len(items),
            "valid_count": len(upload.tasks),
            "not_valid_count": len(upload.errors),
            "success_count": len(ids),
            "failed_count": len(items) - len(ids),
        },
        log,
        operation_id,
        "SUCCESS" if ids else "FAIL",
    )
    return Reply(202, operation)


def _logged(upload: Upload, is_refused: bool) -> list[int]:
    return sorted(upload.errors) if is_refused else sorted([*upload.tasks, *upload.errors])


def _log_line(item: dict[str, Any], task_id: str | None, errors: dict[str, Any] | None) -> dict[str, Any]:
    # The client finds its tasks again by these two fields of the log.
    echo = {name: item[name] for name in ("__item_idx", "pool_id") if name in item}
    if errors is not None:
        return {"type": "TASK_VALIDATE", "success": False, "input": echo, "output": errors}
    return {"type": "TASK_CREATE", "success": True, "input": echo, "output": {"task_id": task_id}}


def _finish(state: State, call: Call, upload: Upload) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = []
    for pool_id in upload.pools:
        note_new_tasks(state, pool_id)
        if not call.flag("open_pool"):
            continue
        try:
            open_pool(state, Call(path={"id": pool_id}))
            log.append({"type": "POOL_OPEN", "success": True, "input": {"pool_id": pool_id}, "output": {}})
        except ApiError as error:
            # The tasks stay, the pool stays closed, and only the log says so: as with the real service.
            output = {"code": error.code, "message": error.message}
            log.append({"type": "POOL_OPEN", "success": False, "input": {"pool_id": pool_id}, "output": output})
    return log


def _set_overlap(state: State, task: sqlite3.Row, overlap: int | None) -> Reply:
    issued = state.store.one(
        "SELECT COUNT(*) AS count FROM answers JOIN assignments ON assignments.id = assignment_id "
        "WHERE task_id = ? AND status NOT IN ('SKIPPED', 'EXPIRED')",
        task["id"],
    )["count"]
    wanted = None if overlap is None else max(overlap, issued)
    remaining = None if wanted is None else wanted - issued
    state.store.run("UPDATE tasks SET overlap = ?, remaining = ? WHERE id = ?", wanted, remaining, task["id"])
    note_new_tasks(state, task["pool_id"])
    return Reply(200, task_view(_read(state, task["id"])))


def _check_uuid(operation_id: str) -> None:
    errors = FieldErrors()
    try:
        uuid.UUID(operation_id)
    except ValueError:
        errors.add("operation_id", "UUID_EXPECTED", "Expected a UUID")
    errors.refuse()


def _read(state: State, task_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM tasks WHERE id = ?", task_id)
    if row is None:
        raise does_not_exist("task", task_id)
    return row
