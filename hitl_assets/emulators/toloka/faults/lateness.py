"""Answers that a fault rule held back: handing them in once their pool is closed."""

from __future__ import annotations

from hitl_assets.emulators.crowd.workplace import Due
from hitl_assets.emulators.toloka.answers.answering import submit
from hitl_assets.emulators.toloka.storage.state import State, load


def hand_in_late_answers(state: State) -> Due:
    """Submit what is due; when to look again."""
    if state.store.maybe("SELECT 1 FROM late_answers") is None:
        return Due()
    now = state.clock.now()
    for row in state.store.all(
        "SELECT late_answers.* FROM late_answers JOIN assignments ON assignments.id = assignment_id "
        "JOIN pools ON pools.id = pool_id WHERE due IS NULL AND pools.status != 'OPEN'"
    ):
        due = state.clock.after(row["delay"])
        state.store.run("UPDATE late_answers SET due = ? WHERE assignment_id = ?", due, row["assignment_id"])
    for row in state.store.all("SELECT * FROM late_answers WHERE due <= ? ORDER BY assignment_id", now):
        # First out of the way: a suite that expired meanwhile refuses its answers for good.
        state.store.run("DELETE FROM late_answers WHERE assignment_id = ?", row["assignment_id"])
        submit(state, row["assignment_id"], load(row["outputs"]), row["seconds"])
    following = state.store.one("SELECT MIN(due) AS due FROM late_answers")["due"]
    return Due() if following is None else Due(simulated=following)
