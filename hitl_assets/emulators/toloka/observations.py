"""What the collectors see of a worker: their latest observations, from the store."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from hitl_assets.emulators.toloka.clock import stamp
from hitl_assets.emulators.toloka.configuration import DAY, Collector
from hitl_assets.emulators.toloka.histories import start_of_history
from hitl_assets.emulators.toloka.quality import (
    Graded,
    Value,
    Vote,
    acceptance_values,
    captcha_values,
    golden_values,
    majority_values,
    skipped_values,
    submit_time_values,
    training_values,
)
from hitl_assets.emulators.toloka.rules import pools_sharing
from hitl_assets.emulators.toloka.state import State

ACCEPTED, REVIEWED = "status = 'ACCEPTED'", "status IN ('ACCEPTED', 'REJECTED')"


def observe(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> dict[str, Value]:
    """The values that the collector's conditions look at."""
    if collector.type == "TRAINING":
        return _observe_training(state, pool, user_id)
    table, columns, condition = SEEN[collector.type]
    rows = _window(state, pool, user_id, collector, table, columns, condition)
    if collector.type == "GOLDEN_SET":
        return golden_values([Graded(row["kind"] == "GOLDEN", row["correct"]) for row in rows])
    if collector.type == "MAJORITY_VOTE":
        threshold = int(collector.parameters["answer_threshold"])
        return majority_values([Vote(row["votes"], row["top_votes"]) for row in rows], threshold)
    if collector.type == "ASSIGNMENT_SUBMIT_TIME":
        threshold = int(collector.parameters["fast_submit_threshold_seconds"])
        return submit_time_values([row["seconds"] for row in rows], threshold)
    if collector.type == "SKIPPED_IN_ROW_ASSIGNMENTS":
        return skipped_values([row["status"] for row in rows])
    if collector.type == "CAPTCHA":
        return captcha_values([bool(row["solved"]) for row in rows])
    if collector.type == "ACCEPTANCE_RATE":
        accepted = sum(row["status"] == "ACCEPTED" for row in rows)
        return acceptance_values(accepted, len(rows) - accepted)
    if collector.type == "INCOME":
        day_ago = stamp(state.clock.now() - state.clock.lasting(DAY))
        income = sum(Decimal(row["reward"]) for row in rows if row["accepted"] > day_ago)
        return {"income_sum_for_last_24_hours": float(income)}
    return {"assignments_accepted_count": len(rows)}


# Collector -> table, columns, which rows are observations.
SEEN = {
    "GOLDEN_SET": ("answers", "kind, correct", "correct IS NOT NULL"),
    "MAJORITY_VOTE": ("answers", "votes, top_votes", "votes IS NOT NULL"),
    "ASSIGNMENT_SUBMIT_TIME": ("assignments", "seconds", "submitted IS NOT NULL"),
    "SKIPPED_IN_ROW_ASSIGNMENTS": ("assignments", "status", "finished IS NOT NULL"),
    "CAPTCHA": ("captchas", "solved", "TRUE"),
    "ACCEPTANCE_RATE": ("assignments", "status", REVIEWED),
    "INCOME": ("assignments", "reward, accepted", ACCEPTED),
    "ANSWER_COUNT": ("assignments", "status", ACCEPTED),
}


def _window(
    state: State, pool: sqlite3.Row, user_id: str, collector: Collector, table: str, columns: str, condition: str
) -> list[sqlite3.Row]:
    """The worker's latest observations, newest first, with those of the pools that share the collector's history."""
    pools = pools_sharing(state, pool, user_id, collector)
    marks = ",".join("?" * len(pools))
    # Position breaks the tie between answers of one suite; suites have no position.
    order = "finished DESC" if table == "assignments" else "finished DESC, position DESC"
    start = start_of_history(state, user_id, collector, pool["id"])
    return state.store.all(
        f"SELECT {columns} FROM {table} WHERE user_id = ? AND pool_id IN ({marks}) AND {condition} "  # noqa: S608 - constants
        f"AND finished > ? ORDER BY {order} LIMIT ?",
        user_id, *pools, start, -1 if collector.history_size is None else collector.history_size,
    )  # fmt: skip


def _observe_training(state: State, pool: sqlite3.Row, user_id: str) -> dict[str, Value]:
    answers = state.store.all(
        "SELECT assignment_id, correct FROM answers WHERE user_id = ? AND pool_id = ? AND finished IS NOT NULL",
        user_id, pool["training_id"],
    )  # fmt: skip
    tasks = state.store.one("SELECT COUNT(*) AS count FROM tasks WHERE pool_id = ?", pool["training_id"])["count"]
    suites = {answer["assignment_id"] for answer in answers}
    return training_values(len(suites), [answer["correct"] for answer in answers], len(answers) < tasks)
