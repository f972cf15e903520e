"""A pool's answers as a tab-separated table, one row per task."""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import Any

from hitl_assets.emulators.toloka.calls import Call, Reply
from hitl_assets.emulators.toloka.errors import FieldErrors
from hitl_assets.emulators.toloka.pools import read_pool
from hitl_assets.emulators.toloka.projects import specification_of
from hitl_assets.emulators.toloka.state import State, load

STATUSES = {"APPROVED": "ACCEPTED"} | {
    status: status for status in ("ACTIVE", "SUBMITTED", "REJECTED", "SKIPPED", "EXPIRED")
}
FIELDS = {
    "ASSIGNMENT:link": lambda row: f"https://platform.toloka.ai/task/{row['pool_id']}/{row['assignment_id']}",
    "ASSIGNMENT:task_id": lambda row: row["task_id"],
    "ASSIGNMENT:assignment_id": lambda row: row["assignment_id"],
    "ASSIGNMENT:task_suite_id": lambda row: row["task_suite_id"],
    "ASSIGNMENT:worker_id": lambda row: row["user_id"],
    "ASSIGNMENT:status": lambda row: "APPROVED" if row["status"] == "ACCEPTED" else row["status"],
    "ASSIGNMENT:started": lambda row: row["created"],
    "ASSIGNMENT:submitted": lambda row: row["submitted"],
    "ASSIGNMENT:accepted": lambda row: row["accepted"],
    "ASSIGNMENT:reward": lambda row: row["reward"],
}
DEFAULT_FIELDS = (
    "ASSIGNMENT:link", "ASSIGNMENT:assignment_id", "ASSIGNMENT:worker_id", "ASSIGNMENT:status", "ASSIGNMENT:started",
)  # fmt: skip


def download_assignments(state: State, call: Call) -> Reply:
    """GET /new/requester/pools/{id}/assignments.tsv. An empty pool still has a header."""
    pool = read_pool(state, call.path["id"], None)
    statuses = _wanted(call, "status", ("APPROVED",), STATUSES)
    fields = _wanted(call, "field", DEFAULT_FIELDS, FIELDS)
    marks = ",".join("?" * len(statuses))
    banned = "AND assignments.user_id NOT IN (SELECT user_id FROM restrictions)" if call.flag("excludeBanned") else ""
    rows = state.store.all(
        "SELECT assignments.*, assignment_id, task_id, first_output, tasks.form FROM assignments "  # noqa: S608 - constants, values are bound
        f"JOIN answers ON assignment_id = assignments.id JOIN tasks ON tasks.id = task_id "
        f"WHERE assignments.pool_id = ? AND status IN ({marks}) "
        f"AND COALESCE(submitted, assignments.created) BETWEEN ? AND ? {banned} "
        "ORDER BY assignment_id, position",
        pool["id"], *(STATUSES[status] for status in statuses), call.query.get("startTimeFrom", ""),
        call.query.get("startTimeTo", "9999"),
    )  # fmt: skip
    return Reply(200, text=_table(rows, specification_of(state, pool), fields))


def _wanted(call: Call, name: str, default: tuple[str, ...], known: dict[str, Any]) -> tuple[str, ...]:
    values = tuple(value for value in call.query.get(name, "").split(",") if value) or default
    errors = FieldErrors()
    for value in values:
        if value not in known:
            errors.add(name, "UNKNOWN_ENUM_VALUE", f"{value} is none of {', '.join(known)}")
    errors.refuse()
    return values


def _table(rows: list[sqlite3.Row], specification: dict[str, Any], fields: tuple[str, ...]) -> str:
    inputs, outputs = list(specification["input_spec"]), list(specification["output_spec"])
    target = io.StringIO()
    writer = csv.writer(target, delimiter="\t", lineterminator="\n")
    header = [*(f"INPUT:{name}" for name in inputs), *(f"OUTPUT:{name}" for name in outputs)]
    writer.writerow([*header, *(f"GOLDEN:{name}" for name in outputs), "HINT:text", *fields])
    for row in rows:
        task = load(row["form"])
        answer = load(row["first_output"]) if row["first_output"] else {}
        golden = task["known_solutions"][0]["output_values"] if task.get("known_solutions") else {}
        values = [(task.get("input_values") or {}).get(name) for name in inputs]
        values += [answer.get(name) for name in outputs] + [golden.get(name) for name in outputs]
        writer.writerow(
            [
                *(_cell(value) for value in [*values, task.get("message_on_unknown_solution")]),
                *(FIELDS[field](row) for field in fields),
            ]
        )
    return target.getvalue()


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return str(value).lower() if isinstance(value, bool) else str(value)
