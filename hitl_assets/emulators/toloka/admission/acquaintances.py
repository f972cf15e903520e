"""Workers who are asked back: they have been here, and a pool lets them in for a skill that newcomers lack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hitl_assets.emulators.toloka.admission.admission import offers, open_pools
from hitl_assets.emulators.toloka.admission.filters import skills_in
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.choosing import has_tasks_left
from hitl_assets.emulators.toloka.workers.users import profile_of


def skilled_workers(state: State) -> list[tuple[int, str]]:
    """Number and id of the simulated workers who have a skill that an open pool with tasks asks for."""
    wanted = sorted(set(_skills_asked_for(state)))
    if not wanted:
        return []
    rows = state.store.all(
        "SELECT DISTINCT number, user_id FROM user_skills JOIN workers USING (user_id) "
        "WHERE skill_id IN (SELECT value FROM json_each(?)) ORDER BY number",
        json.dumps(wanted),
    )
    return [(row["number"], row["user_id"]) for row in rows]


def is_let_in(state: State, user_id: str) -> bool:
    """Whether somebody who has worked here may work in an open pool."""
    profile: dict[str, Any] | None = profile_of(state, user_id)
    return profile is not None and next(offers(state, user_id, profile), None) is not None


def _skills_asked_for(state: State) -> Iterator[str]:
    for pool in open_pools(state):
        if has_tasks_left(state, pool):
            yield from skills_in(pool_configuration(pool["form"]).filter)
