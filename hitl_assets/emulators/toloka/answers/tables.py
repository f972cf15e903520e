"""A pool's answers as a tab-separated table, one row per task."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hitl_assets.emulators.toloka.answers.assignments import answers_of
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import FieldErrors
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.clock import bound
from hitl_assets.emulators.toloka.storage.state import State, load

# Assignments that are read at a time: a table of any length takes the memory of so many.
CHUNK = 500
STATUSES = {"APPROVED": "ACCEPTED"} | {
    status: status for status in ("ACTIVE", "SUBMITTED", "REJECTED", "SKIPPED", "EXPIRED")
}
FIELDS: dict[str, Callable[[sqlite3.Row, str], Any]] = {
    "ASSIGNMENT:link": lambda row, task_id: f"https://platform.toloka.ai/task/{row['pool_id']}/{row['id']}",
    "ASSIGNMENT:task_id": lambda row, task_id: task_id,
    "ASSIGNMENT:assignment_id": lambda row, task_id: row["id"],
    "ASSIGNMENT:task_suite_id": lambda row, task_id: row["task_suite_id"],
    "ASSIGNMENT:worker_id": lambda row, task_id: row["user_id"],
    "ASSIGNMENT:status": lambda row, task_id: "APPROVED" if row["status"] == "ACCEPTED" else row["status"],
    "ASSIGNMENT:started": lambda row, task_id: row["created"],
    "ASSIGNMENT:submitted": lambda row, task_id: row["submitted"],
    "ASSIGNMENT:accepted": lambda row, task_id: row["accepted"],
    "ASSIGNMENT:rejected": lambda row, task_id: row["rejected"],
    "ASSIGNMENT:skipped": lambda row, task_id: row["skipped"],
    "ASSIGNMENT:expired": lambda row, task_id: row["expired"],
    "ASSIGNMENT:reward": lambda row, task_id: row["reward"],
}
DEFAULT_FIELDS = (
    "ASSIGNMENT:link", "ASSIGNMENT:assignment_id", "ASSIGNMENT:worker_id", "ASSIGNMENT:status", "ASSIGNMENT:started",
)  # fmt: skip
PARAMETERS = ("status", "field", "startTimeFrom", "startTimeTo", "excludeBanned", "addRowDelimiter")


def download_assignments(state: State, call: Call) -> Reply:
    """GET /new/requester/pools/{id}/assignments.tsv. An empty pool still has a header.

    The table is read while it is sent. Who asks while people work may get answers that came in meanwhile.
    """
    pool = read_pool(state, call.path["id"], None)
    errors = FieldErrors()
    for name in call.query.keys() - set(PARAMETERS):
        errors.add(name, "VALUE_NOT_ALLOWED", "Unknown parameter")
    statuses = _wanted(errors, call, "status", ("APPROVED",), STATUSES)
    fields = _wanted(errors, call, "field", DEFAULT_FIELDS, FIELDS)
    times = tuple(_time(errors, call, *bounds) for bounds in (("startTimeFrom", "gte"), ("startTimeTo", "lte")))
    errors.refuse()
    rows = _rows(state, pool, tuple(STATUSES[status] for status in statuses), times, call.flag("excludeBanned"))
    return Reply(200, chunks=_table(state, rows, specification_of(state, pool), fields, call.flag("addRowDelimiter")))


def _wanted(
    errors: FieldErrors, call: Call, name: str, default: tuple[str, ...], known: Mapping[str, Any]
) -> tuple[str, ...]:
    values = tuple(value for value in call.query.get(name, "").split(",") if value) or default
    for value in values:
        if value not in known:
            errors.add(name, "UNKNOWN_ENUM_VALUE", f"{value} is none of {', '.join(known)}")
    return values


def _time(errors: FieldErrors, call: Call, name: str, operator: str) -> str:
    text = call.query.get(name)
    if text is None:
        return "" if operator == "gte" else "9999"
    try:
        return bound(text, operator)
    except ValueError:
        errors.add(name, "INVALID_DATE_TIME_SYNTAX", f"{text!r} is not an ISO date and time")
        return ""


def _rows(
    state: State, pool: sqlite3.Row, statuses: tuple[str, ...], times: tuple[str, ...], without_banned: bool
) -> Iterator[list[sqlite3.Row]]:
    """The pool's assignments in the order of their ids, some at a time."""
    marks = ",".join("?" * len(statuses))
    # Who is banned is asked now, not when the answer came: bans do not reject past work.
    banned = (
        "AND user_id NOT IN (SELECT user_id FROM restrictions WHERE (will_expire IS NULL OR will_expire > ?) AND "
        "(scope IN ('ALL_PROJECTS', 'SYSTEM') OR (scope = 'PROJECT' AND project_id = ?) OR pool_id = ?))"
    )
    values = (state.clock.stamp(), pool["project_id"], pool["id"]) if without_banned else ()
    sql = (
        f"SELECT * FROM assignments WHERE pool_id = ? AND id > ? AND status IN ({marks}) "  # noqa: S608 - constants, values are bound
        f"AND COALESCE(submitted, created) BETWEEN ? AND ? {banned if without_banned else ''} ORDER BY id LIMIT {CHUNK}"
    )
    last = ""
    while rows := state.store.all(sql, pool["id"], last, *statuses, *times, *values):
        yield rows
        last = rows[-1]["id"]


def _table(
    state: State,
    chunks: Iterator[list[sqlite3.Row]],
    specification: Mapping[str, Any],
    fields: tuple[str, ...],
    has_gaps: bool,
) -> Iterator[str]:
    inputs, outputs = specification["input_spec"], specification["output_spec"]
    titles = [*(f"INPUT:{name}" for name in inputs), *(f"OUTPUT:{name}" for name in outputs)]
    titles += [*(f"GOLDEN:{name}" for name in outputs), "HINT:text", *fields]
    yield _line(titles)
    for rows in chunks:
        answers = answers_of(state, rows)
        lines = []
        for row in rows:
            for answer in answers[row["id"]]:
                known = [FIELDS[field](row, answer["task_id"]) for field in fields]
                lines.append(_line([*_cells(answer, inputs, outputs), *known]))
            if has_gaps:
                lines.append("\n")
        yield "".join(lines)


def _cells(answer: sqlite3.Row, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> list[Any]:
    task = load(answer["form"])
    # Of a training task the first answer counts, not the one after the hint.
    given = load(answer["first_output"]) if answer["first_output"] else {}
    golden = task["known_solutions"][0]["output_values"] if task.get("known_solutions") else {}
    values = [(task.get("input_values") or {}).get(name) for name in inputs]
    values += [given.get(name) for name in outputs] + [golden.get(name) for name in outputs]
    return [*values, task.get("message_on_unknown_solution")]


def _line(values: list[Any]) -> str:
    return "\t".join(_quoted(_text(value)) for value in values) + "\n"


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(one.replace("\\", "\\\\").replace(",", "\\,") for one in value)
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    if any(sign in text for sign in '\t"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
