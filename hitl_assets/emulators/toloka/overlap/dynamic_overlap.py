"""Dynamic overlap: one answer more for tasks whose answers are not sure enough."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.toloka.messages.notifications import note_overlap_completed
from hitl_assets.emulators.toloka.overlap.confidence import Vote, estimate_confidence, quality_of_skill
from hitl_assets.emulators.toloka.overlap.dynamics import DynamicOverlap
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.projects.specification import closed_options
from hitl_assets.emulators.toloka.storage.state import State, load


@dataclass(frozen=True)
class Consensus:
    """What the answers to a task come to. `confidence`, 0 to 1, is that of the least certain field."""

    outputs: Mapping[str, Any]
    confidence: float
    assignments: tuple[str, ...]


def settle(state: State, pool: sqlite3.Row, dynamic: DynamicOverlap, tasks: Sequence[sqlite3.Row]) -> list[sqlite3.Row]:
    """Of tasks that have all their answers: those that need no more. The others get one more each."""
    options = _options(state, pool, dynamic.fields)
    settled = []
    for task in tasks:
        consensus = weigh_answers(state, task, dynamic.skill_id, options)
        if consensus.confidence < dynamic.confidence and task["overlap"] < dynamic.most:
            state.store.run("UPDATE tasks SET overlap = overlap + 1, remaining = 1 WHERE id = ?", task["id"])
        else:
            settled.append(task)
            note_overlap_completed(
                state, pool, task["id"], consensus.confidence, consensus.assignments, consensus.outputs
            )
    if len(settled) < len(tasks):
        # The last suite waits anew, as with tasks that are added.
        state.store.run("UPDATE pools SET tasks_added = ? WHERE id = ?", state.clock.now(), pool["id"])
    return settled


def weigh_answers(
    state: State, task: sqlite3.Row, skill_id: str, options: Mapping[str, Sequence[Hashable]]
) -> Consensus:
    """The answers to a task that are not rejected, by their workers' skill, after its baseline solutions."""
    rows = state.store.all(
        "SELECT assignment_id, output, exact_value FROM answers JOIN assignments ON assignments.id = assignment_id "
        "LEFT JOIN user_skills ON user_skills.user_id = answers.user_id AND skill_id = ? "
        "WHERE task_id = ? AND output IS NOT NULL AND status != 'REJECTED' ORDER BY assignment_id",
        skill_id, task["id"],
    )  # fmt: skip
    # What was known before the first worker answered.
    given = [
        (one["output_values"], float(one.get("confidence_weight", 1)))
        for one in load(task["form"]).get("baseline_solutions") or ()
    ]
    for row in rows:
        skill = None if row["exact_value"] is None else float(row["exact_value"])
        given.append((load(row["output"]), quality_of_skill(skill)))
    outputs, confidence = {}, 1.0
    for name, possible in options.items():
        votes = [Vote(output[name], quality) for output, quality in given if output.get(name) is not None]
        outputs[name], sure = estimate_confidence(votes, possible) if votes else (None, 0.0)
        confidence = min(confidence, sure)
    return Consensus(outputs, confidence, tuple(row["assignment_id"] for row in rows))


def _options(state: State, pool: sqlite3.Row, fields: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    declared = specification_of(state, pool)["output_spec"]
    return {name: closed_options(declared[name]) or () for name in fields if name in declared}
