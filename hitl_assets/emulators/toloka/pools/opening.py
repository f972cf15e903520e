"""Whether a pool or a training may be opened."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.http.errors import conflict, inappropriate_status
from hitl_assets.emulators.toloka.money.billing import count_suites, price, read_account
from hitl_assets.emulators.toloka.overlap.demand import asking, asking_per_suite
from hitl_assets.emulators.toloka.pools.configuration import Configuration, pool_configuration
from hitl_assets.emulators.toloka.storage.state import State


def check_opening(state: State, pool: sqlite3.Row) -> None:
    """Raise the 409 that keeps a pool or a training closed, if any."""
    if pool["status"] != "CLOSED":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["OPEN", "CLOSED"])
    if pool["type"] == "TRAINING":
        check_not_empty(state, pool)
        return
    configuration = pool_configuration(pool["form"])
    if configuration.expires is not None and configuration.expires <= state.clock.wall():
        raise conflict("CONFLICT_STATE", f"Pool {pool['id']} has expired: move will_expire into the future")
    check_not_empty(state, pool)
    if configuration.reward == 0:
        _check_unpaid(state, pool)
    if configuration.training_required:
        _check_training(state, pool, configuration)
    _check_balance(state, pool, configuration)


def check_not_empty(state: State, pool: sqlite3.Row) -> None:
    """409 EMPTY_POOL for a pool or training without tasks."""
    if state.store.maybe("SELECT 1 FROM tasks WHERE pool_id = ?", pool["id"]) is None:
        raise conflict("EMPTY_POOL", f"Pool {pool['id']} has no tasks")


def _check_unpaid(state: State, pool: sqlite3.Row) -> None:
    if state.store.maybe("SELECT 1 FROM tasks WHERE pool_id = ? AND kind = 'REAL' LIMIT 1", pool["id"]) is not None:
        message = f"Pool {pool['id']} pays nothing, so it may have control and training tasks only. Set a reward"
        raise conflict("CONFLICT_STATE", message)


def _check_training(state: State, pool: sqlite3.Row, configuration: Configuration) -> None:
    if configuration.training_id is None:
        message = f"Pool {pool['id']} requires a training, but names none: set training_requirement.training_pool_id"
        raise conflict("CONFLICT_STATE", message)
    training = state.store.one("SELECT * FROM pools WHERE id = ?", configuration.training_id)
    if training["status"] == "ARCHIVED":
        raise conflict("CONFLICT_STATE", f"Training {training['id']} of pool {pool['id']} is archived")
    if state.store.maybe("SELECT 1 FROM tasks WHERE pool_id = ?", training["id"]) is None:
        message = f"Training {training['id']} of pool {pool['id']} has no tasks: nobody could pass it"
        raise conflict("CONFLICT_STATE", message)


def _suites_needed(state: State, pool: sqlite3.Row, configuration: Configuration) -> int:
    if configuration.mixer is None:
        row = state.store.one("SELECT COALESCE(SUM(remaining), 0) AS count FROM suites WHERE pool_id = ?", pool["id"])
        return int(row["count"])
    asked = asking(configuration.mixer)
    rows = state.store.all(
        f"SELECT remaining, COUNT(*) AS count FROM tasks WHERE pool_id = ? AND {asked} AND remaining > 0 "  # noqa: S608 - one of two constants
        "GROUP BY remaining",
        pool["id"],
    )
    left = {row["remaining"]: row["count"] for row in rows}
    return count_suites(left, asking_per_suite(configuration.mixer))


def _check_balance(state: State, pool: sqlite3.Row, configuration: Configuration) -> None:
    suites = _suites_needed(state, pool, configuration)
    needed = suites * price(configuration.reward, state.fee)
    available = read_account(state.store).available
    if needed > available:
        message = f"Pool {pool['id']} needs {needed} for {suites} suites with the fee; {available} is available"
        raise conflict("NOT_ENOUGH_BALANCE", message)
