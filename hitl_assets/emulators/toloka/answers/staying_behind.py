"""Clients that read only what is older than a while, as toloka-kit's streaming does: when that is why they see
nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from hitl_assets.emulators.toloka.storage.clock import bound, parse
from hitl_assets.emulators.toloka.storage.state import State

LOGGER = logging.getLogger(__name__)
# Who is less behind was only slow; who is more reads history.
LEAST_BEHIND, MOST_BEHIND = 10.0, 600.0


def warn_of_staying_behind(state: State, query: Mapping[str, str]) -> None:
    """Say once of a pool that it closed before a client, which stays behind, came to its last answers."""
    pool_id = query.get("pool_id", "")
    until = [value for name, value in query.items() if name.endswith(("_lt", "_lte")) and not name.startswith("id_")]
    if not until or pool_id in state.warned:
        return
    behind = state.clock.wall() - parse(min(until)).timestamp()
    row = state.store.maybe(
        "SELECT COUNT(*) AS count FROM assignments JOIN pools ON pools.id = pool_id "
        "WHERE pool_id = ? AND pools.status = 'CLOSED' AND submitted > ?",
        pool_id, bound(min(until), "lte"),
    )  # fmt: skip
    if row is None or not row["count"] or not LEAST_BEHIND < behind < MOST_BEHIND:
        return
    state.warned.add(pool_id)
    LOGGER.warning(
        "Pool %s is closed, and a client which stays %.0f seconds behind did not see %d of its answers. If it ends "
        "with the pool, it never will: set its lag to zero (cursor_time_lag), or start with --close-delay %.0f.",
        pool_id, behind, row["count"], behind,
    )  # fmt: skip
