"""More or less overlap for tasks that were given out already."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.pools.closing import note_done, start_pool
from hitl_assets.emulators.toloka.pools.opening import check_opening
from hitl_assets.emulators.toloka.storage.state import State


def change_overlap(state: State, assignment: sqlite3.Row, delta: int) -> None:
    """Give the tasks of a suite to so many workers more; or fewer, but those who have it keep it."""
    by = "MAX(?1, -remaining)"
    state.store.run(
        f"UPDATE tasks SET overlap = overlap + {by}, remaining = remaining + {by} WHERE remaining IS NOT NULL "  # noqa: S608 - constants
        "AND (kind = 'REAL' OR suite_id IS NOT NULL) AND id IN (SELECT task_id FROM answers WHERE assignment_id = ?2)",
        delta, assignment["id"],
    )  # fmt: skip
    state.store.run(
        f"UPDATE suites SET overlap = overlap + {by}, remaining = remaining + {by} "  # noqa: S608 - constants
        "WHERE remaining IS NOT NULL AND id = ?2",
        delta, assignment["task_suite_id"],
    )  # fmt: skip


def note_changed_overlap(state: State, pool_id: str, opens: bool) -> None:
    """After changes: the last suite of the pool waits anew, the pool may be done or not, and it `opens` if it may."""
    state.store.run("UPDATE pools SET tasks_added = ? WHERE id = ?", state.clock.now(), pool_id)
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", pool_id)
    if opens and pool["status"] == "CLOSED":
        try:
            check_opening(state, pool)
        except ApiError:
            # As with the real service: nobody is told, the pool stays closed.
            return
        start_pool(state, pool_id)
    note_done(state, pool_id)
    state.wake()
