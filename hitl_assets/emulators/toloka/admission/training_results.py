"""What workers got in trainings, how long that lasts, and what becomes of it then."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.storage.state import State


def result_of(state: State, training_id: str | None, user_id: str) -> sqlite3.Row | None:
    """A worker's result that is in force: `value` in per cent, and `until`, a simulated moment (None: for ever)."""
    return state.store.maybe(
        "SELECT value, until FROM training_results WHERE training_id = ? AND user_id = ? "
        "AND (until IS NULL OR until > ?)",
        training_id, user_id, state.clock.now(),
    )  # fmt: skip


def pools_asking_for(state: State, training_id: str) -> list[tuple[sqlite3.Row, float]]:
    """The open pools that ask for a training, each with the per cent that it asks for; the least is first."""
    rows = state.store.all(
        "SELECT * FROM pools WHERE training_id = ? AND status = 'OPEN' AND type = 'REGULAR' ORDER BY id", training_id
    )
    asking = [(row, pool_configuration(row["form"]).passing_value) for row in rows]
    return sorted(asking, key=lambda each: each[1])


def begin_anew(state: State, training_id: str, user_id: str) -> None:
    """Forget what a worker answered in a training whose result has ended: all of its tasks are asked again."""
    ended = state.store.maybe(
        "SELECT 1 FROM training_results WHERE training_id = ? AND user_id = ? AND until <= ?",
        training_id, user_id, state.clock.now(),
    )  # fmt: skip
    if ended is None:
        return
    state.store.run("DELETE FROM training_results WHERE training_id = ? AND user_id = ?", training_id, user_id)
    state.store.run("UPDATE answers SET seen = 0 WHERE user_id = ? AND pool_id = ?", user_id, training_id)
