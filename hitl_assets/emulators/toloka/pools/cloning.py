"""Clones of pools and trainings that the server makes: the same configuration, and no tasks."""

from __future__ import annotations

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.pools.pools import insert_pool, read_pool
from hitl_assets.emulators.toloka.projects.projects import active_project
from hitl_assets.emulators.toloka.storage.state import State, load


def clone_pool(state: State, call: Call) -> Reply:
    """POST /pools/{id}/clone, also of an archived pool, or a training. The operation's details name the new one.

    Its collectors have the ids of the old ones, so both pools share what they know about workers.
    """
    clone_id = _clone(state, call.path["id"], None)
    return Reply(202, record(state, "POOL.CLONE", {"pool_id": call.path["id"]}, {"pool_id": clone_id}))


def clone_training(state: State, call: Call) -> Reply:
    """POST /trainings/{id}/clone. The operation's details name the new one."""
    clone_id = _clone(state, call.path["id"], "TRAINING")
    return Reply(202, record(state, "TRAINING.CLONE", {"training_id": call.path["id"]}, {"training_id": clone_id}))


def _clone(state: State, source_id: str, kind: str | None) -> str:
    source = read_pool(state, source_id, kind)
    active_project(state, source["project_id"])
    return insert_pool(state, load(source["form"]), source["type"], source["training_id"])
