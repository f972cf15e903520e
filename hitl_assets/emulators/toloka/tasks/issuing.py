"""Suites: handing them out, at their price."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from decimal import Decimal

from hitl_assets.emulators.toloka.admission.training_results import begin_anew
from hitl_assets.emulators.toloka.faults.incidents import is_stopped_by_fault
from hitl_assets.emulators.toloka.money.billing import change_account, price, read_account
from hitl_assets.emulators.toloka.pools.closing import close_pool
from hitl_assets.emulators.toloka.pools.configuration import Configuration, pool_configuration, training_configuration
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.choosing import mix_suite, next_suite
from hitl_assets.emulators.toloka.workers.skills import skills_of


def configuration_of(pool: sqlite3.Row) -> Configuration:
    """A pool's or training's configuration."""
    return (training_configuration if pool["type"] == "TRAINING" else pool_configuration)(pool["form"])


def issue(state: State, pool: sqlite3.Row, user_id: str, deadline: float | None = None) -> str | None:
    """Give a worker the next suite of a pool; the assignment's id, or None if there is nothing for them.

    `deadline` is when the wall clock lets it expire; None leaves that to whoever plays the worker.
    """
    configuration = configuration_of(pool)
    suite_id, tasks = None, []
    if pool["type"] == "TRAINING":
        begin_anew(state, pool["id"], user_id)
    if configuration.mixer is not None:
        tasks = mix_suite(state, pool, configuration, user_id)
    else:
        suite_id, tasks = next_suite(state, pool["id"], user_id)
    if not tasks:
        return None
    if pool["type"] == "REGULAR" and is_stopped_by_fault(state, pool["id"]):
        return None
    if pool["issued"] >= state.most_assignments:
        close_pool(state, pool["id"], "ASSIGNMENTS_LIMIT_EXCEEDED")
        return None
    # The price is the one of this moment, whatever becomes of the worker's skill.
    reward = reward_for(state, configuration, user_id)
    cost = price(reward, state.fee)
    if read_account(state.store).available < cost:
        close_pool(state, pool["id"], "NOT_ENOUGH_BALANCE")
        return None
    assignment_id = _hand_out(state, pool, user_id, suite_id, tasks, reward, cost, deadline)
    change_account(state.store, held=cost)
    return assignment_id


def _hand_out(
    state: State, pool: sqlite3.Row, user_id: str, suite_id: str | None, tasks: Sequence[sqlite3.Row],
    reward: Decimal, cost: Decimal, deadline: float | None,
) -> str:  # fmt: skip
    """Note who has which tasks now; the assignment's id. `suite_id` is that of a suite which was grouped by hand."""
    mixed_id, assignment_id = state.new_keys(pool["id"], 2)
    state.store.run(
        "INSERT INTO assignments (id, task_suite_id, pool_id, project_id, user_id, status, reward, held, paid, "
        "created, deadline) VALUES (?, ?, ?, ?, ?, 'ACTIVE', ?, ?, '0', ?, ?)",
        assignment_id, suite_id or mixed_id, pool["id"], pool["project_id"], user_id, str(reward),
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
    state.store.run("UPDATE pools SET done_since = NULL, issued = issued + 1 WHERE id = ?", pool["id"])
    return assignment_id


def reward_for(state: State, configuration: Configuration, user_id: str) -> Decimal:
    """Dollars that a suite is worth to this worker now, without the fee."""
    pricing = configuration.pricing
    if pricing is None:
        return configuration.reward
    return pricing.reward(skills_of(state, user_id).get(pricing.skill_id), configuration.reward)
