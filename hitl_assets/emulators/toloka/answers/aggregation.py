"""Aggregated solutions: asking for them by pool or by task, and reading them."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from hitl_assets.emulators.toloka.answers.solutions import (
    Solution,
    answers_seen,
    tasks_of,
    weigh_by_confusion,
    weigh_by_skill,
)
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import conflict, does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.http.pages import MAX_LIMIT_OF_WORK, Listing
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.projects.specification import closed_options
from hitl_assets.emulators.toloka.storage.state import State, dump, load

LISTING = Listing("aggregates", {}, ("task_id",), key="task_id", most=MAX_LIMIT_OF_WORK)
BY_SKILL, BY_CONFUSION = "WEIGHTED_DYNAMIC_OVERLAP", "DAWID_SKENE"
# A field with more different answers is free text, and a worker's confusions are a square of them.
MOST_OPTIONS = 100
NEVER = ("file", "coordinates", "json")


def aggregate_pool(state: State, call: Call) -> Reply:
    """POST /aggregated-solutions/aggregate-by-pool. The operation is finished when it is answered."""
    form = Form.of(call.body)
    kind = form.choice("type", (BY_SKILL, BY_CONFUSION), required=True)
    pool = _read_pool(state, form)
    options = _read_fields(state, form, pool)
    if kind == BY_CONFUSION:
        if len(options) > 1:
            form.refuse("fields", "ARRAY_SIZE_GREATER_THAN_MAX", "Dawid-Skene takes a single field", max=1)
        form.errors.refuse()
        solutions = weigh_by_confusion(state, tasks_of(state, pool["id"]), next(iter(options)))
    else:
        skill_id = _read_skill(state, form)
        form.errors.refuse()
        solutions = weigh_by_skill(state, tasks_of(state, pool["id"]), skill_id, options)
    operation = record(state, "SOLUTION.AGGREGATE", {"pool_id": pool["id"]})
    _keep(state, operation["id"], pool["id"], solutions)
    return Reply(202, operation)


def aggregate_task(state: State, call: Call) -> Reply:
    """POST /aggregated-solutions/aggregate-by-task. 409 if none of its answers is accepted."""
    form = Form.of(call.body)
    form.choice("type", (BY_SKILL,), required=True)
    pool = _read_pool(state, form)
    task_id = form.text("task_id", required=True)
    options, skill_id = _read_fields(state, form, pool), _read_skill(state, form)
    form.errors.refuse()
    task = state.store.maybe("SELECT id FROM tasks WHERE id = ? AND pool_id = ?", task_id, pool["id"])
    if task is None:
        raise does_not_exist(f"task of pool {pool['id']}", str(task_id))
    for solution in weigh_by_skill(state, iter([[task]]), skill_id, options):
        return Reply(200, _view(pool["id"], solution.task_id, solution.confidence, solution.outputs))
    raise conflict("CONFLICT_STATE", f"Task {task_id} has no accepted answer to aggregate")


def list_aggregates(state: State, call: Call) -> Reply:
    """GET /aggregated-solutions/{operation_id}."""
    operation = state.store.maybe("SELECT type FROM operations WHERE id = ?", call.path["id"])
    if operation is None or operation["type"] != "SOLUTION.AGGREGATE":
        raise does_not_exist("aggregation", call.path["id"])
    return Reply(200, LISTING.page(state.store, call.query, _views, "operation_id = ?", (call.path["id"],)))


def _read_pool(state: State, form: Form) -> sqlite3.Row:
    pool_id = form.text("pool_id", required=True)
    if pool_id is None:
        form.errors.refuse()
    return read_pool(state, str(pool_id))


def _read_skill(state: State, form: Form) -> str:
    skill_id = form.text("answer_weight_skill_id", required=True)
    if skill_id is not None and state.store.maybe("SELECT 1 FROM skills WHERE id = ?", skill_id) is None:
        form.refuse("answer_weight_skill_id", "ENTITY_DOES_NOT_EXIST", f"There is no skill {skill_id}")
    return str(skill_id)


def _read_fields(state: State, form: Form, pool: sqlite3.Row) -> dict[str, Sequence[Hashable]]:
    """The fields to aggregate, with their possible answers."""
    declared = specification_of(state, pool)["output_spec"]
    options: dict[str, Sequence[Hashable]] = {}
    for part in form.parts("fields"):
        name = part.text("name", required=True)
        if name is None:
            continue
        kind = declared.get(name, {}).get("type", "")
        if not kind:
            part.refuse("name", "ENTITY_DOES_NOT_EXIST", f"The project has no output field {name}")
        elif kind.startswith("array_") or kind in NEVER:
            part.refuse("name", "VALUE_NOT_ALLOWED", f"Fields of type {kind} cannot be aggregated")
        else:
            options[name] = _options(state, part, pool["id"], name, declared[name])
    if not form.values.get("fields"):
        form.refuse("fields", "VALUE_REQUIRED", "Name at least one output field")
    return options


def _options(state: State, part: Form, pool_id: str, name: str, declared: dict[str, Any]) -> Sequence[Hashable]:
    options = closed_options(declared)
    if options is None:
        options = tuple(answers_seen(state, pool_id, name, MOST_OPTIONS + 1))
    if len(options) > MOST_OPTIONS:
        part.refuse("name", "VALUE_NOT_ALLOWED", f"{name} has more than {MOST_OPTIONS} possible answers")
    return options


def _keep(state: State, operation_id: str, pool_id: str, solutions: Iterator[Solution]) -> None:
    state.store.run_many(
        "INSERT INTO aggregates VALUES (?, ?, ?, ?, ?)",
        ((operation_id, one.task_id, pool_id, one.confidence, dump(one.outputs)) for one in solutions),
    )


def _views(rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    return [_view(row["pool_id"], row["task_id"], row["confidence"], load(row["output"])) for row in rows]


def _view(pool_id: str, task_id: str, confidence: float, outputs: Any) -> dict[str, Any]:
    return {"pool_id": pool_id, "task_id": task_id, "confidence": confidence, "output_values": dict(outputs)}
