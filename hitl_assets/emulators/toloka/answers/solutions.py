"""One answer per task out of the accepted ones: by the workers' skill, or by Dawid-Skene."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from hitl_assets.emulators.toloka.answers.dawid_skene import Votes, estimate_truth
from hitl_assets.emulators.toloka.overlap.confidence import Vote, estimate_confidence, quality_of_skill
from hitl_assets.emulators.toloka.storage.state import State, dump, load

TASKS_AT_ONCE = 1000
# An answer, and how much it counts.
Given = tuple[Mapping[str, Any], float]
KINDS = ("REAL", "GOLDEN", "TRAINING")


@dataclass(frozen=True)
class Solution:
    """A task's aggregated answer. `confidence` is that of the least certain field, 0 to 1."""

    task_id: str
    outputs: Mapping[str, Any]
    confidence: float


def weigh_by_skill(
    state: State, tasks: Iterator[list[sqlite3.Row]], skill_id: str, options: Mapping[str, Sequence[Hashable]]
) -> Iterator[Solution]:
    """The solutions of real tasks; `options` are the possible answers by field. Tasks without answers have none."""
    skills = state.store.all("SELECT user_id, exact_value FROM user_skills WHERE skill_id = ?", skill_id)
    values = {row["user_id"]: float(row["exact_value"]) for row in skills}
    for batch in tasks:
        baselines = _baselines(state, batch)
        for task_id, rows in groupby(_accepted(state, batch, ("REAL",)), key=lambda row: row["task_id"]):
            given = [(_outputs(row["first_output"]), quality_of_skill(values.get(row["user_id"]))) for row in rows]
            solution = _weigh(task_id, [*given, *baselines.get(task_id, ())], options)
            if solution is not None:
                yield solution


def weigh_by_confusion(state: State, tasks: Iterator[list[sqlite3.Row]], field: str) -> Iterator[Solution]:
    """The solutions of all kinds of tasks in one field, by Dawid-Skene."""
    names: tuple[dict[str, int], dict[str, int], dict[Any, int]] = ({}, {}, {})
    columns: tuple[list[int], list[int], list[int]] = ([], [], [])
    for batch in tasks:
        for row in _accepted(state, batch, KINDS):
            answer = _outputs(row["first_output"]).get(field)
            if answer is not None:
                for column, known, name in zip(columns, names, (row["task_id"], row["user_id"], answer), strict=True):
                    column.append(known.setdefault(name, len(known)))
    if not columns[0]:
        return
    chances = estimate_truth(Votes(*(np.array(column, dtype=np.intp) for column in columns)))
    labels = list(names[2])
    for task_id, row in zip(names[0], chances, strict=True):
        best = int(row.argmax())
        yield Solution(task_id, {field: labels[best]}, float(row[best]))


def tasks_of(state: State, pool_id: str) -> Iterator[list[sqlite3.Row]]:
    """A pool's tasks in the order of their ids, some at a time."""
    last = ""
    while rows := state.store.all(
        "SELECT id FROM tasks WHERE pool_id = ? AND id > ? ORDER BY id LIMIT ?", pool_id, last, TASKS_AT_ONCE
    ):
        yield rows
        last = rows[-1]["id"]


def answers_seen(state: State, pool_id: str, field: str, limit: int) -> list[Any]:
    """The different accepted answers that a pool has in a field, at most `limit` of them."""
    rows = state.store.all(
        "SELECT DISTINCT json_extract(first_output, ?) AS answer FROM assignments JOIN answers "
        "ON assignment_id = assignments.id WHERE assignments.pool_id = ? AND status = 'ACCEPTED' "
        "AND answer IS NOT NULL ORDER BY answer LIMIT ?",
        f'$."{field}"', pool_id, limit,
    )  # fmt: skip
    return [row["answer"] for row in rows]


def _accepted(state: State, tasks: Sequence[sqlite3.Row], kinds: Sequence[str]) -> list[sqlite3.Row]:
    # Training tasks are answered until they are right; what counts is what the worker said first.
    return state.store.all(
        "SELECT task_id, answers.user_id, first_output FROM json_each(?) AS wanted "
        "JOIN answers ON task_id = wanted.value JOIN assignments ON assignments.id = assignment_id "
        "WHERE status = 'ACCEPTED' AND kind IN (SELECT value FROM json_each(?)) ORDER BY task_id, assignment_id",
        dump([task["id"] for task in tasks]), dump(kinds),
    )  # fmt: skip


def _baselines(state: State, tasks: Sequence[sqlite3.Row]) -> dict[str, list[Given]]:
    """What was known of tasks before the first worker answered."""
    rows = state.store.all(
        "SELECT tasks.id, json_extract(form, '$.baseline_solutions') AS known FROM json_each(?) AS wanted "
        "JOIN tasks ON tasks.id = wanted.value WHERE known IS NOT NULL",
        dump([task["id"] for task in tasks]),
    )
    return {
        row["id"]: [(one["output_values"], _weight(one.get("confidence_weight"))) for one in load(row["known"])]
        for row in rows
    }


def _weight(given: float | None) -> float:
    return 1.0 if given is None else float(given)


@lru_cache(maxsize=4096)
def _outputs(text: str) -> Mapping[str, Any]:
    # Most answers are among a few: reading them again is what takes the time.
    outputs: Mapping[str, Any] = load(text)
    return outputs


def _weigh(task_id: str, given: Sequence[Given], options: Mapping[str, Sequence[Hashable]]) -> Solution | None:
    outputs, confidence = {}, 1.0
    for field, possible in options.items():
        votes = [Vote(output[field], quality) for output, quality in given if output.get(field) is not None]
        if votes:
            outputs[field], sure = estimate_confidence(votes, possible)
            confidence = min(confidence, sure)
    return Solution(task_id, outputs, confidence) if outputs else None
