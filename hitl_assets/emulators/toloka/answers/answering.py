"""The end of an assignment: submitted, skipped, or expired."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.crowd.workplace import Due
from hitl_assets.emulators.toloka.answers.assessment import approve
from hitl_assets.emulators.toloka.answers.attachments import detach
from hitl_assets.emulators.toloka.answers.review import read_assignment
from hitl_assets.emulators.toloka.http.errors import FieldErrors
from hitl_assets.emulators.toloka.money.billing import change_account
from hitl_assets.emulators.toloka.overlap.dynamic_overlap import settle
from hitl_assets.emulators.toloka.pools.closing import note_done
from hitl_assets.emulators.toloka.pools.configuration import Configuration
from hitl_assets.emulators.toloka.projects.projects import read_specification, specification_text
from hitl_assets.emulators.toloka.projects.specification import check_values
from hitl_assets.emulators.toloka.quality.captchas import note_captchas
from hitl_assets.emulators.toloka.quality.enforcement import OF_REVIEW, OF_SUBMISSION, enforce, enforce_training
from hitl_assets.emulators.toloka.quality.experience import note_done_tasks
from hitl_assets.emulators.toloka.quality.quality import count_votes
from hitl_assets.emulators.toloka.storage.state import State, dump, load
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of


def submit(state: State, assignment_id: str, outputs: Sequence[Mapping[str, Any]], seconds: float) -> bool:
    """Hand in the answers of a suite, in the order of its tasks. False if it is not active any more.

    `seconds` is how long the worker took, in the worker's time; quality control looks at it.

    Raises:
        ApiError: 400, the output fields that the tasks follow do not allow these answers.
    """
    assignment = read_assignment(state, assignment_id)
    if assignment["status"] != "ACTIVE":
        return False
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
    _check_outputs(state, pool, outputs)
    configuration = configuration_of(pool)
    number = state.store.reserve_numbers("finished", 1)
    now, review_by = state.clock.stamp(), _review_by(state, configuration)
    state.store.run(
        "UPDATE assignments SET status = 'SUBMITTED', submitted = ?, seconds = ?, finished = ?, "
        "deadline = NULL, review_by = ? WHERE id = ?",
        now, seconds, number, review_by, assignment_id,
    )  # fmt: skip
    tasks = _record_answers(state, assignment_id, outputs, number)
    note_done_tasks(state, pool["id"], assignment["user_id"], [task["kind"] for task in tasks])
    if configuration.auto_accept:
        approve(state, read_assignment(state, assignment_id), at=now)
    if configuration.training is not None:
        _score_training(state, pool, configuration, assignment["user_id"])
        enforce_training(state, pool, assignment["user_id"])
        return True
    if configuration.captcha_every is not None:
        note_captchas(state, pool, assignment["user_id"], number, len(tasks), configuration.captcha_every)
    # First the rules: they set the skills by which answers are weighed.
    enforce(state, pool, assignment["user_id"], OF_SUBMISSION)
    for user_id in sorted(_count_votes(state, _settled(state, pool, configuration, tasks))):
        enforce(state, pool, user_id, ("MAJORITY_VOTE",))
    note_done(state, pool["id"])
    return True


def drop(state: State, assignment_id: str, status: str) -> bool:
    """End a suite without answers, `SKIPPED` or `EXPIRED`: its tasks go to somebody else. False if it is not active."""
    assignment = read_assignment(state, assignment_id)
    if assignment["status"] != "ACTIVE":
        return False
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
    detach(state, assignment_id)
    # Who skips a suite does not get these tasks again. Whose time ran out may.
    seen = int(status == "SKIPPED" and pool["type"] == "REGULAR")
    number = state.store.reserve_numbers("finished", 1)
    column = {"SKIPPED": "skipped", "EXPIRED": "expired"}[status]
    state.store.run(
        f"UPDATE assignments SET status = ?, {column} = ?, finished = ?, held = '0', deadline = NULL "  # noqa: S608 - one of two constants
        "WHERE id = ?",
        status, state.clock.stamp(), number, assignment_id,
    )  # fmt: skip
    state.store.run(
        "UPDATE tasks SET remaining = remaining + 1 WHERE id IN (SELECT task_id FROM answers WHERE assignment_id = ?)",
        assignment_id,
    )
    # A suite that the server mixed is nobody else's; one that was grouped by hand is given out again.
    state.store.run("UPDATE suites SET remaining = remaining + 1 WHERE id = ?", assignment["task_suite_id"])
    state.store.run("UPDATE answers SET seen = ? WHERE assignment_id = ?", seen, assignment_id)
    change_account(state.store, held=-Decimal(assignment["held"]))
    if pool["type"] == "REGULAR":
        enforce(state, pool, assignment["user_id"], ("SKIPPED_IN_ROW_ASSIGNMENTS",))
        note_done(state, pool["id"])
    return True


def end_due_assignments(state: State) -> Due:
    """Expire suites whose deadline passed, accept those whose review is overdue; when to look again."""
    wall, now = state.clock.wall(), state.clock.now()
    for row in state.store.all("SELECT id FROM assignments WHERE status = 'ACTIVE' AND deadline <= ?", wall):
        drop(state, row["id"], "EXPIRED")
    for row in state.store.all("SELECT * FROM assignments WHERE status = 'SUBMITTED' AND review_by <= ?", now):
        approve(state, row)
        enforce(state, state.store.one("SELECT * FROM pools WHERE id = ?", row["pool_id"]), row["user_id"], OF_REVIEW)
    following = state.store.one(
        "SELECT (SELECT MIN(deadline) FROM assignments WHERE status = 'ACTIVE') AS deadline, "
        "(SELECT MIN(review_by) FROM assignments WHERE status = 'SUBMITTED') AS review_by"
    )
    deadline, review_by = (math.inf if moment is None else moment for moment in following)
    # A review is the requester's time: at full speed nobody leaps over it.
    return Due(deadline, math.inf if state.clock.leaps else review_by)


def grade(known_solutions: Sequence[Mapping[str, Any]], output: Mapping[str, Any]) -> float:
    """How right an answer is: the weight of the best solution that it equals in all of the solution's fields."""
    weights = [
        1.0 if solution.get("correctness_weight") is None else float(solution["correctness_weight"])
        for solution in known_solutions
        if all(output.get(name) == value for name, value in solution["output_values"].items())
    ]
    return max(weights, default=0.0)


def _check_outputs(state: State, pool: sqlite3.Row, outputs: Sequence[Mapping[str, Any]]) -> None:
    """Whoever answers, and however: nothing is taken that the project does not declare."""
    errors, declared = FieldErrors(), read_specification(specification_text(state, pool))["output_spec"]
    for position, output in enumerate(outputs):
        check_values(errors, f"{position}.output_values.", output, declared)
    errors.refuse()


def _review_by(state: State, configuration: Configuration) -> float | None:
    if configuration.seconds_to_review is None:
        return None
    return state.clock.now() + configuration.seconds_to_review


def _record_answers(
    state: State, assignment_id: str, outputs: Sequence[Mapping[str, Any]], number: int
) -> list[sqlite3.Row]:
    tasks = state.store.all(
        "SELECT tasks.* FROM answers JOIN tasks ON tasks.id = task_id WHERE assignment_id = ? ORDER BY position",
        assignment_id,
    )
    rows = []
    for position, (task, output) in enumerate(zip(tasks, outputs, strict=True)):
        # Only real tasks have none, and they are most of what comes in.
        known = [] if task["kind"] == "REAL" else load(task["form"]).get("known_solutions") or []
        first, final, correct = dump(output), dump(output), None
        if known:
            correct = grade(known, output)
        if task["kind"] == "TRAINING" and known and not correct:
            # A worker who answers a training task wrong is told so, and answers again until it is right.
            final = dump(known[0]["output_values"])
        rows.append((first, final, correct, number, assignment_id, position))
    state.store.run_many(
        "UPDATE answers SET first_output = ?, output = ?, correct = ?, finished = ? "
        "WHERE assignment_id = ? AND position = ?",
        rows,
    )
    return tasks


def _settled(
    state: State, pool: sqlite3.Row, configuration: Configuration, tasks: Sequence[sqlite3.Row]
) -> list[sqlite3.Row]:
    """The real tasks among these that have all the answers which they will get."""
    marks = ",".join("?" * len(tasks))
    rows = state.store.all(
        f"SELECT * FROM tasks WHERE id IN ({marks}) AND kind = 'REAL' AND remaining = 0 AND overlap <= (SELECT "  # noqa: S608 - question marks
        "COUNT(*) FROM answers WHERE task_id = tasks.id AND output IS NOT NULL)",
        *(task["id"] for task in tasks),
    )
    return settle(state, pool, configuration.dynamic_overlap, rows) if configuration.dynamic_overlap else rows


def _count_votes(state: State, tasks: Sequence[sqlite3.Row]) -> set[str]:
    """Note the votes on tasks that have all their answers; the workers who gave them."""
    voters: set[str] = set()
    for task in tasks:
        given = state.store.all("SELECT * FROM answers WHERE task_id = ? AND output IS NOT NULL", task["id"])
        for answer, vote in zip(given, count_votes([answer["output"] for answer in given]), strict=True):
            state.store.run(
                "UPDATE answers SET votes = ?, top_votes = ? WHERE assignment_id = ? AND position = ?",
                vote.votes, vote.top_votes, answer["assignment_id"], answer["position"],
            )  # fmt: skip
            voters.add(answer["user_id"])
    return voters


def _score_training(state: State, training: sqlite3.Row, configuration: Configuration, user_id: str) -> None:
    if configuration.training is None:
        return
    done = state.store.one(
        "SELECT COUNT(DISTINCT assignment_id) AS suites, COUNT(*) AS answers, SUM(correct) AS correct FROM answers "
        "WHERE user_id = ? AND pool_id = ? AND seen = 1 AND output IS NOT NULL",
        user_id, training["id"],
    )  # fmt: skip
    total = state.store.one("SELECT COUNT(*) AS count FROM tasks WHERE pool_id = ?", training["id"])["count"]
    # Who has answered all there is is scored too: a training may ask for more suites than it has tasks for.
    if done["suites"] < configuration.training.suites_to_pass and done["answers"] < total:
        return
    lasting = configuration.training.retry_after
    until = None if lasting is None else state.clock.now() + lasting
    state.store.run(
        "INSERT OR REPLACE INTO training_results VALUES (?, ?, ?, ?)",
        training["id"], user_id, 100 * done["correct"] / done["answers"], until,
    )  # fmt: skip
