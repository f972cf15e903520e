"""Quality control at work: a worker's observations from the store, and what the rules do about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from decimal import Decimal

from hitl_assets.emulators.toloka.clock import stamp
from hitl_assets.emulators.toloka.configuration import DAY, Collector, Rule, pool_configuration, project_collectors
from hitl_assets.emulators.toloka.quality import (
    Graded,
    Vote,
    acceptance_values,
    golden_values,
    holds,
    majority_values,
    skipped_values,
    submit_time_values,
)
from hitl_assets.emulators.toloka.restrictions import restrict
from hitl_assets.emulators.toloka.review import accept, reject
from hitl_assets.emulators.toloka.skills import set_skill
from hitl_assets.emulators.toloka.state import State

UNITS = {"MINUTES": 60.0, "HOURS": 3600.0, "DAYS": DAY}
# The last moment that a date can name.
END_OF_TIME = 253_402_300_799.0


def enforce(state: State, pool: sqlite3.Row, user_id: str, only: Iterable[str] = ()) -> None:
    """Look at a worker's observations after an event in a pool, and take the actions whose rules hold."""
    for collector in rules_of(state, pool):
        if only and collector.type not in only:
            continue
        values = _values(state, pool, user_id, collector)
        for rule in collector.rules:
            if holds(rule, values):
                _act(state, pool, user_id, rule, values)


def rules_of(state: State, pool: sqlite3.Row) -> tuple[Collector, ...]:
    """The pool's collectors and those of its project."""
    project = state.store.one("SELECT form FROM projects WHERE id = ?", pool["project_id"])
    return pool_configuration(pool["form"]).collectors + project_collectors(project["form"])


def _values(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> dict[str, float]:
    if collector.type == "GOLDEN_SET":
        rows = _window(state, pool, user_id, collector, "answers", "kind, correct", "correct IS NOT NULL")
        return golden_values([Graded(row["kind"] == "GOLDEN", row["correct"]) for row in rows])
    if collector.type == "MAJORITY_VOTE":
        rows = _window(state, pool, user_id, collector, "answers", "votes, top_votes", "votes IS NOT NULL")
        threshold = int(collector.parameters["answer_threshold"])
        return majority_values([Vote(row["votes"], row["top_votes"]) for row in rows], threshold)
    if collector.type == "ASSIGNMENT_SUBMIT_TIME":
        rows = _window(state, pool, user_id, collector, "assignments", "seconds", "submitted IS NOT NULL")
        threshold = int(collector.parameters["fast_submit_threshold_seconds"])
        return submit_time_values([row["seconds"] for row in rows], threshold)
    if collector.type == "SKIPPED_IN_ROW_ASSIGNMENTS":
        rows = _window(state, pool, user_id, collector, "assignments", "status", "finished IS NOT NULL")
        return skipped_values([row["status"] for row in rows])
    return _values_of_review(state, pool, user_id, collector)


def _values_of_review(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> dict[str, float]:
    rows = _window(
        state, pool, user_id, collector, "assignments", "status, reward, accepted", "status IN ('ACCEPTED', 'REJECTED')"
    )
    accepted = [row for row in rows if row["status"] == "ACCEPTED"]
    if collector.type == "ACCEPTANCE_RATE":
        return acceptance_values(len(accepted), len(rows) - len(accepted))
    if collector.type == "INCOME":
        day_ago = stamp(state.clock.now() - state.clock.lasting(DAY))
        income = sum(Decimal(row["reward"]) for row in accepted if row["accepted"] > day_ago)
        return {"income_sum_for_last_24_hours": float(income)}
    return {"assignments_accepted_count": len(accepted)}


def _window(
    state: State, pool: sqlite3.Row, user_id: str, collector: Collector, table: str, columns: str, condition: str
) -> list[sqlite3.Row]:
    """The worker's latest observations, newest first. With a history size they come from all pools that have one."""
    size = collector.history_size
    pools = [pool["id"]] if size is None else _pools_with_history(state, pool, collector.type)
    marks = ",".join("?" * len(pools))
    # Position breaks the tie between answers of one suite; suites have no position.
    order = "finished DESC, position DESC" if table == "answers" else "finished DESC"
    return state.store.all(
        f"SELECT {columns} FROM {table} WHERE user_id = ? AND pool_id IN ({marks}) AND {condition} "  # noqa: S608 - constants
        f"AND finished > ? ORDER BY {order} LIMIT ?",
        user_id, *pools, _start_of_history(state, pool, user_id), -1 if size is None else size,
    )  # fmt: skip


def _pools_with_history(state: State, pool: sqlite3.Row, kind: str) -> list[str]:
    rows = state.store.all(
        "SELECT DISTINCT pools.* FROM pools WHERE project_id = ? AND type = 'REGULAR'", pool["project_id"]
    )
    return [
        row["id"]
        for row in rows
        if any(one.type == kind and one.history_size is not None for one in rules_of(state, row))
    ]


def _start_of_history(state: State, pool: sqlite3.Row, user_id: str) -> int:
    """After a temporary ban a worker starts with an empty history: the number of the last suite before it ended."""
    row = state.store.one(
        "SELECT COALESCE(MAX(finished), 0) AS number FROM assignments WHERE user_id = ?1 AND finished IS NOT NULL AND "
        "COALESCE(submitted, skipped, expired) <= (SELECT MAX(will_expire) FROM restrictions WHERE user_id = ?1 "
        "AND will_expire <= ?2 AND (scope = 'ALL_PROJECTS' OR project_id = ?3 OR pool_id = ?4))",
        user_id, state.clock.stamp(), pool["project_id"], pool["id"],
    )  # fmt: skip
    return int(row["number"])


def _act(state: State, pool: sqlite3.Row, user_id: str, rule: Rule, values: dict[str, float]) -> None:
    parameters = rule.parameters
    if rule.action in ("RESTRICTION", "RESTRICTION_V2"):
        restrict(state, user_id, parameters["scope"], pool, parameters.get("private_comment"), _ban_end(state, rule))
    elif rule.action == "SET_SKILL":
        set_skill(state, parameters["skill_id"], user_id, Decimal(str(parameters["skill_value"])))
    elif rule.action == "SET_SKILL_FROM_OUTPUT_FIELD":
        if parameters["from_field"] in values:
            set_skill(state, parameters["skill_id"], user_id, Decimal(str(values[parameters["from_field"]])))
    else:
        _review_all(state, pool, user_id, rule)


def _ban_end(state: State, rule: Rule) -> float | None:
    days = rule.parameters.get("duration_days")
    unit, count = rule.parameters.get("duration_unit"), rule.parameters.get("duration")
    if days is not None:
        unit, count = "DAYS", days
    if unit in (None, "PERMANENT") or count is None:
        return None
    return min(state.clock.now() + state.clock.lasting(UNITS[unit] * count), END_OF_TIME)


def _review_all(state: State, pool: sqlite3.Row, user_id: str, rule: Rule) -> None:
    waiting = state.store.all(
        "SELECT * FROM assignments WHERE pool_id = ? AND user_id = ? AND status = 'SUBMITTED'", pool["id"], user_id
    )
    for assignment in waiting:
        if rule.action == "APPROVE_ALL_ASSIGNMENTS":
            accept(state, assignment)
        else:
            reject(state, assignment, rule.parameters.get("public_comment"))
