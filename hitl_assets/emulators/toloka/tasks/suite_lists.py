"""Reading task suites: those that the requester grouped, and those that the server mixed for one worker each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from hitl_assets.emulators.toloka.answers.assignments import answers_of, need_one_of, task_of
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.http.pages import MAX_LIMIT_OF_WORK, Listing
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.suites import suite_views

BY_HAND = Listing(
    "suites", {"pool_id": "pool_id", "overlap": "overlap"}, ("id", "overlap"), ("created",), numbers=("overlap",),
    most=MAX_LIMIT_OF_WORK,
)  # fmt: skip
# A mixed suite is an assignment's, so it has no table of its own. Its overlap is one.
MIXED = Listing(
    "(SELECT *, 1 AS overlap FROM assignments)", {"pool_id": "pool_id", "overlap": "overlap"}, ("id", "overlap"),
    ("created",), key="task_suite_id", numbers=("overlap",), most=MAX_LIMIT_OF_WORK,
)  # fmt: skip


def list_suites(state: State, call: Call) -> Reply:
    """GET /task-suites. It needs the pool or a task."""
    query = dict(call.query)
    need_one_of(query, "pool_id", "task_id")
    task_id = query.pop("task_id", None)
    if _is_by_hand(state, query.get("pool_id"), task_id):
        fixed = "" if task_id is None else "id = (SELECT suite_id FROM tasks WHERE id = ?)"
        page = BY_HAND.page(state.store, query, lambda rows: suite_views(state, rows), fixed, _values(task_id))
    else:
        fixed, values = _mixed_condition(query, task_id)
        page = MIXED.page(state.store, query, lambda rows: _mixed_views(state, rows), fixed, values)
    return Reply(200, page)


def get_suite(state: State, call: Call) -> Reply:
    """GET /task-suites/{id}."""
    suite_id = call.path["id"]
    row = state.store.maybe("SELECT * FROM suites WHERE id = ?", suite_id)
    if row is not None:
        return Reply(200, suite_views(state, [row])[0])
    row = state.store.maybe("SELECT * FROM assignments WHERE task_suite_id = ?", suite_id)
    if row is None:
        raise does_not_exist("task suite", suite_id)
    return Reply(200, _mixed_views(state, [row])[0])


def _mixed_condition(query: dict[str, str], task_id: str | None) -> tuple[str, tuple[str, ...]]:
    if task_id is not None:
        return "id IN (SELECT assignment_id FROM answers WHERE task_id = ?)", (task_id,)
    pool_id = query.pop("pool_id")
    prefix = f"{int(pool_id):010x}--" if pool_id.isdecimal() else pool_id
    # By their ids, which start with the pool's: so every page is found by the index that has their order.
    return "task_suite_id BETWEEN ? AND ?", (prefix, prefix + "~")


def _values(task_id: str | None) -> tuple[str, ...]:
    return () if task_id is None else (task_id,)


def _is_by_hand(state: State, pool_id: str | None, task_id: str | None) -> bool:
    if task_id is not None:
        row = state.store.maybe("SELECT suite_id FROM tasks WHERE id = ?", task_id)
        return row is not None and row["suite_id"] is not None
    return state.store.maybe("SELECT 1 FROM suites WHERE pool_id = ?", pool_id) is not None


def _mixed_views(state: State, rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    answers = answers_of(state, rows)
    return [
        {
            "id": row["task_suite_id"],
            "pool_id": row["pool_id"],
            "tasks": [task_of(answer) for answer in answers[row["id"]]],
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
