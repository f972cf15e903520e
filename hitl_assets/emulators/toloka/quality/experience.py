"""How many tasks a worker has done, by the hour, so that counting does not grow with the number of answers."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.distribution import Distribution

HOUR = 3600.0


def note_done_tasks(state: State, pool_id: str, user_id: str, kinds: Iterable[str]) -> None:
    """A worker submitted tasks of these kinds."""
    hour = state.clock.now() // HOUR * HOUR
    state.store.run_many(
        "INSERT INTO experience VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks",
        [(user_id, pool_id, kind, hour, count) for kind, count in Counter(kinds).items()],
    )


def count_done_tasks(
    state: State, pool: sqlite3.Row, user_id: str, distribution: Distribution, kind: str | None = None
) -> int:
    """How many tasks (of a kind) a worker submitted within a distribution's scope and window, to the hour."""
    since = state.clock.now() - (distribution.window + HOUR)
    scope = "SELECT id FROM pools WHERE project_id = ?" if distribution.scope == "PROJECT" else "SELECT ?"
    row = state.store.one(
        f"SELECT COALESCE(SUM(tasks), 0) AS count FROM experience WHERE user_id = ? AND pool_id IN ({scope}) "  # noqa: S608 - one of two constants
        "AND hour > ? AND kind = COALESCE(?, kind)",
        user_id, pool["project_id"] if distribution.scope == "PROJECT" else pool["id"], since, kind,
    )  # fmt: skip
    return int(row["count"])
