"""The engine without a server: a floor where tests say who takes which suite and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hitl_assets.emulators.toloka.admission.admission import offers
from hitl_assets.emulators.toloka.answers.answering import drop, end_due_assignments, submit
from hitl_assets.emulators.toloka.answers.assignments import patch_assignment
from hitl_assets.emulators.toloka.http.calls import Call
from hitl_assets.emulators.toloka.money.billing import Account, read_account
from hitl_assets.emulators.toloka.pools import pools, trainings
from hitl_assets.emulators.toloka.pools.closing import close_due_pools
from hitl_assets.emulators.toloka.projects import projects
from hitl_assets.emulators.toloka.server import open_account
from hitl_assets.emulators.toloka.storage.clock import Clock
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.storage.store import Store
from hitl_assets.emulators.toloka.tasks import tasks
from hitl_assets.emulators.toloka.tasks.issuing import issue
from hitl_assets.emulators.toloka.workers import skills

PROJECT = {
    "public_name": "Is it a fruit?",
    "public_description": "Say whether the text names a fruit",
    "assignments_issuing_type": "AUTOMATED",
    "task_spec": {
        "input_spec": {"text": {"type": "string"}},
        "output_spec": {
            "answer": {"type": "string", "allowed_values": ["OK", "BAD", "404"]},
            "note": {"type": "string", "required": False},
        },
        "view_spec": {"type": "classic"},
    },
}
POOL = {
    "private_name": "fruits",
    "may_contain_adult_content": False,
    "will_expire": "2090-01-01T00:00:00",
    "reward_per_assignment": 0.05,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_tasks": 3, "default_overlap_for_new_task_suites": 3},
    "mixer_config": {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0},
}


class Watch(Clock):
    """A clock that stands still until a test moves it; the wall clock goes with it."""

    def __init__(self) -> None:
        super().__init__("manual", 1_700_000_000.0)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.limit()

    def wall(self) -> float:
        """The same."""
        return self.limit()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.advance(seconds)


@dataclass(frozen=True)
class Floor:
    """One emulated Toloka, and hands that work in it."""

    state: State
    watch: Watch
    counter: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def build(cls, directory: Path, balance: str = "1000", **options: Any) -> Floor:
        """A new state with a balance."""
        store, watch = Store(directory), Watch()
        open_account(store, Decimal(balance))
        return cls(State(store, watch, Decimal("0.3"), **options), watch)

    def call(self, handler: Callable[[State, Call], Any], body: Any = None, **path: str) -> Any:
        """What a request answers."""
        with self.state.store.transaction():
            query = {"allow_defaults": "true"} if handler is tasks.create_tasks else {}
            return handler(self.state, Call(path, query, body)).body

    def project(self, **changes: Any) -> str:
        """A new project."""
        return str(self.call(projects.create_project, {**PROJECT, **changes})["id"])

    def pool(
        self, real: int = 1, golden: int = 0, project: str | None = None, is_open: bool = True, **changes: Any
    ) -> str:
        """A new pool with tasks: real ones, and control tasks whose answer is OK."""
        form = {**POOL, "project_id": project or self.project(), **changes}
        pool_id = str(self.call(pools.create_pool, form)["id"])
        self.add(pool_id, real, golden)
        if is_open:
            self.call(pools.open_pool, id=pool_id)
        return pool_id

    def add(self, pool_id: str, real: int = 0, golden: int = 0, **changes: Any) -> list[str]:
        """More tasks; the ids of the real ones."""
        made = [{"pool_id": pool_id, "input_values": {"text": self._text()}, **changes} for _ in range(real)]
        known = [{"output_values": {"answer": "OK"}, "correctness_weight": 1}]
        made += [
            {"pool_id": pool_id, "input_values": {"text": self._text()}, "infinite_overlap": True,
             "known_solutions": known}
            for _ in range(golden)
        ]  # fmt: skip
        if not made:
            return []
        items = self.call(tasks.create_tasks, made)["items"]
        return [items[str(index)]["id"] for index in range(real)]

    def training(self, project: str, count: int) -> str:
        """An open training with suites of one task."""
        form = {
            "project_id": project, "private_name": "practice", "training_tasks_in_task_suite_count": 1,
            "task_suites_required_to_pass": 1, "inherited_instructions": True,
        }  # fmt: skip
        training_id = str(self.call(trainings.create_training, form)["id"])
        known = [{"output_values": {"answer": "OK"}}]
        self.call(
            tasks.create_tasks,
            [{"pool_id": training_id, "input_values": {"text": self._text()}, "known_solutions": known}] * count,
        )
        self.call(trainings.open_training, id=training_id)
        return training_id

    def skill(self, **values: float) -> str:
        """A skill, and the workers who have it."""
        skill_id = str(self.call(skills.create_skill, {"name": "fruits"})["id"])
        for user_id, value in values.items():
            self.call(skills.put_user_skill, {"skill_id": skill_id, "user_id": user_id, "value": value})
        return skill_id

    def take(self, pool_id: str, user_id: str) -> str | None:
        """The next suite of a pool for a worker; None if they get none."""
        with self.state.store.transaction():
            for pool in offers(self.state, user_id, {}):
                if pool["id"] == pool_id:
                    return issue(self.state, pool, user_id)
        return None

    def take_unasked(self, pool_id: str, user_id: str, deadline: float | None = None) -> str | None:
        """The next suite for a worker, whether or not the pool is offered to them."""
        with self.state.store.transaction():
            pool = self.state.store.one("SELECT * FROM pools WHERE id = ?", pool_id)
            return issue(self.state, pool, user_id, deadline)

    def answer(self, assignment_id: str | None, *answers: str, seconds: float = 60) -> str:
        """Hand in a suite: one answer for all tasks, or one for each."""
        assert assignment_id is not None, "there was no suite to answer"
        count = len(self.tasks_of(assignment_id))
        given: Sequence[str] = answers if len(answers) == count else answers[:1] * count
        with self.state.store.transaction():
            assert submit(self.state, assignment_id, [{"answer": answer} for answer in given], seconds)
        return assignment_id

    def work(self, pool_id: str, user_id: str, *answers: str, seconds: float = 60) -> str:
        """Take the next suite and answer it."""
        return self.answer(self.take(pool_id, user_id), *(answers or ("OK",)), seconds=seconds)

    def leave(self, assignment_id: str | None, status: str = "SKIPPED") -> None:
        """Skip a suite, or let it expire."""
        with self.state.store.transaction():
            assert drop(self.state, str(assignment_id), status)

    def review(self, assignment_id: str, status: str) -> None:
        """Accept or reject a suite."""
        self.call(patch_assignment, {"status": status, "public_comment": "because"}, id=assignment_id)

    def wait(self, seconds: float) -> None:
        """Let time pass, with what is due then."""
        self.watch.wait(seconds)
        with self.state.store.transaction():
            end_due_assignments(self.state)
            close_due_pools(self.state)

    def tasks_of(self, assignment_id: str) -> list[Mapping[str, Any]]:
        """The tasks of a suite, by position."""
        return [
            dict(row)
            for row in self.state.store.all(
                "SELECT tasks.* FROM answers JOIN tasks ON tasks.id = task_id WHERE assignment_id = ? "
                "ORDER BY position",
                assignment_id,
            )
        ]

    def overlap(self, task_id: str) -> tuple[int, int]:
        """A task's overlap, and how much of it remains."""
        row = self.state.store.one("SELECT overlap, remaining FROM tasks WHERE id = ?", task_id)
        return row["overlap"], row["remaining"]

    def status(self, pool_id: str) -> tuple[str, str | None]:
        """A pool's status and why it was closed."""
        row = self.state.store.one("SELECT status, last_close_reason FROM pools WHERE id = ?", pool_id)
        return row["status"], row["last_close_reason"]

    def skill_of(self, skill_id: str, user_id: str) -> float | None:
        """A worker's value in a skill, truncated as the guide does."""
        row = self.state.store.maybe(
            "SELECT exact_value FROM user_skills WHERE skill_id = ? AND user_id = ?", skill_id, user_id
        )
        return None if row is None else int(float(row["exact_value"]))

    @property
    def account(self) -> Account:
        """The requester's money."""
        return read_account(self.state.store)

    def _text(self) -> str:
        self.counter[0] += 1
        return f"text {self.counter[0]}"


def quality_control(
    kind: str, conditions: Sequence[tuple[str, str, Any]], action: str, parameters: Mapping[str, Any], **collector: Any
) -> dict[str, Any]:
    """A quality control of one rule."""
    return {
        "configs": [
            {
                "collector_config": {"type": kind, "parameters": collector},
                "rules": [
                    {
                        "conditions": [
                            {"key": key, "operator": operator, "value": value} for key, operator, value in conditions
                        ],
                        "action": {"type": action, "parameters": dict(parameters)},
                    }
                ],
            }
        ]
    }
