"""The emulated Toloka as its workers see it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import Outcome, Worker
from hitl_assets.emulators.crowd.workplace import Due, Seat
from hitl_assets.emulators.toloka.admission.acquaintances import is_let_in, skilled_workers
from hitl_assets.emulators.toloka.admission.admission import offers, open_pools, suits
from hitl_assets.emulators.toloka.answers.answering import drop, end_due_assignments, submit
from hitl_assets.emulators.toloka.answers.attachments import attach_answers
from hitl_assets.emulators.toloka.answers.readings import questionnaire_of, read_task
from hitl_assets.emulators.toloka.faults.incidents import hold_back
from hitl_assets.emulators.toloka.faults.lateness import hand_in_late_answers
from hitl_assets.emulators.toloka.pools.archiving import archive_idle_pools
from hitl_assets.emulators.toloka.pools.closing import close_due_pools
from hitl_assets.emulators.toloka.projects.projects import specification_text
from hitl_assets.emulators.toloka.storage.state import State, load
from hitl_assets.emulators.toloka.tasks.choosing import has_tasks_left
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of, issue
from hitl_assets.emulators.toloka.workers.users import remember_user

Knows = Callable[[Questionnaire, Task], bool]
# Idle pools have waited for a month. They can wait for a minute.
SECONDS_BETWEEN_LOOKS = 60.0


class TolokaWorkplace:
    """Implements the crowd's `Workplace` on the state of the server."""

    def __init__(self, state: State, knows: Knows | None = None) -> None:
        """`knows` tells whether somebody knows what is right of a task. Pools with real tasks of which nobody does are
        left to people; without it workers come to all pools."""
        self._state, self._knows = state, knows
        self._left: dict[str, bool] = {}
        self._next_look_for_idle = 0.0
        self._questionnaires: dict[tuple[str, str | None], Questionnaire] = {}

    def forget(self) -> None:
        """Pools or tasks changed: read the questionnaires again."""
        self._questionnaires, self._left = {}, {}
        self._state.unanswered.try_again()

    def transaction(self) -> AbstractContextManager[None]:
        """One transaction of the store."""
        return self._state.store.transaction()

    def is_wanted(self) -> bool:
        """Whether a request waits."""
        return self._state.store.turn.is_wanted

    def step_back(self) -> None:
        """Let the requests that wait go first."""
        self._state.store.turn.step_back()

    def keep_moment(self, moment: float) -> None:
        """Keep how far simulated time has come, in the transaction that brought it there."""
        self._state.store.run("UPDATE simulated_time SET moment = ?", moment)

    def keep_time(self) -> Due:
        """Expire, accept, close and archive what is due; when something is due next."""
        wall = self._state.clock.wall()
        if wall >= self._next_look_for_idle:
            self._next_look_for_idle = wall + SECONDS_BETWEEN_LOOKS
            archive_idle_pools(self._state)
        due = end_due_assignments(self._state).or_earlier(hand_in_late_answers(self._state))
        return due.or_earlier(close_due_pools(self._state))

    def has_work(self) -> bool:
        """Whether an open pool has tasks that nobody holds; never where everything is left to people."""
        if self._knows is not None and not self._state.answer_key.names:
            return False
        return any(has_tasks_left(self._state, pool) for pool in open_pools(self._state) if not self._is_left(pool))

    def suits(self, profile: Mapping[str, Any]) -> bool:
        """Whether an open pool lets in a newcomer like this."""
        return suits(self._state, profile)

    def ask_back(self, order: Callable[[int], float], most: int) -> int | None:
        """Somebody with a skill that an open pool asks for, who is let in."""
        skilled = sorted(skilled_workers(self._state), key=lambda one: order(one[0]))
        return next((number for number, user_id in skilled[:most] if is_let_in(self._state, user_id)), None)

    def take(self, worker: Worker) -> str | None:
        """A suite of the best pool that has one for this worker."""
        for pool in offers(self._state, worker.user_id, worker.profile):
            if self._state.unanswered.is_hopeless(pool["id"]) or self._is_left(pool):
                continue
            # No deadline on the wall clock: at high speed the crowd is late, and its workers are not to blame.
            assignment_id = issue(self._state, pool, worker.user_id)
            if assignment_id is not None:
                self._state.store.run("INSERT OR IGNORE INTO workers VALUES (?, ?)", worker.user_id, worker.number)
                remember_user(self._state, worker.user_id, worker.profile)
                return assignment_id
        return None

    def read(self, assignment_id: str) -> Suite | None:
        """The suite, with the solutions that its tasks bring."""
        assignment = self._state.store.one("SELECT * FROM assignments WHERE id = ?", assignment_id)
        if assignment["status"] != "ACTIVE":
            return None
        pool = self._state.store.one("SELECT * FROM pools WHERE id = ?", assignment["pool_id"])
        specification = specification_text(self._state, pool)
        tasks = self._state.store.all(
            "SELECT form FROM answers JOIN tasks ON tasks.id = task_id WHERE assignment_id = ? ORDER BY position",
            assignment_id,
        )
        return Suite(
            assignment_id,
            tuple(read_task(load(task["form"]), specification) for task in tasks),
            self._questionnaire(pool),
            configuration_of(pool).seconds_to_answer,
        )

    def submit(self, assignment_id: str, outputs: Sequence[Mapping[str, Any]], outcome: Outcome) -> None:
        """Hand in answers. What is the text of a file here becomes a file."""
        self._state.unanswered.note_answered(self._pool_id(assignment_id))
        kind = "made_up" if outcome.is_made_up else "answer_key"
        self._state.store.run("UPDATE assignments SET simulated = ? WHERE id = ?", kind, assignment_id)
        outputs = attach_answers(self._state, assignment_id, outputs)
        if not hold_back(self._state, assignment_id, outputs, outcome.seconds, outcome.is_late):
            submit(self._state, assignment_id, outputs, outcome.seconds)

    def drop(self, assignment_id: str, status: str) -> None:
        """Skip a suite, or let it expire."""
        drop(self._state, assignment_id, status)

    def give_up(self, assignment_id: str, reason: str) -> None:
        """Skip a suite for which nothing can be handed in, and remember why."""
        self._state.unanswered.note(self._pool_id(assignment_id), reason)
        drop(self._state, assignment_id, "SKIPPED")

    def next_number(self, name: str) -> int:
        """The next number of one of the crowd's counters."""
        return self._state.store.reserve_numbers(f"crowd {name}", 1)

    def seats(self) -> list[Seat]:
        """The seats as they were kept."""
        return [Seat(**dict(row)) for row in self._state.store.all("SELECT * FROM seats")]

    def keep(self, seat: Seat) -> None:
        """Keep a seat, in the transaction that changes what its worker holds."""
        self._state.store.run(
            "INSERT OR REPLACE INTO seats (seat, due, number, assignment_id, misses) VALUES (?, ?, ?, ?, ?)",
            seat.seat, seat.due, seat.number, seat.assignment_id, seat.misses,
        )  # fmt: skip

    def _pool_id(self, assignment_id: str) -> str:
        return str(self._state.store.one("SELECT pool_id FROM assignments WHERE id = ?", assignment_id)["pool_id"])

    def _is_left(self, pool: sqlite3.Row) -> bool:
        """Whether a pool is left to people."""
        if self._knows is None:
            return False
        if pool["id"] not in self._left:
            asks = self._questionnaire(pool)
            rows = self._state.store.all("SELECT form FROM tasks WHERE pool_id = ? AND kind = 'REAL'", pool["id"])
            tasks = (Task(load(row["form"]).get("input_values") or {}) for row in rows)
            self._left[pool["id"]] = not all(self._knows(asks, task) for task in tasks)
            self._state.unanswered.leave({each for each, is_left in self._left.items() if is_left})
        return self._left[pool["id"]]

    def _questionnaire(self, pool: sqlite3.Row) -> Questionnaire:
        # Pools from before a breaking change of their project ask what they asked then.
        key = (pool["project_id"], pool["specification"])
        if key not in self._questionnaires:
            self._questionnaires[key] = questionnaire_of(self._state, pool)
        return self._questionnaires[key]
