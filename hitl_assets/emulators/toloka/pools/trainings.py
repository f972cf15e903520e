"""Trainings: unpaid tasks that a worker passes before the pools that ask for it."""

from __future__ import annotations

import sqlite3
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import inappropriate_status
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.pools.lifecycle import archive_one, close_one, open_one
from hitl_assets.emulators.toloka.pools.pools import LISTING, READ_ONLY, insert_pool, pool_view, read_pool
from hitl_assets.emulators.toloka.pools.validation import check_training
from hitl_assets.emulators.toloka.projects.projects import active_project, kept
from hitl_assets.emulators.toloka.storage.state import State, dump


def create_training(state: State, call: Call) -> Reply:
    """POST /trainings."""
    training_id = insert_pool(state, _checked_form(state, call), "TRAINING")
    return Reply(201, _view(state, training_id))


def get_training(state: State, call: Call) -> Reply:
    """GET /trainings/{id}."""
    return Reply(200, _view(state, call.path["id"]))


def list_trainings(state: State, call: Call) -> Reply:
    """GET /trainings."""
    page = LISTING.page(
        state.store, call.query, lambda rows: [_without_type(pool_view(row)) for row in rows], fixed="type = 'TRAINING'"
    )
    return Reply(200, page)


def update_training(state: State, call: Call) -> Reply:
    """PUT /trainings/{id}. 409 while it is open."""
    training = _read(state, call)
    if training["status"] != "CLOSED":
        raise inappropriate_status(f"Training {training['id']}", training["status"], ["CLOSED"])
    state.store.run("UPDATE pools SET form = ? WHERE id = ?", dump(_checked_form(state, call)), training["id"])
    return Reply(200, _view(state, training["id"]))


def open_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/open."""
    return open_one(state, _read(state, call), "TRAINING")


def close_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/close."""
    return close_one(state, _read(state, call), noun="TRAINING")


def close_training_for_update(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/close-for-update."""
    return close_one(state, _read(state, call), "FOR_UPDATE", "TRAINING")


def archive_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/archive. 409 while it is open or a pool that is not archived asks for it."""
    return archive_one(state, _read(state, call), "TRAINING")


def _read(state: State, call: Call) -> sqlite3.Row:
    return read_pool(state, call.path["id"], "TRAINING")


def _checked_form(state: State, call: Call) -> dict[str, Any]:
    form = Form.of(call.body)
    check_training(form)
    active_project(state, form.values["project_id"])
    return kept(form.values, READ_ONLY)


def _view(state: State, training_id: str) -> dict[str, Any]:
    return _without_type(pool_view(read_pool(state, training_id, "TRAINING")))


def _without_type(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "type"}
