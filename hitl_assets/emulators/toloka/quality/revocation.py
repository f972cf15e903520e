"""USERS_ASSESSMENT: what becomes of the work of those who lose a pool."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.admission.filters import admits_by_skill
from hitl_assets.emulators.toloka.overlap.overlap import change_overlap, note_changed_overlap
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.quality.quality import holds, revocation_values
from hitl_assets.emulators.toloka.quality.rules import rules_of
from hitl_assets.emulators.toloka.storage.state import State

WATCHES = "instr({}.form, '\"USERS_ASSESSMENT\"') > 0"


def note_ban(state: State, user_id: str, scope: str, pool: sqlite3.Row) -> None:
    """A rule bans a worker from a pool, its project or all projects."""
    for found in _watching(state, user_id):
        is_here = {"POOL": found["id"] == pool["id"], "PROJECT": found["project_id"] == pool["project_id"]}
        if is_here.get(scope, True):
            _replace_work(state, found, user_id, "RESTRICTION", None)


def note_skill_change(
    state: State, user_id: str, skill_id: str, before: Mapping[str, Decimal], after: Mapping[str, Decimal]
) -> None:
    """A worker's skill changes: pools whose filter let them in may not do so any more."""
    for pool in _watching(state, user_id):
        node = pool_configuration(pool["form"]).filter
        if admits_by_skill(node, before) and not admits_by_skill(node, after):
            _replace_work(state, pool, user_id, "SKILL_CHANGE", skill_id)


def is_anybody_watching(state: State) -> bool:
    """Whether any pool has such a rule; cheap, as it is asked whenever a skill changes."""
    row = state.store.one(
        f"SELECT EXISTS (SELECT 1 FROM pools WHERE {WATCHES.format('pools')}) OR "  # noqa: S608 - constants
        f"EXISTS (SELECT 1 FROM projects WHERE {WATCHES.format('projects')}) AS found"
    )
    return bool(row["found"])


def _watching(state: State, user_id: str) -> list[sqlite3.Row]:
    return state.store.all(
        "SELECT pools.* FROM pools JOIN projects ON projects.id = project_id "  # noqa: S608 - constants
        f"WHERE type = 'REGULAR' AND pools.status != 'ARCHIVED' AND ({WATCHES.format('pools')} "
        f"OR {WATCHES.format('projects')}) "
        "AND EXISTS (SELECT 1 FROM assignments WHERE user_id = ? AND pool_id = pools.id)",
        user_id,
    )


def _replace_work(state: State, pool: sqlite3.Row, user_id: str, reason: str, skill_id: str | None) -> None:
    actions = [
        rule.parameters
        for collector in rules_of(state, pool, "USERS_ASSESSMENT")
        for rule in collector.rules
        if holds(rule, revocation_values(reason, skill_id))
    ]
    work = state.store.all(
        "SELECT * FROM assignments WHERE user_id = ? AND pool_id = ? AND submitted IS NOT NULL AND reissued = 0",
        user_id, pool["id"],
    )  # fmt: skip
    if not actions or not work:
        return
    for assignment in work:
        for parameters in actions:
            change_overlap(state, assignment, int(parameters["delta"]))
    # Once is enough: who comes back and is banned again has been replaced already.
    state.store.run_many("UPDATE assignments SET reissued = 1 WHERE id = ?", [(one["id"],) for one in work])
    note_changed_overlap(state, pool["id"], any(_opens(parameters) for parameters in actions))


def _opens(parameters: Mapping[str, Any]) -> bool:
    return bool(parameters.get("open_pool"))
