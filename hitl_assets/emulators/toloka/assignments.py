"""Assignments and the suites they are of: reading them, accepting, rejecting."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.calls import Call, Reply
from hitl_assets.emulators.toloka.enforcement import enforce
from hitl_assets.emulators.toloka.errors import FieldErrors, does_not_exist
from hitl_assets.emulators.toloka.forms import Form
from hitl_assets.emulators.toloka.pages import Listing
from hitl_assets.emulators.toloka.review import accept, reject
from hitl_assets.emulators.toloka.state import OWNER, State, dump, load

TIMES = ("created", "submitted", "accepted", "rejected", "skipped", "expired")
ASSIGNMENTS = Listing(
    "assignments",
    {"status": "status", "pool_id": "pool_id", "task_suite_id": "task_suite_id", "user_id": "user_id"},
    ("id",),
    TIMES,
)
SUITES = Listing("assignments", {"pool_id": "pool_id"}, ("id",), ("created",), key="task_suite_id")


def list_assignments(state: State, call: Call) -> Reply:
    """GET /assignments. It needs the pool, the suite or the task."""
    query = dict(call.query)
    _need_one_of(query, "pool_id", "task_suite_id", "task_id")
    fixed, values = _of_task(query)
    page = ASSIGNMENTS.page(state.store, query, lambda rows: assignment_views(state, rows), fixed, values)
    return Reply(200, page)


def get_assignment(state: State, call: Call) -> Reply:
    """GET /assignments/{id}."""
    return Reply(200, assignment_views(state, [_read(state, call.path["id"])])[0])


def patch_assignment(state: State, call: Call) -> Reply:
    """PATCH /assignments/{id}: accept, reject, or change the comment."""
    assignment, form = _read(state, call.path["id"]), Form.of(call.body)
    status = form.choice("status", ("ACCEPTED", "REJECTED"))
    comment = form.text("public_comment", required=status == "REJECTED")
    form.errors.refuse()
    if status == "ACCEPTED":
        accept(state, assignment, comment)
    elif status == "REJECTED":
        reject(state, assignment, comment)
    else:
        state.store.run("UPDATE assignments SET public_comment = ? WHERE id = ?", comment, assignment["id"])
    if status is not None:
        pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
        enforce(state, pool, assignment["user_id"], ("ACCEPTANCE_RATE", "ANSWER_COUNT", "INCOME"))
    return get_assignment(state, call)


def list_suites(state: State, call: Call) -> Reply:
    """GET /task-suites: the suites that were mixed, one per assignment."""
    query = dict(call.query)
    _need_one_of(query, "pool_id", "task_id")
    fixed, values = _of_task(query)
    # The suites' ids and those of their assignments are made in pairs, so one order serves both.
    return Reply(200, SUITES.page(state.store, query, lambda rows: _suite_views(state, rows), fixed, values))


def get_suite(state: State, call: Call) -> Reply:
    """GET /task-suites/{id}."""
    row = state.store.maybe("SELECT * FROM assignments WHERE task_suite_id = ?", call.path["id"])
    if row is None:
        raise does_not_exist("task suite", call.path["id"])
    return Reply(200, _suite_views(state, [row])[0])


def assignment_views(state: State, rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Assignments as the wire has them; `solutions[i]` answers `tasks[i]`."""
    answers = _answers_of(state, rows)
    return [_view(row, answers[row["id"]]) for row in rows]


def _view(row: sqlite3.Row, answers: Sequence[sqlite3.Row]) -> dict[str, Any]:
    times = {name: row[name] for name in TIMES if row[name] is not None}
    view: dict[str, Any] = {
        "id": row["id"],
        "task_suite_id": row["task_suite_id"],
        "pool_id": row["pool_id"],
        "user_id": row["user_id"],
        "status": row["status"],
        "reward": float(Decimal(row["reward"])),
        "mixed": True,
        "automerged": False,
        "owner": OWNER,
        "tasks": [_task(answer) for answer in answers],
        **times,
    }
    if row["submitted"] is not None:
        view["solutions"] = [{"output_values": load(answer["output"])} for answer in answers]
        if any(answer["first_output"] != answer["output"] for answer in answers):
            first = [{"output_values": load(answer["first_output"])} for answer in answers]
            view["first_declined_solution_attempt"] = first
    if row["public_comment"] is not None:
        view["public_comment"] = row["public_comment"]
    return view


def _task(answer: sqlite3.Row) -> dict[str, Any]:
    return {**load(answer["form"]), "id": answer["task_id"]}


def _suite_views(state: State, rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    answers = _answers_of(state, rows)
    return [
        {
            "id": row["task_suite_id"],
            "pool_id": row["pool_id"],
            "tasks": [_task(answer) for answer in answers[row["id"]]],
            "overlap": 1,
            "infinite_overlap": False,
            "remaining_overlap": 0,
            "issuing_order_override": 0,
            "mixed": True,
            "automerged": False,
            "created": row["created"],
        }
        for row in rows
    ]


def _answers_of(state: State, rows: Sequence[sqlite3.Row]) -> dict[str, list[sqlite3.Row]]:
    found: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for answer in state.store.all(
        "SELECT answers.*, tasks.form FROM json_each(?) AS wanted JOIN answers ON assignment_id = wanted.value "
        "JOIN tasks ON tasks.id = task_id ORDER BY assignment_id, position",
        dump([row["id"] for row in rows]),
    ):
        found[answer["assignment_id"]].append(answer)
    return found


def _need_one_of(query: dict[str, str], *names: str) -> None:
    errors = FieldErrors()
    if not set(names) & query.keys():
        errors.add(names[0], "VALUE_REQUIRED", f"Give one of {', '.join(names)}")
    errors.refuse()


def _of_task(query: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    task_id = query.pop("task_id", None)
    if task_id is None:
        return "", ()
    return "id IN (SELECT assignment_id FROM answers WHERE task_id = ?)", (task_id,)


def _read(state: State, assignment_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM assignments WHERE id = ?", assignment_id)
    if row is None:
        raise does_not_exist("assignment", assignment_id)
    return row
