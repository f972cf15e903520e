"""A person's work: taking a suite, answering it, giving it back. Every function is a part of one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.toloka.admission.admission import Standing, standing_of
from hitl_assets.emulators.toloka.admission.training_results import result_of
from hitl_assets.emulators.toloka.answers.answering import drop, grade, submit
from hitl_assets.emulators.toloka.faults.incidents import hold_back
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.people.files import keep_only
from hitl_assets.emulators.toloka.people.pages.questionnaires import Questionnaire
from hitl_assets.emulators.toloka.people.workers import profile_of
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.clock import parse
from hitl_assets.emulators.toloka.storage.state import State, dump, load
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of, issue
from hitl_assets.emulators.toloka.workers.users import remember_user


@dataclass(frozen=True)
class Question:
    """A task as it is asked. `hint` is what a training task tells whoever answers it wrong."""

    inputs: Mapping[str, Any]
    kind: str
    known: Sequence[Mapping[str, Any]] = ()
    hint: str | None = None

    def is_wrong(self, output: Mapping[str, Any]) -> bool:
        """Whether a worker has to answer again: only in training."""
        return self.kind == "TRAINING" and bool(self.known) and not grade(self.known, output)


@dataclass(frozen=True)
class Desk:
    """What a worker has before them: an assignment, its pool, its tasks and how they are shown."""

    assignment: sqlite3.Row
    pool: sqlite3.Row
    questions: Sequence[Question]
    questionnaire: Questionnaire


def active_assignment(state: State, pool_id: str, user_id: str) -> str | None:
    """The suite of this pool that the worker has not finished."""
    row = state.store.maybe(
        "SELECT id FROM assignments WHERE user_id = ? AND pool_id = ? AND finished IS NULL AND status = 'ACTIVE'",
        user_id, pool_id,
    )  # fmt: skip
    return None if row is None else row["id"]


def take(state: State, pool: sqlite3.Row, user_id: str) -> str | None:
    """The suite that the worker has, or a new one with a deadline on the wall clock. None: there is nothing for them.

    Nobody gets a suite of a pool that is not open, or that they may not work in, or of a training that they have done.
    """
    active = active_assignment(state, pool["id"], user_id)
    if active is not None or pool["status"] != "OPEN":
        return active
    if pool["type"] == "TRAINING" and result_of(state, pool["id"], user_id) is not None:
        return None
    profile = profile_of(state, user_id)
    if pool["type"] == "REGULAR" and standing_of(state, user_id, profile, pool) is not Standing.ADMITTED:
        return None
    taken = issue(state, pool, user_id, state.clock.wall() + configuration_of(pool).seconds_to_answer)
    if taken is not None:
        remember_user(state, user_id, profile)
    state.wake()
    return taken


def read_desk(state: State, assignment_id: str, user_id: str) -> Desk:
    """The worker's assignment. A suite whose time is over is taken away first.

    Raises:
        ApiError: there is none of this id, or it is somebody else's.
    """
    row = state.store.maybe("SELECT * FROM assignments WHERE id = ? AND user_id = ?", assignment_id, user_id)
    if row is None:
        raise does_not_exist("assignment of yours", assignment_id)
    if row["status"] == "ACTIVE" and row["deadline"] is not None and row["deadline"] <= state.clock.wall():
        drop(state, assignment_id, "EXPIRED")
        state.wake()
        row = state.store.one("SELECT * FROM assignments WHERE id = ?", assignment_id)
    return open_desk(state, row)


def open_desk(state: State, assignment: sqlite3.Row) -> Desk:
    """An assignment with everything that belongs to it."""
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
    return Desk(assignment, pool, questions_of(state, assignment["id"]), Questionnaire(specification_of(state, pool)))


def questions_of(state: State, assignment_id: str | None) -> list[Question]:
    """The tasks of an assignment, in the order of its page."""
    tasks = state.store.all(
        "SELECT tasks.form, tasks.kind FROM answers JOIN tasks ON tasks.id = task_id WHERE assignment_id = ? "
        "ORDER BY position",
        assignment_id,
    )
    return [question_of(task) for task in tasks]


def question_of(task: sqlite3.Row) -> Question:
    """A task's row as a question."""
    form = load(task["form"])
    hint = form.get("message_on_unknown_solution")
    return Question(form.get("input_values") or {}, task["kind"], form.get("known_solutions") or (), hint)


def hand_in(state: State, desk: Desk, outputs: Sequence[Mapping[str, Any]]) -> list[int]:
    """Hand in answers that were found complete. The positions that are wrong and must be answered again: in training.

    The first answers count. What is handed in for a suite that is not active any more changes nothing.
    """
    key = desk.assignment["id"]
    if desk.assignment["status"] != "ACTIVE" or is_held_back(state, key):
        return []
    tried = state.store.maybe("SELECT outputs FROM first_tries WHERE assignment_id = ?", key)
    first = load(tried["outputs"]) if tried else list(outputs)
    wrong = [place for place, question in enumerate(desk.questions) if question.is_wrong(outputs[place])]
    if wrong:
        state.store.run("INSERT OR IGNORE INTO first_tries VALUES (?, ?)", key, dump(first))
        return wrong
    counted = [
        first[place] if question.kind == "TRAINING" else outputs[place] for place, question in enumerate(desk.questions)
    ]
    keep_only(state, key, desk.questionnaire.output_spec, counted)
    state.store.run("DELETE FROM first_tries WHERE assignment_id = ?", key)
    # People's time is that of the wall clock, whatever the speed of the crowd.
    seconds = state.clock.wall() - parse(desk.assignment["created"]).timestamp()
    if not hold_back(state, key, counted, seconds):
        submit(state, key, counted, seconds)
    state.wake()
    return []


def give_back(state: State, desk: Desk, status: str) -> None:
    """End a suite without answers: SKIPPED for good, or EXPIRED, so that it may come again."""
    if drop(state, desk.assignment["id"], status):
        state.store.run("DELETE FROM first_tries WHERE assignment_id = ?", desk.assignment["id"])
        state.wake()


def is_held_back(state: State, assignment_id: str) -> bool:
    """Whether the answers were handed in, and a fault on demand keeps them until the pool is closed."""
    return state.store.maybe("SELECT 1 FROM late_answers WHERE assignment_id = ?", assignment_id) is not None
