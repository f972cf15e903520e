"""How often a task or a suite is given out: changing it while workers hold some of it."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.http.errors import conflict
from hitl_assets.emulators.toloka.storage.state import State


def set_task_overlap(state: State, task: sqlite3.Row, overlap: int | None) -> None:
    """Give a mixed task this overlap, but at least what workers already have. 409 for a task of a suite by hand."""
    if task["suite_id"] is not None:
        message = f"Task {task['id']} is in suite {task['suite_id']}, whose overlap it has: change that"
        raise conflict("CONFLICT_STATE", message)
    issued = state.store.one(
        "SELECT COUNT(*) AS count FROM answers JOIN assignments ON assignments.id = assignment_id "
        "WHERE task_id = ? AND status NOT IN ('SKIPPED', 'EXPIRED')",
        task["id"],
    )["count"]
    wanted = None if overlap is None else max(overlap, issued)
    remaining = None if wanted is None else wanted - issued
    state.store.run("UPDATE tasks SET overlap = ?, remaining = ? WHERE id = ?", wanted, remaining, task["id"])


def set_suite_overlap(state: State, suite_id: str, overlap: int | None) -> None:
    """Give a suite by hand and its tasks this overlap, but at least what workers already have."""
    issued = state.store.one(
        "SELECT COUNT(*) AS count FROM assignments WHERE task_suite_id = ? AND status NOT IN ('SKIPPED', 'EXPIRED')",
        suite_id,
    )["count"]
    wanted = None if overlap is None else max(overlap, issued)
    remaining = None if wanted is None else wanted - issued
    # The tasks carry the suite's numbers, so that whatever counts tasks need not know how they are grouped.
    state.store.run("UPDATE suites SET overlap = ?, remaining = ? WHERE id = ?", wanted, remaining, suite_id)
    state.store.run("UPDATE tasks SET overlap = ?, remaining = ? WHERE suite_id = ?", wanted, remaining, suite_id)
