"""Operations: what asynchronous requests answer, with their logs. All of them are done when they are answered."""

from __future__ import annotations

import sqlite3
import uuid
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import conflict, does_not_exist
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.storage.state import State, dump, load

LISTING = Listing(
    "operations", {"type": "type", "status": "status"}, ("id",), ("submitted", "finished"),
    choices={"status": ("PENDING", "RUNNING", "SUCCESS", "FAIL")}, most=500,
)  # fmt: skip


def record(
    state: State,
    kind: str,
    parameters: dict[str, Any],
    details: dict[str, Any] | None = None,
    log: list[dict[str, Any]] | None = None,
    operation_id: str | None = None,
    status: str = "SUCCESS",
) -> dict[str, Any]:
    """Keep a finished operation; its view."""
    key, now = operation_id or str(uuid.uuid4()), state.clock.stamp()
    state.store.run(
        "INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key, kind, status, now, now, now, dump(parameters), dump(details or {}), dump(log or []),
    )  # fmt: skip
    return _view(_read(state, key))


def refuse_known(state: State, operation_id: str) -> None:
    """409 OPERATION_ALREADY_EXISTS if this id was used before: the client then reads the old operation."""
    if state.store.maybe("SELECT 1 FROM operations WHERE id = ?", operation_id) is not None:
        raise conflict("OPERATION_ALREADY_EXISTS", f"Operation {operation_id} already exists")


def get_operation(state: State, call: Call) -> Reply:
    """GET /operations/{id}."""
    return Reply(200, _view(_read(state, call.path["id"])))


def get_operation_log(state: State, call: Call) -> Reply:
    """GET /operations/{id}/log."""
    return Reply(200, load(_read(state, call.path["id"])["log"]))


def list_operations(state: State, call: Call) -> Reply:
    """GET /operations."""
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [_view(row) for row in rows]))


def _read(state: State, operation_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM operations WHERE id = ?", operation_id)
    if row is None:
        raise does_not_exist("operation", operation_id)
    return row


def _view(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "status": row["status"],
        "submitted": row["submitted"],
        "started": row["started"],
        "finished": row["finished"],
        "progress": 100,
        "parameters": load(row["parameters"]),
        "details": load(row["details"]),
    }
