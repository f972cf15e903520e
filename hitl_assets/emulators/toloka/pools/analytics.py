"""Numbers about a pool, as an operation whose details hold them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.money.billing import count_suites
from hitl_assets.emulators.toloka.overlap.demand import asking, asking_per_suite
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.storage.clock import parse, stamp
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of

Metric = Callable[[State, sqlite3.Row, dict[str, Any]], Any]


def analyze(state: State, call: Call) -> Reply:
    """POST /analytics-2: a list of `{name, subject, subject_id}`."""
    if not isinstance(call.body, list) or not call.body:
        raise ApiError(400, "VALIDATION_ERROR", "The body must be a list of requests, and not empty", {})
    values = [_result(state, request) for request in call.body]
    return Reply(202, record(state, "ANALYTICS", {"value": call.body}, {"value": values}))


def _result(state: State, request: Any) -> dict[str, Any]:
    form = Form.of(request)
    name = form.choice("name", tuple(METRICS), required=True)
    form.choice("subject", ("POOL",), required=True)
    pool_id = form.text("subject_id", required=True)
    form.whole("interval_hours", 1, 24 * 365)
    form.errors.refuse()
    pool = read_pool(state, str(pool_id), None)
    return {"request": request, "result": METRICS[str(name)](state, pool, request), "finished": state.clock.stamp()}


def _count(condition: str) -> Metric:
    def count(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> int:
        sql = f"SELECT COUNT(*) AS count FROM assignments WHERE pool_id = ? AND {condition}"  # noqa: S608 - constants
        return int(state.store.one(sql, pool["id"])["count"])

    return count


def _real_tasks(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> int:
    row = state.store.one("SELECT COUNT(*) AS count FROM tasks WHERE pool_id = ? AND kind = 'REAL'", pool["id"])
    return int(row["count"])


def _completion(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> dict[str, Any]:
    asked = asking(configuration_of(pool).mixer)
    row = state.store.one(
        f"SELECT (SELECT SUM(overlap) FROM tasks WHERE pool_id = ?1 AND {asked}) AS wanted, "  # noqa: S608 - one of two constants
        f"(SELECT COUNT(*) FROM answers WHERE pool_id = ?1 AND {asked} AND output IS NOT NULL) AS given, "
        f"EXISTS (SELECT 1 FROM tasks WHERE pool_id = ?1 AND {asked} AND overlap IS NULL) AS infinite",
        pool["id"],
    )
    percentage = 100 * row["given"] // row["wanted"] if row["wanted"] else 0
    return {"type": "NORMAL", "value": min(percentage, 100), "infinite": bool(row["infinite"]), "approximate": False}


def _average_time(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> float | None:
    row = state.store.one("SELECT AVG(seconds) AS seconds FROM assignments WHERE pool_id = ?", pool["id"])
    return None if row["seconds"] is None else round(row["seconds"] * 1000)


def _spent(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> float:
    """Without the fee, as toloka-kit documents it."""
    rows = state.store.all(
        "SELECT reward, COUNT(*) AS count FROM assignments WHERE pool_id = ? AND status = 'ACCEPTED' GROUP BY reward",
        pool["id"],
    )
    return float(sum((Decimal(row["reward"]) * row["count"] for row in rows), Decimal(0)))


def _workers(condition: str) -> Metric:
    def count(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> int:
        sql = f"SELECT COUNT(DISTINCT user_id) AS count FROM assignments WHERE pool_id = ? AND {condition}"  # noqa: S608 - constants
        return int(state.store.one(sql, pool["id"])["count"])

    return count


def _active_workers(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> int:
    # Everybody who did something in the pool in the last hours. People who only look at it are not simulated.
    hours = float(request.get("interval_hours") or 1)
    since = stamp((parse(state.clock.stamp()) - timedelta(hours=hours)).timestamp())
    row = state.store.one(
        "SELECT COUNT(DISTINCT user_id) AS count FROM assignments "
        "WHERE pool_id = ? AND COALESCE(submitted, created) >= ?",
        pool["id"], since,
    )  # fmt: skip
    return int(row["count"])


def _estimated_assignments(state: State, pool: sqlite3.Row, request: dict[str, Any]) -> int:
    mixer = configuration_of(pool).mixer
    if mixer is None:
        row = state.store.one("SELECT COALESCE(SUM(overlap), 0) AS count FROM suites WHERE pool_id = ?", pool["id"])
        return int(row["count"])
    asked = asking(mixer)
    rows = state.store.all(
        f"SELECT overlap, COUNT(*) AS count FROM tasks WHERE pool_id = ? AND {asked} AND overlap IS NOT NULL "  # noqa: S608 - one of two constants
        "GROUP BY overlap",
        pool["id"],
    )
    return count_suites({row["overlap"]: row["count"] for row in rows}, asking_per_suite(mixer))


METRICS: dict[str, Metric] = {
    "real_tasks_count": _real_tasks,
    "submitted_assignments_count": _count("status IN ('SUBMITTED', 'ACCEPTED', 'REJECTED')"),
    "skipped_assignments_count": _count("status = 'SKIPPED'"),
    "rejected_assignments_count": _count("status = 'REJECTED'"),
    "approved_assignments_count": _count("status = 'ACCEPTED'"),
    "completion_percentage": _completion,
    "avg_submit_assignment_millis": _average_time,
    "spent_budget": _spent,
    "unique_workers_count": _workers("TRUE"),
    "unique_submitters_count": _workers("submitted IS NOT NULL"),
    "active_workers_by_filter_count": _active_workers,
    "estimated_assignments_count": _estimated_assignments,
}
