"""Assignments and the suites they are of: reading them, accepting, rejecting."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.answers.assessment import approve, refuse
from hitl_assets.emulators.toloka.answers.staying_behind import warn_of_staying_behind
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import FieldErrors, does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import MAX_LIMIT_OF_WORK, Listing
from hitl_assets.emulators.toloka.money.bonuses import bonuses_of
from hitl_assets.emulators.toloka.pools.archiving import check_in_use
from hitl_assets.emulators.toloka.quality.enforcement import OF_REVIEW, enforce
from hitl_assets.emulators.toloka.storage.state import OWNER, State, dump, load

TIMES = ("created", "submitted", "accepted", "rejected", "skipped", "expired")
ASSIGNMENTS = Listing(
    "assignments",
    {"status": "status", "pool_id": "pool_id", "task_suite_id": "task_suite_id", "user_id": "user_id"},
    ("id",),
    TIMES,
    choices={"status": ("ACTIVE", "SUBMITTED", "ACCEPTED", "REJECTED", "SKIPPED", "EXPIRED")},
    most=MAX_LIMIT_OF_WORK,
)
# Of a pool's assignments those of one worker or suite are few: the index of the pool would read all of them.
OF_FEW = replace(ASSIGNMENTS, equal={**ASSIGNMENTS.equal, "pool_id": "+pool_id"})


def list_assignments(state: State, call: Call) -> Reply:
    """GET /assignments. It needs the pool, the suite or the task."""
    query = dict(call.query)
    need_one_of(query, "pool_id", "task_suite_id", "task_id")
    fixed, values = _of_task(query)
    listing = OF_FEW if {"user_id", "task_suite_id"} & query.keys() else ASSIGNMENTS
    page = listing.page(state.store, query, lambda rows: assignment_views(state, rows), fixed, values)
    warn_of_staying_behind(state, query)
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
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
    check_in_use(pool)
    if status == "ACCEPTED":
        approve(state, assignment, comment)
    elif status == "REJECTED":
        refuse(state, assignment, comment)
    else:
        state.store.run("UPDATE assignments SET public_comment = ? WHERE id = ?", comment, assignment["id"])
    if status is not None:
        enforce(state, pool, assignment["user_id"], OF_REVIEW)
    return get_assignment(state, call)


def assignment_views(state: State, rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Assignments as the wire has them; `solutions[i]` answers `tasks[i]`."""
    answers, bonuses = answers_of(state, rows), bonuses_of(state, [row["id"] for row in rows])
    return [_view(row, answers[row["id"]], bonuses.get(row["id"], [])) for row in rows]


def _view(row: sqlite3.Row, answers: Sequence[sqlite3.Row], bonus_ids: Sequence[str]) -> dict[str, Any]:
    times = {name: row[name] for name in TIMES if row[name] is not None}
    view: dict[str, Any] = {
        "id": row["id"],
        "task_suite_id": row["task_suite_id"],
        "pool_id": row["pool_id"],
        "user_id": row["user_id"],
        "status": row["status"],
        "reward": float(Decimal(row["reward"])),
        "mixed": answers[0]["suite_id"] is None,
        "automerged": False,
        "owner": OWNER,
        "bonus_ids": bonus_ids,
        "tasks": [task_of(answer) for answer in answers],
        **times,
    }
    if row["submitted"] is not None:
        view["solutions"] = [{"output_values": load(answer["output"])} for answer in answers]
        if any(answer["first_output"] != answer["output"] for answer in answers):
            first = [{"output_values": load(answer["first_output"])} for answer in answers]
            view["first_declined_solution_attempt"] = first
    if row["simulated"] is not None:
        view["simulated"] = row["simulated"]
    if row["public_comment"] is not None:
        view["public_comment"] = row["public_comment"]
    return view


def task_of(answer: sqlite3.Row) -> dict[str, Any]:
    """The task of an answer as suites and assignments show it."""
    return {**load(answer["form"]), "id": answer["task_id"]}


def answers_of(state: State, rows: Sequence[sqlite3.Row]) -> dict[str, list[sqlite3.Row]]:
    """The answers of assignments with the forms of their tasks, by assignment."""
    found: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for answer in state.store.all(
        "SELECT answers.*, tasks.form, tasks.suite_id FROM json_each(?) AS wanted "
        "JOIN answers ON assignment_id = wanted.value JOIN tasks ON tasks.id = task_id "
        "ORDER BY assignment_id, position",
        dump([row["id"] for row in rows]),
    ):
        found[answer["assignment_id"]].append(answer)
    return found


def need_one_of(query: Mapping[str, str], *names: str) -> None:
    """400 if a list is asked for without the filters that it needs."""
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
