"""Quality control at work: rules that hold, and what they do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from decimal import Decimal

from hitl_assets.emulators.toloka.answers.assessment import approve, refuse
from hitl_assets.emulators.toloka.pools.configuration import DAY, Collector, Rule
from hitl_assets.emulators.toloka.quality.histories import forget_after_ban, forget_observations
from hitl_assets.emulators.toloka.quality.observations import observe
from hitl_assets.emulators.toloka.quality.quality import Value, holds
from hitl_assets.emulators.toloka.quality.restrictions import restrict
from hitl_assets.emulators.toloka.quality.revocation import note_ban
from hitl_assets.emulators.toloka.quality.rule_forms import ASSESSMENTS
from hitl_assets.emulators.toloka.quality.rule_words import describe_rule
from hitl_assets.emulators.toloka.quality.rules import rules_of
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.workers.skills import set_skill

UNITS = {"MINUTES": 60.0, "HOURS": 3600.0, "DAYS": DAY}
# What changes when a suite is accepted or rejected.
OF_REVIEW = ("ACCEPTANCE_RATE", "ANSWER_COUNT", "INCOME")
# Majorities come later, when a task has all its answers.
OF_SUBMISSION = ("GOLDEN_SET", "ASSIGNMENT_SUBMIT_TIME", "SKIPPED_IN_ROW_ASSIGNMENTS", "CAPTCHA", *OF_REVIEW)


def enforce(state: State, pool: sqlite3.Row, user_id: str, only: Iterable[str] = ()) -> None:
    """Look at a worker's observations after an event in a pool, and take the actions whose rules hold."""
    for collector in rules_of(state, pool):
        if (only and collector.type not in only) or collector.type in ASSESSMENTS:
            continue
        values = observe(state, pool, user_id, collector)
        for rule in collector.rules:
            if holds(rule, values):
                _act(state, pool, user_id, collector, rule, values)


def enforce_training(state: State, training: sqlite3.Row, user_id: str) -> None:
    """After a training suite: the TRAINING rules of the pools that ask for this training."""
    pools = state.store.all("SELECT * FROM pools WHERE training_id = ? AND status != 'ARCHIVED'", training["id"])
    for pool in pools:
        enforce(state, pool, user_id, ("TRAINING",))


def _act(
    state: State, pool: sqlite3.Row, user_id: str, collector: Collector, rule: Rule, values: Mapping[str, Value]
) -> None:
    parameters = rule.parameters
    if rule.action in ("RESTRICTION", "RESTRICTION_V2"):
        _ban(state, pool, user_id, collector, rule, describe_rule(collector, rule, values))
    elif rule.action == "SET_SKILL":
        set_skill(state, parameters["skill_id"], user_id, Decimal(str(parameters["skill_value"])))
    elif rule.action == "SET_SKILL_FROM_OUTPUT_FIELD":
        if parameters["from_field"] in values:
            set_skill(state, parameters["skill_id"], user_id, Decimal(str(values[parameters["from_field"]])))
    elif rule.action == "CLEAN_COLLECTOR":
        forget_observations(state, user_id, collector, pool["id"])
    elif rule.action == "CLEAN_ASSIGNMENTS_HISTORY":
        # The worker may meet the tasks again that they have answered.
        state.store.run(
            "UPDATE answers SET seen = 0 WHERE user_id = ? AND pool_id = ? AND output IS NOT NULL",
            user_id, pool["id"],
        )  # fmt: skip
    elif rule.action == "SET_POOL_COMPLETE":
        state.store.run("INSERT OR IGNORE INTO completions VALUES (?, ?)", pool["id"], user_id)
    else:
        _review_all(state, pool, user_id, rule)


def _ban(state: State, pool: sqlite3.Row, user_id: str, collector: Collector, rule: Rule, cause: str) -> None:
    scope, until = rule.parameters["scope"], _ban_end(state, rule)
    restriction_id = restrict(state, user_id, scope, pool, rule.parameters.get("private_comment"), until, cause)
    if restriction_id is not None:
        forget_after_ban(state, user_id, collector, pool["id"], restriction_id, until)
        note_ban(state, user_id, scope, pool)


def _ban_end(state: State, rule: Rule) -> float | None:
    days = rule.parameters.get("duration_days")
    unit, count = rule.parameters.get("duration_unit"), rule.parameters.get("duration")
    if days is not None:
        unit, count = "DAYS", days
    if unit in (None, "PERMANENT") or count is None:
        return None
    return state.clock.now() + UNITS[unit] * count


def _review_all(state: State, pool: sqlite3.Row, user_id: str, rule: Rule) -> None:
    waiting = state.store.all(
        "SELECT * FROM assignments WHERE pool_id = ? AND user_id = ? AND status = 'SUBMITTED'", pool["id"], user_id
    )
    for assignment in waiting:
        if rule.action == "APPROVE_ALL_ASSIGNMENTS":
            approve(state, assignment)
        else:
            refuse(state, assignment, rule.parameters.get("public_comment"))
