"""What the collectors see of a worker: their latest observations, counted by the store."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.pools.configuration import DAY, Collector
from hitl_assets.emulators.toloka.quality.histories import start_of_history
from hitl_assets.emulators.toloka.quality.quality import (
    Tally,
    Value,
    acceptance_values,
    captcha_values,
    golden_values,
    majority_values,
    training_values,
)
from hitl_assets.emulators.toloka.quality.rules import pools_sharing
from hitl_assets.emulators.toloka.storage.state import State


def observe(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> dict[str, Value]:
    """The values that the collector's conditions look at."""
    if collector.type == "TRAINING":
        return _observe_training(state, pool, user_id)
    if collector.type == "SKIPPED_IN_ROW_ASSIGNMENTS":
        return _observe_skips(state, pool, user_id, collector)
    table, condition, sums = SEEN[collector.type]
    # One number per collector: what counts as a majority, what is fast, when income began to count.
    limit = float(collector.parameters.get(LIMITS.get(collector.type, "")) or 0)
    if collector.type == "INCOME":
        limit = state.clock.now() - DAY
    row = _count(state, pool, user_id, collector, table, condition, sums, limit)
    first, second = row["first"] or 0, row["second"] or 0
    if collector.type == "GOLDEN_SET":
        return golden_values(Tally(first, second), Tally(row["third"] or 0, row["fourth"] or 0))
    if collector.type == "MAJORITY_VOTE":
        return majority_values(Tally(first, second))
    if collector.type == "CAPTCHA":
        return captcha_values(Tally(first, second))
    if collector.type == "ACCEPTANCE_RATE":
        return acceptance_values(first, second)
    if collector.type == "INCOME":
        return {"income_sum_for_last_24_hours": first / MICRO}
    if collector.type == "ASSIGNMENT_SUBMIT_TIME":
        return {"total_submitted_count": first, "fast_submitted_count": second}
    return {"assignments_accepted_count": first}


MICRO = 1_000_000
LIMITS = {"MAJORITY_VOTE": "answer_threshold", "ASSIGNMENT_SUBMIT_TIME": "fast_submit_threshold_seconds"}
# Collector -> table, which rows are observations, what is counted over them; ?1 is the collector's number.
# Each has an index (schema.py) with all that is read here: workers may have thousands of observations.
SEEN = {
    "GOLDEN_SET": (
        "answers", "correct IS NOT NULL",
        "SUM(kind = 'GOLDEN') AS first, SUM(correct * (kind = 'GOLDEN')) AS second, "
        "SUM(kind != 'GOLDEN') AS third, SUM(correct * (kind != 'GOLDEN')) AS fourth",
    ),
    "MAJORITY_VOTE": (
        "answers", "votes IS NOT NULL",
        "SUM(top_votes >= ?1) AS first, SUM(top_votes >= ?1 AND votes >= ?1) AS second",
    ),
    "ASSIGNMENT_SUBMIT_TIME": (
        "assignments", "seconds IS NOT NULL", "COUNT(*) AS first, SUM(seconds < ?1) AS second"
    ),
    "CAPTCHA": ("captchas", "TRUE", "COUNT(*) AS first, SUM(solved) AS second"),
    "ACCEPTANCE_RATE": (
        "assignments", "status IN ('ACCEPTED', 'REJECTED')",
        "SUM(status = 'ACCEPTED') AS first, SUM(status = 'REJECTED') AS second",
    ),
    "INCOME": (
        # In millionths, as sums of fractions are not exact.
        "assignments", "status = 'ACCEPTED' AND reviewed_at > ?1",
        "SUM(CAST(ROUND(reward * 1000000) AS INTEGER)) AS first, 0 AS second",
    ),
    "ANSWER_COUNT": ("assignments", "status = 'ACCEPTED'", "COUNT(*) AS first, 0 AS second"),
}  # fmt: skip


def _count(
    state: State, pool: sqlite3.Row, user_id: str, collector: Collector, table: str, condition: str, sums: str,
    limit: float,
) -> sqlite3.Row:  # fmt: skip
    """Count over the worker's latest observations, in all pools that share the collector's history."""
    pools = pools_sharing(state, pool, user_id, collector)
    # Position breaks the tie between answers of one suite; suites have no position.
    order = "finished DESC" if table == "assignments" else "finished DESC, position DESC"
    size = "" if collector.history_size is None else f" ORDER BY {order} LIMIT {collector.history_size}"
    windows = " UNION ALL ".join(
        f"SELECT * FROM (SELECT * FROM {table} WHERE user_id = ?2 AND pool_id = ?{number} AND {condition} "  # noqa: S608 - constants and numbers
        f"AND finished > ?3{size})"
        for number in range(4, 4 + len(pools))
    )
    if len(pools) > 1:
        windows = f"SELECT * FROM ({windows}){size}"  # noqa: S608 - as above
    start = start_of_history(state, user_id, collector, pool["id"])
    return state.store.one(f"SELECT {sums} FROM ({windows})", limit, user_id, start, *pools)  # noqa: S608 - as above


def _observe_skips(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> dict[str, Value]:
    """How many suites the worker skipped since the last one that they did not skip."""
    of_worker = "FROM assignments WHERE user_id = ?1 AND pool_id = ?2 AND finished IS NOT NULL"
    row = state.store.one(
        f"SELECT COUNT(*) AS count {of_worker} AND finished > ?3 AND finished > COALESCE("
        f"(SELECT finished {of_worker} AND status != 'SKIPPED' ORDER BY finished DESC LIMIT 1), 0)",
        user_id, pool["id"], start_of_history(state, user_id, collector, pool["id"]),
    )  # fmt: skip
    return {"skipped_in_row_count": row["count"]}


def _observe_training(state: State, pool: sqlite3.Row, user_id: str) -> dict[str, Value]:
    row = state.store.one(
        "SELECT COUNT(DISTINCT assignment_id) AS suites, COUNT(*) AS answers, SUM(correct) AS correct, "
        "(SELECT COUNT(*) FROM tasks WHERE pool_id = ?2) AS tasks "
        "FROM answers WHERE user_id = ?1 AND pool_id = ?2 AND finished IS NOT NULL",
        user_id, pool["training_id"],
    )  # fmt: skip
    return training_values(row["suites"], Tally(row["answers"], row["correct"] or 0), row["answers"] < row["tasks"])
