"""Why nobody can come to a pool, as far as that can be known: what a program waits for in vain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Set
from typing import Any

from hitl_assets.emulators.toloka.admission.filters import admits, admits_by_skill, skills_in
from hitl_assets.emulators.toloka.pools.configuration import Configuration
from hitl_assets.emulators.toloka.storage.state import State, load
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of
from hitl_assets.emulators.toloka.workers.global_skills import LANGUAGES

# So many simulated workers are asked whether the filter lets them in.
SURVEYED = 500


def hindrances(state: State, pool: sqlite3.Row) -> Iterator[str]:
    """What keeps everybody out, each with what to do. A pool without any may still have to wait for its workers."""
    configuration = configuration_of(pool)
    yield from _of_filter(state, configuration)
    if configuration.training_id is not None:
        yield from _of_training(state, configuration.training_id)
    yield from _of_suites(state, pool, configuration)


def _of_filter(state: State, configuration: Configuration) -> Iterator[str]:
    wanted = set(skills_in(configuration.filter))
    known = {skill_id for skill_id in wanted if skill_id in LANGUAGES or _exists(state, skill_id)}
    unknown = sorted(wanted - known)
    if not admits_by_skill(_without(configuration.filter, known), {}):
        yield (
            f"The filter asks for a skill that does not exist: {', '.join(unknown)}. "
            "Create it, or name one that GET /skills lists."
        )
    elif state.crowd is not None and not _suits_anybody(state, configuration.filter, known):
        yield (
            f"The filter lets in none of {SURVEYED} simulated workers by profile and device. Ask for what the crowd "
            "has (docs/crowds.md), or let people come."
        )


def _exists(state: State, skill_id: str) -> bool:
    # A rule may have given a skill that nobody made.
    sql = "SELECT 1 FROM skills WHERE id = ?1 UNION ALL SELECT 1 FROM user_skills WHERE skill_id = ?1 LIMIT 1"
    return state.store.maybe(sql, skill_id) is not None


def _suits_anybody(state: State, node: Any, known: Set[str]) -> bool:
    if state.crowd is None or state.crowd.population.arrival.at_once == 0:
        return True
    rest = _without(node, known - LANGUAGES.keys())
    numbers = range(1, 1 + min(SURVEYED, state.crowd.population.size or SURVEYED))
    return any(admits(rest, state.crowd.meet(number).profile, {}) for number in numbers)


def _without(node: Any, skills: Set[str]) -> Any:
    """A filter in which everybody has whatever is asked of these skills."""
    if not isinstance(node, Mapping):
        return node
    for connective in ("and", "or"):
        if node.get(connective) is not None:
            return {connective: [_without(part, skills) for part in node[connective]]}
    return None if node.get("category") == "skill" and node.get("key") in skills else node


def _of_training(state: State, training_id: str) -> Iterator[str]:
    training = state.store.one("SELECT * FROM pools WHERE id = ?", training_id)
    if training["status"] != "OPEN":
        yield f"Newcomers have to do training {training_id} first, which is {training['status']}. Open it."
    elif not load(training["form"])["training_tasks_in_task_suite_count"]:
        yield f"The suites of training {training_id} have no tasks. Set training_tasks_in_task_suite_count."


def _of_suites(state: State, pool: sqlite3.Row, configuration: Configuration) -> Iterator[str]:
    mixer = configuration.mixer
    if mixer is None or pool["type"] == "TRAINING":
        return
    for kind, least in (
        ("REAL", min(mixer.real, 1)), ("GOLDEN", mixer.min_golden), ("TRAINING", mixer.min_training),
    ):  # fmt: skip
        sql = "SELECT 1 FROM tasks WHERE pool_id = ? AND kind = ? LIMIT ?"
        found = len(state.store.all(sql, pool["id"], kind, least))
        if found < least:
            name = {"REAL": "real", "GOLDEN": "control", "TRAINING": "training"}[kind]
            yield f"A suite needs {least} {name} tasks, and the pool has {found}. Upload them, or change mixer_config."
