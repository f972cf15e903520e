"""Which pools a worker may work in now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from hitl_assets.emulators.toloka.admission.filters import admits
from hitl_assets.emulators.toloka.admission.selection import is_chosen, might_be_chosen
from hitl_assets.emulators.toloka.admission.training_results import result_of
from hitl_assets.emulators.toloka.pools.configuration import active_limit, pool_configuration
from hitl_assets.emulators.toloka.quality.restrictions import IN_FORCE
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.workers.skills import skills_of


def open_pools(state: State) -> list[sqlite3.Row]:
    """Open pools, those with the highest priority first."""
    return state.store.all("SELECT * FROM pools WHERE status = 'OPEN' AND type = 'REGULAR' ORDER BY priority DESC, id")


class Standing(Enum):
    """What a worker is to a pool."""

    ADMITTED = "may work"
    FILTERED = "does not pass the filter"
    BANNED = "is banned"
    UNTRAINED = "has to do the training first"
    FAILED = "did not pass the training"
    DONE = "is done with it, as a rule says"
    BUSY = "holds as many suites as the project allows"
    NOT_CHOSEN = "is not among those whom the requester chose"


def offers(state: State, user_id: str, profile: Mapping[str, Any]) -> Iterator[sqlite3.Row]:
    """The pools, and the trainings that lead to them, that this worker may take a suite from; best first."""
    for pool in open_pools(state):
        standing = standing_of(state, user_id, profile, pool)
        if standing is Standing.ADMITTED:
            yield pool
        training = training_for(state, pool) if standing is Standing.UNTRAINED else None
        if training is not None:
            yield training


def standing_of(state: State, user_id: str, profile: Mapping[str, Any], pool: sqlite3.Row) -> Standing:
    """Whether a worker may work in a pool, and if not, why."""
    configuration = pool_configuration(pool["form"])
    if not admits(configuration.filter, profile, skills_of(state, user_id)):
        return Standing.FILTERED
    if is_banned(state, user_id, pool):
        return Standing.BANNED
    if is_complete_for(state, user_id, pool):
        return Standing.DONE
    if configuration.choice is not None and not is_chosen(state, user_id, profile, pool, configuration.choice):
        return Standing.NOT_CHOSEN
    if not may_take_another(state, user_id, pool):
        return Standing.BUSY
    if not configuration.training_required:
        return Standing.ADMITTED
    result = result_of(state, configuration.training_id, user_id)
    if result is None:
        return Standing.UNTRAINED
    return Standing.ADMITTED if result["value"] >= configuration.passing_value else Standing.FAILED


def training_for(state: State, pool: sqlite3.Row) -> sqlite3.Row | None:
    """The training that a pool asks for, if it is open."""
    training_id = pool_configuration(pool["form"]).training_id
    return state.store.maybe("SELECT * FROM pools WHERE id = ? AND status = 'OPEN'", training_id)


def suits(state: State, profile: Mapping[str, Any]) -> bool:
    """Whether any open pool lets in a newcomer with this profile."""
    configurations = (pool_configuration(pool["form"]) for pool in open_pools(state))
    return any(admits(one.filter, profile, {}) and might_be_chosen(profile, one.choice) for one in configurations)


def is_banned(state: State, user_id: str, pool: sqlite3.Row) -> bool:
    """Whether a restriction that has not ended keeps the worker from this pool."""
    found = state.store.maybe(
        f"SELECT 1 FROM restrictions WHERE user_id = ? AND {IN_FORCE} AND "  # noqa: S608 - a constant
        "(scope IN ('ALL_PROJECTS', 'SYSTEM') OR (scope = 'PROJECT' AND project_id = ?) OR pool_id = ?)",
        user_id, state.clock.stamp(), state.clock.now(), pool["project_id"], pool["id"],
    )  # fmt: skip
    return found is not None


def is_complete_for(state: State, user_id: str, pool: sqlite3.Row) -> bool:
    """Whether a rule said that the worker is done with this pool (SET_POOL_COMPLETE)."""
    sql = "SELECT 1 FROM completions WHERE pool_id = ? AND user_id = ?"
    return state.store.maybe(sql, pool["id"], user_id) is not None


def may_take_another(state: State, user_id: str, pool: sqlite3.Row) -> bool:
    """Whether the project lets the worker hold one suite more than they do (max_active_assignments_count)."""
    project = state.store.one("SELECT form FROM projects WHERE id = ?", pool["project_id"])
    most = active_limit(project["form"])
    if most is None:
        return True
    row = state.store.one(
        # Few suites are active at any time, but a worker may have finished many.
        "SELECT COUNT(*) AS count FROM assignments INDEXED BY assignments_active "
        "WHERE status = 'ACTIVE' AND user_id = ? AND project_id = ?",
        user_id, pool["project_id"],
    )  # fmt: skip
    return bool(row["count"] < most)
