"""Pools: their configuration, and the requests that open, close and archive them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from hitl_assets.emulators.toloka.admission.filters import name_skills_by_id
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import ApiError, conflict, does_not_exist, inappropriate_status
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.overlap.dynamics_forms import check_fields_of_overlap
from hitl_assets.emulators.toloka.pools.archiving import check_in_use
from hitl_assets.emulators.toloka.pools.closing import note_done
from hitl_assets.emulators.toloka.pools.lifecycle import archive_one, close_one, open_one
from hitl_assets.emulators.toloka.pools.validation import PRIORITIES, check_pool
from hitl_assets.emulators.toloka.projects.projects import active_project, kept, with_collector_ids
from hitl_assets.emulators.toloka.storage.state import OWNER, State, dump, load

LISTING = Listing(
    "pools", {"status": "status", "project_id": "project_id"}, ("id",), ("created", "last_started"),
    choices={"status": ("OPEN", "CLOSED", "ARCHIVED", "LOCKED")},
)  # fmt: skip
READ_ONLY = ("id", "status", "type", "created", "owner", "last_started", "last_stopped", "last_close_reason")


def create_pool(state: State, call: Call) -> Reply:
    """POST /pools."""
    form = checked_form(state, call)
    pool_id = insert_pool(state, form, "REGULAR", _training_id(form))
    return Reply(201, pool_view(read_pool(state, pool_id)))


def get_pool(state: State, call: Call) -> Reply:
    """GET /pools/{id}. A training can be read as a pool too."""
    return Reply(200, pool_view(read_pool(state, call.path["id"], None)))


def list_pools(state: State, call: Call) -> Reply:
    """GET /pools."""
    rows = LISTING.page(
        state.store, call.query, lambda rows: [pool_view(row) for row in rows], fixed="type = 'REGULAR'"
    )
    return Reply(200, rows)


def update_pool(state: State, call: Call) -> Reply:
    """PUT /pools/{id}. 409 while it is open: close it for update first."""
    pool = read_pool(state, call.path["id"])
    if pool["status"] != "CLOSED":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["CLOSED"])
    form = checked_form(state, call)
    keep_form(state, pool, form)
    return Reply(200, pool_view(read_pool(state, pool["id"])))


def patch_pool(state: State, call: Call) -> Reply:
    """PATCH /pools/{id}: the priority."""
    pool, form = read_pool(state, call.path["id"]), Form.of(call.body)
    check_in_use(pool)
    priority = form.whole("priority", *PRIORITIES)
    for name in form.values.keys() - {"priority"}:
        form.refuse(name, "VALUE_NOT_ALLOWED", "Only the priority can be patched")
    form.errors.refuse()
    changed = {**load(pool["form"]), "priority": priority or 0}
    state.store.run("UPDATE pools SET form = ?, priority = ? WHERE id = ?", dump(changed), priority or 0, pool["id"])
    return Reply(200, pool_view(read_pool(state, pool["id"])))


def open_pool(state: State, call: Call) -> Reply:
    """POST /pools/{id}/open."""
    return open_one(state, read_pool(state, call.path["id"], None))


def close_by_hand(state: State, call: Call) -> Reply:
    """POST /pools/{id}/close."""
    return close_one(state, read_pool(state, call.path["id"], None))


def close_for_update(state: State, call: Call) -> Reply:
    """POST /pools/{id}/close-for-update."""
    return close_one(state, read_pool(state, call.path["id"], None), "FOR_UPDATE")


def archive_pool(state: State, call: Call) -> Reply:
    """POST /pools/{id}/archive."""
    return archive_one(state, read_pool(state, call.path["id"], None))


def read_pool(state: State, pool_id: str, kind: str | None = "REGULAR") -> sqlite3.Row:
    """The row of a pool or a training. 404 if there is none of this kind."""
    row = state.store.maybe("SELECT * FROM pools WHERE id = ?", pool_id)
    if row is None or kind not in (None, row["type"]):
        raise does_not_exist("training" if kind == "TRAINING" else "pool", pool_id)
    return row


def checked_form(state: State, call: Call) -> dict[str, Any]:
    """The pool that a request describes, as it is kept. Raises what is wrong with it."""
    form = Form.of(call.body)
    name_skills_by_id(form.values.get("filter"))
    check_pool(form)
    project = active_project(state, form.values["project_id"])
    check_fields_of_overlap(form, load(project["form"])["task_spec"]["output_spec"])
    form.errors.refuse()
    training_id = _training_id(form.values)
    if training_id is not None:
        read_pool(state, training_id, "TRAINING")
    return kept(form.values, READ_ONLY)


def keep_form(state: State, pool: sqlite3.Row, form: dict[str, Any]) -> None:
    """Change what a pool is like. 400 if it would leave its project, 409 if it would group its tasks anew."""
    if form["project_id"] != pool["project_id"]:
        refused = Form.of(form)
        refused.refuse("project_id", "VALUE_NOT_ALLOWED", "A pool stays in its project")
        refused.errors.refuse()
    _check_grouping(state, pool, form)
    form = with_collector_ids(form, load(pool["form"]))
    state.store.run(
        "UPDATE pools SET form = ?, priority = ?, training_id = ? WHERE id = ?",
        dump(form), form.get("priority") or 0, _training_id(form), pool["id"],
    )  # fmt: skip


def insert_pool(state: State, form: dict[str, Any], kind: str, training_id: str | None = None) -> str:
    """Keep a new pool or training, closed; its id."""
    form = with_collector_ids(form)
    pool_id = state.new_id()
    state.store.run(
        "INSERT INTO pools (id, type, project_id, training_id, status, created, priority, form) "
        "VALUES (?, ?, ?, ?, 'CLOSED', ?, ?, ?)",
        pool_id, kind, form["project_id"], training_id, state.clock.stamp(), form.get("priority") or 0, dump(form),
    )  # fmt: skip
    return pool_id


def note_new_tasks(state: State, pool_id: str) -> None:
    """A pool got tasks, or more overlap: its last suite waits anew, and it may not be done any more."""
    state.store.run("UPDATE pools SET tasks_added = ? WHERE id = ?", state.clock.now(), pool_id)
    note_done(state, pool_id)
    state.wake()


def finish_upload(state: State, call: Call, pool_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Pools got tasks; with `open_pool` they are opened. Lines for the operation's log."""
    log: list[dict[str, Any]] = []
    for pool_id in sorted(set(pool_ids)):
        note_new_tasks(state, pool_id)
        if not call.flag("open_pool"):
            continue
        pool, output = read_pool(state, pool_id, None), {}
        try:
            open_one(state, pool)
        except ApiError as error:
            # The tasks stay, the pool stays closed, and only the log says so: as with the real service.
            output = {"code": error.code, "message": error.message}
        kind = "TRAINING_OPEN" if pool["type"] == "TRAINING" else "POOL_OPEN"
        log.append({"type": kind, "success": not output, "input": {"pool_id": pool_id}, "output": output})
    return log


def pool_view(row: sqlite3.Row) -> dict[str, Any]:
    """A pool as the wire has it: what the client sent, and what the server adds."""
    names = ("id", "type", "status", "last_close_reason", "created", "last_started", "last_stopped")
    own = {name: row[name] for name in names if row[name] is not None}
    return {**load(row["form"]), **own, "owner": OWNER}


def _check_grouping(state: State, pool: sqlite3.Row, form: dict[str, Any]) -> None:
    # What was grouped in one way cannot be given out in the other.
    before = load(pool["form"]).get("mixer_config") is None
    has_tasks = state.store.maybe("SELECT 1 FROM tasks WHERE pool_id = ?", pool["id"]) is not None
    if has_tasks and before != (form.get("mixer_config") is None):
        message = f"Pool {pool['id']} has tasks: its mixer_config cannot be added or taken away any more"
        raise conflict("POOL_TASK_TYPE_CONFLICT", message)


def _training_id(form: Any) -> str | None:
    requirement = (form.get("quality_control") or {}).get("training_requirement") or {}
    training_id: str | None = requirement.get("training_pool_id")
    return training_id
