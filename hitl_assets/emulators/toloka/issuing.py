"""Suites: choosing tasks for a worker and handing them out."""

from __future__ import annotations

import hashlib
import sqlite3

from hitl_assets.emulators.toloka.billing import change_account, price, read_account
from hitl_assets.emulators.toloka.closing import close_pool
from hitl_assets.emulators.toloka.configuration import Configuration, Mixer, pool_configuration, training_configuration
from hitl_assets.emulators.toloka.incidents import is_stopped_by_fault
from hitl_assets.emulators.toloka.mixer import Counts, suite_counts
from hitl_assets.emulators.toloka.state import State

# A worker never gets a task again, unless the time ran out on it: those answers are not `seen`.
UNSEEN = "NOT EXISTS (SELECT 1 FROM answers WHERE task_id = tasks.id AND user_id = ? AND seen = 1)"
ALLOWED = (
    "(restricted = 0 OR ((json_extract(form, '$.reserved_for') IS NULL OR "
    "EXISTS (SELECT 1 FROM json_each(form, '$.reserved_for') WHERE value = ?)) AND "
    "NOT EXISTS (SELECT 1 FROM json_each(form, '$.unavailable_for') WHERE value = ?)))"
)
TO_ISSUE = "(remaining IS NULL OR remaining > 0)"


def configuration_of(pool: sqlite3.Row) -> Configuration:
    """A pool's or training's configuration."""
    return (training_configuration if pool["type"] == "TRAINING" else pool_configuration)(pool["form"])


def issue(state: State, pool: sqlite3.Row, user_id: str, deadline: float | None = None) -> str | None:
    """Give a worker the next suite of a pool; the assignment's id, or None if there is nothing for them.

    `deadline` is when the wall clock lets it expire; None leaves that to whoever plays the worker.
    """
    configuration = configuration_of(pool)
    suite_id, tasks = None, []
    if configuration.mixer is not None:
        tasks = _choose(state, pool, configuration.mixer, user_id)
    else:
        suite_id, tasks = _next_suite(state, pool["id"], user_id)
    if not tasks:
        return None
    if pool["type"] == "REGULAR" and is_stopped_by_fault(state, pool["id"]):
        return None
    cost = price(configuration.reward, state.fee)
    if read_account(state.store).available < cost:
        close_pool(state, pool["id"], "NOT_ENOUGH_BALANCE")
        return None
    mixed_id, assignment_id = state.new_keys(pool["id"], 2)
    state.store.run(
        "INSERT INTO assignments (id, task_suite_id, pool_id, project_id, user_id, status, reward, held, paid, "
        "created, deadline) VALUES (?, ?, ?, ?, ?, 'ACTIVE', ?, ?, '0', ?, ?)",
        assignment_id, suite_id or mixed_id, pool["id"], pool["project_id"], user_id, str(configuration.reward),
        str(cost), state.clock.stamp(), deadline,
    )  # fmt: skip
    state.store.run_many(
        "INSERT INTO answers (assignment_id, position, task_id, user_id, pool_id, kind) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (assignment_id, position, task["id"], user_id, pool["id"], task["kind"])
            for position, task in enumerate(tasks)
        ],
    )
    state.store.run_many("UPDATE tasks SET remaining = remaining - 1 WHERE id = ?", [(task["id"],) for task in tasks])
    if suite_id is not None:
        state.store.run("UPDATE suites SET remaining = remaining - 1 WHERE id = ?", suite_id)
    state.store.run("UPDATE pools SET done_since = NULL WHERE id = ?", pool["id"])
    change_account(state.store, held=cost)
    return assignment_id


def has_tasks_left(state: State, pool_id: str) -> bool:
    """Whether any real task of the pool still has to be given to somebody."""
    return _count_left(state, pool_id, 1) > 0


def _next_suite(state: State, pool_id: str, user_id: str) -> tuple[str | None, list[sqlite3.Row]]:
    """The next suite that was grouped by hand, and its tasks: by its issuing order, then by its place."""
    suite = state.store.maybe(
        f"SELECT id FROM suites WHERE pool_id = ? AND {TO_ISSUE} AND {ALLOWED} AND NOT EXISTS (SELECT 1 FROM "  # noqa: S608 - constants
        "assignments WHERE task_suite_id = suites.id AND user_id = ? AND status != 'EXPIRED') "
        "ORDER BY issuing_order DESC, place LIMIT 1",
        pool_id, user_id, user_id, user_id,
    )  # fmt: skip
    if suite is None:
        return None, []
    return suite["id"], state.store.all("SELECT id, kind, place FROM tasks WHERE suite_id = ? ORDER BY id", suite["id"])


def _choose(state: State, pool: sqlite3.Row, mixer: Mixer, user_id: str) -> list[sqlite3.Row]:
    real = _candidates(state, pool["id"], "REAL", user_id, mixer.real)
    golden = _control(state, pool["id"], "GOLDEN", user_id, mixer.golden, mixer.in_creation_order)
    training = _control(state, pool["id"], "TRAINING", user_id, mixer.training, mixer.in_creation_order)
    available = Counts(len(real), len(golden), len(training))
    waited = (state.clock.now() - (pool["tasks_added"] or 0)) * state.clock.speed
    counts = suite_counts(mixer, available, _count_left(state, pool["id"], mixer.min_real), waited)
    if counts is None:
        return []
    chosen = [*golden[: counts.golden], *training[: counts.training], *real[: counts.real]]
    return _shuffled(chosen, user_id) if mixer.shuffle else chosen


def _candidates(state: State, pool_id: str, kind: str, user_id: str, limit: int) -> list[sqlite3.Row]:
    # Everybody takes tasks from the front of one order, so a task gets all its answers before the next begins,
    # and suites stay full up to the last one.
    if limit == 0:
        return []
    return state.store.all(
        f"SELECT id, kind, place FROM tasks WHERE pool_id = ? AND kind = ? AND {TO_ISSUE} AND {UNSEEN} "  # noqa: S608 - constants
        f"AND {ALLOWED} ORDER BY place LIMIT ?",
        pool_id, kind, user_id, user_id, user_id, limit,
    )  # fmt: skip


def _control(state: State, pool_id: str, kind: str, user_id: str, limit: int, in_order: bool) -> list[sqlite3.Row]:
    if in_order or limit == 0:
        return _candidates(state, pool_id, kind, user_id, limit)
    # Each worker meets the control tasks in another order; otherwise the first ones would judge everybody.
    return _shuffled(_candidates(state, pool_id, kind, user_id, 10_000), user_id)[:limit]


def _count_left(state: State, pool_id: str, at_most: int) -> int:
    row = state.store.one(
        f"SELECT COUNT(*) AS count FROM (SELECT 1 FROM tasks WHERE pool_id = ? AND kind = 'REAL' AND {TO_ISSUE} LIMIT ?)",  # noqa: S608, E501 - constants
        pool_id, max(at_most, 1),
    )  # fmt: skip
    return int(row["count"])


def _shuffled(tasks: list[sqlite3.Row], user_id: str) -> list[sqlite3.Row]:
    return sorted(tasks, key=lambda task: hashlib.blake2b(f"{user_id}/{task['id']}".encode(), digest_size=8).digest())
