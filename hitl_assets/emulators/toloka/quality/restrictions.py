"""Bans: who may not work where, and until when."""

from __future__ import annotations

import sqlite3
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import FieldErrors, conflict, does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.quality.histories import note_lifted_ban
from hitl_assets.emulators.toloka.storage.clock import END_OF_TIME, bound, stamp
from hitl_assets.emulators.toloka.storage.state import State

SCOPES = ("POOL", "PROJECT", "ALL_PROJECTS", "SYSTEM")
LISTING = Listing(
    "restrictions",
    {"scope": "scope", "user_id": "user_id", "project_id": "project_id", "pool_id": "pool_id"},
    ("id",),
    ("created",),
    choices={"scope": SCOPES},
    most=500,
)
# Bans by rules end in simulated time, those that the requester dates by the wall clock.
# These columns are not on the wire.
OURS = ("ends", "cause")
IN_FORCE = "(will_expire IS NULL OR (ends IS NULL AND will_expire > ?) OR ends > ?)"


def restrict(
    state: State, user_id: str, scope: str, pool: sqlite3.Row, comment: str | None, ends: float | None, cause: str
) -> str | None:
    """Ban a worker from a pool, its project or all projects until `ends`, a simulated moment; the ban's id.
    `cause` is what the worker is told.

    None if the same one is in force already.
    """
    pool_id = pool["id"] if scope == "POOL" else None
    project_id = pool["project_id"] if scope == "PROJECT" else None
    in_force = state.store.maybe(
        f"SELECT 1 FROM restrictions WHERE {IN_FORCE} "  # noqa: S608 - a constant
        "AND user_id = ? AND scope = ? AND pool_id IS ? AND project_id IS ?",
        state.clock.stamp(), state.clock.now(), user_id, scope, pool_id, project_id,
    )  # fmt: skip
    if in_force is not None:
        return None
    until = None if ends is None else stamp(min(state.clock.on_the_wall(ends), END_OF_TIME))
    restriction_id = _insert(state, user_id, scope, project_id, pool_id, comment, until)
    state.store.run("UPDATE restrictions SET ends = ?, cause = ? WHERE id = ?", ends, cause, restriction_id)
    return restriction_id


def list_restrictions(state: State, call: Call) -> Reply:
    """GET /user-restrictions. With the scope POOL or PROJECT it needs the pool or the project."""
    errors = FieldErrors()
    for scope, needed in (("POOL", "pool_id"), ("PROJECT", "project_id")):
        if call.query.get("scope") == scope and needed not in call.query:
            errors.add(needed, "VALUE_REQUIRED", f"The scope {scope} needs a {needed}")
    errors.refuse()
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [_view(row) for row in rows]))


def get_restriction(state: State, call: Call) -> Reply:
    """GET /user-restrictions/{id}."""
    return Reply(200, _view(_read(state, call.path["id"])))


def put_restriction(state: State, call: Call) -> Reply:
    """PUT /user-restrictions."""
    form = Form.of(call.body)
    user_id, scope = form.text("user_id", required=True), form.choice("scope", SCOPES, required=True)
    project_id = form.text("project_id", required=scope == "PROJECT")
    pool_id = form.text("pool_id", required=scope == "POOL")
    comment, until = form.text("private_comment", longest=499), form.text("will_expire")
    form.errors.refuse()
    if scope == "SYSTEM":
        raise conflict("SYSTEM_SCOPE_MODIFICATION", "Only Toloka sets restrictions with the scope SYSTEM")
    restriction_id = _insert(
        state, str(user_id), str(scope), project_id, pool_id, comment, bound(until, "gte") if until else None
    )
    return Reply(201, _view(_read(state, restriction_id)))


def delete_restriction(state: State, call: Call) -> Reply:
    """DELETE /user-restrictions/{id}."""
    _read(state, call.path["id"])
    note_lifted_ban(state, call.path["id"])
    state.store.run("DELETE FROM restrictions WHERE id = ?", call.path["id"])
    return Reply(204)


def _insert(
    state: State,
    user_id: str,
    scope: str,
    project_id: str | None,
    pool_id: str | None,
    comment: str | None,
    until: str | None,
) -> str:
    restriction_id = state.new_id()
    state.store.run(
        "INSERT INTO restrictions VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        restriction_id, user_id, scope, project_id, pool_id, comment, until, state.clock.stamp(),
    )  # fmt: skip
    return restriction_id


def _read(state: State, restriction_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM restrictions WHERE id = ?", restriction_id)
    if row is None:
        raise does_not_exist("user restriction", restriction_id)
    return row


def _view(row: sqlite3.Row) -> dict[str, Any]:
    return {key: value for key, value in dict(row).items() if value is not None and key not in OURS}
