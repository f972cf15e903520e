"""Which quality control rules look at what happens in a pool."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.pools.configuration import Collector, pool_configuration, project_collectors
from hitl_assets.emulators.toloka.storage.state import State


def rules_of(state: State, pool: sqlite3.Row, kind: str | None = None) -> tuple[Collector, ...]:
    """The pool's collectors and those of its project; only those of a kind, if one is given."""
    if pool["type"] != "REGULAR":
        return ()
    project = state.store.one("SELECT form FROM projects WHERE id = ?", pool["project_id"])
    found = pool_configuration(pool["form"]).collectors + project_collectors(project["form"])
    return tuple(one for one in found if kind in (None, one.type))


def pools_sharing(state: State, pool: sqlite3.Row, user_id: str, collector: Collector) -> list[str]:
    """The pools whose observations of a worker a collector sees.

    These are its own, those of the project that keep a history of the same kind if it keeps one, and those that have
    the same collector, as clones do.
    """
    rows = state.store.all(
        "SELECT * FROM pools WHERE project_id = ?1 AND type = 'REGULAR' AND id != ?2 AND "
        "EXISTS (SELECT 1 FROM assignments WHERE user_id = ?3 AND pool_id = pools.id)",
        pool["project_id"], pool["id"], user_id,
    )  # fmt: skip
    project = state.store.one("SELECT form FROM projects WHERE id = ?", pool["project_id"])
    keeps = any(_both_keep(collector, one) for one in project_collectors(project["form"]))
    return [pool["id"]] + [
        row["id"]
        for row in rows
        if keeps or any(_share(collector, one) for one in pool_configuration(row["form"]).collectors)
    ]


def _share(left: Collector, right: Collector) -> bool:
    return _both_keep(left, right) or (left.uuid is not None and left.uuid == right.uuid)


def _both_keep(left: Collector, right: Collector) -> bool:
    return left.type == right.type and left.history_size is not None and right.history_size is not None
