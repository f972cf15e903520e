"""ASSIGNMENTS_ASSESSMENT: what accepting or rejecting an assignment does to its suite."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.answers.review import accept, reject
from hitl_assets.emulators.toloka.overlap.overlap import change_overlap, note_changed_overlap
from hitl_assets.emulators.toloka.quality.quality import holds, suite_values
from hitl_assets.emulators.toloka.quality.rules import rules_of
from hitl_assets.emulators.toloka.storage.state import State


def approve(state: State, assignment: sqlite3.Row, comment: str | None = None, at: str | None = None) -> None:
    """Accept an assignment, with what the rules say about its suite. 409 as in `accept`."""
    accept(state, assignment, comment, at)
    _assess(state, assignment, "ACCEPT_AFTER_REJECT" if assignment["status"] == "REJECTED" else "ACCEPT")


def refuse(state: State, assignment: sqlite3.Row, comment: str | None = None) -> None:
    """Reject an assignment, with what the rules say about its suite. 409 as in `reject`."""
    reject(state, assignment, comment)
    _assess(state, assignment, "REJECT")


def _assess(state: State, assignment: sqlite3.Row, event: str) -> None:
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
    for collector in rules_of(state, pool, "ASSIGNMENTS_ASSESSMENT"):
        rows = state.store.all("SELECT status FROM assignments WHERE task_suite_id = ?", assignment["task_suite_id"])
        values = suite_values([row["status"] for row in rows], event)
        for rule in collector.rules:
            if holds(rule, values):
                delta = int(rule.parameters["delta"])
                change_overlap(state, assignment, delta)
                # Who is banned later need not be replaced a second time.
                state.store.run("UPDATE assignments SET reissued = ? WHERE id = ?", int(delta > 0), assignment["id"])
                note_changed_overlap(state, pool["id"], bool(rule.parameters.get("open_pool")))
