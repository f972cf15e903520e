"""Trainings: unpaid tasks that a worker passes before the pools that ask for it."""

from __future__ import annotations

from typing import Any

from hitl_assets.emulators.toloka.calls import Call, Reply
from hitl_assets.emulators.toloka.closing import close_pool, start_pool
from hitl_assets.emulators.toloka.errors import conflict, inappropriate_status
from hitl_assets.emulators.toloka.forms import Form
from hitl_assets.emulators.toloka.opening import check_not_empty
from hitl_assets.emulators.toloka.operations import record
from hitl_assets.emulators.toloka.pools import LISTING, READ_ONLY, insert_pool, pool_view, read_pool
from hitl_assets.emulators.toloka.projects import active_project, kept
from hitl_assets.emulators.toloka.state import State, dump
from hitl_assets.emulators.toloka.validation import check_training


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
    training = read_pool(state, call.path["id"], "TRAINING")
    if training["status"] != "CLOSED":
        raise inappropriate_status(f"Training {training['id']}", training["status"], ["CLOSED"])
    state.store.run("UPDATE pools SET form = ? WHERE id = ?", dump(_checked_form(state, call)), training["id"])
    return Reply(200, _view(state, training["id"]))


def open_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/open."""
    training = read_pool(state, call.path["id"], "TRAINING")
    if training["status"] == "OPEN":
        return Reply(204)
    if training["status"] != "CLOSED":
        raise inappropriate_status(f"Training {training['id']}", training["status"], ["OPEN", "CLOSED"])
    check_not_empty(state, training)
    start_pool(state, training["id"])
    state.wake()
    return Reply(202, record(state, "TRAINING.OPEN", {"training_id": training["id"]}))


def close_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/close."""
    training = read_pool(state, call.path["id"], "TRAINING")
    if training["status"] == "ARCHIVED":
        raise inappropriate_status(f"Training {training['id']}", training["status"], ["OPEN", "CLOSED"])
    if training["status"] == "CLOSED":
        return Reply(204)
    close_pool(state, training["id"], "MANUAL")
    return Reply(202, record(state, "TRAINING.CLOSE", {"training_id": training["id"]}))


def archive_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/archive. 409 while it is open or a pool that is not archived asks for it."""
    training = read_pool(state, call.path["id"], "TRAINING")
    if training["status"] == "ARCHIVED":
        return Reply(204)
    if training["status"] != "CLOSED":
        raise inappropriate_status(f"Training {training['id']}", training["status"], ["CLOSED"])
    linked = state.store.maybe(
        "SELECT id FROM pools WHERE training_id = ? AND status != 'ARCHIVED' LIMIT 1", training["id"]
    )
    if linked is not None:
        raise conflict("TRAINING_ARCHIVE_CONFLICT", f"Pool {linked['id']} asks for training {training['id']}")
    state.store.run("UPDATE pools SET status = 'ARCHIVED' WHERE id = ?", training["id"])
    return Reply(202, record(state, "TRAINING.ARCHIVE", {"training_id": training["id"]}))


def _checked_form(state: State, call: Call) -> dict[str, Any]:
    form = Form.of(call.body)
    check_training(form)
    active_project(state, form.values["project_id"])
    return kept(form.values, READ_ONLY)


def _view(state: State, training_id: str) -> dict[str, Any]:
    return _without_type(pool_view(read_pool(state, training_id, "TRAINING")))


def _without_type(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "type"}
