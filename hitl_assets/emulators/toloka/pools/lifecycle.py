"""The life of pools and trainings from CLOSED to ARCHIVED, as operations. A training can be addressed as a pool too."""

from __future__ import annotations

import logging
import sqlite3

from hitl_assets.emulators.toloka.admission.hindrances import hindrances
from hitl_assets.emulators.toloka.http.calls import Reply
from hitl_assets.emulators.toloka.http.errors import ApiError, inappropriate_status
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.pools.archiving import check_archiving
from hitl_assets.emulators.toloka.pools.closing import close_pool, start_pool
from hitl_assets.emulators.toloka.pools.opening import check_opening
from hitl_assets.emulators.toloka.storage.state import State

LOGGER = logging.getLogger(__name__)


def open_one(state: State, pool: sqlite3.Row, noun: str = "POOL") -> Reply:
    """Open a pool or a training. `noun` (POOL or TRAINING) is how the caller addresses it."""
    if pool["status"] == "OPEN":
        return Reply(204)
    try:
        check_opening(state, pool)
    except ApiError as error:
        if error.code != "NOT_ENOUGH_BALANCE" or not state.opens_by_operation:
            raise
        details = {"code": error.code, "message": error.message}
        return Reply(202, record(state, f"{noun}.OPEN", _named(pool, noun), details, status="FAIL"))
    start_pool(state, pool["id"])
    state.wake()
    for each in hindrances(state, pool):
        LOGGER.warning("Nobody can come to pool %s. %s", pool["id"], each)
    return Reply(202, record(state, f"{noun}.OPEN", _named(pool, noun)))


def close_one(state: State, pool: sqlite3.Row, reason: str = "MANUAL", noun: str = "POOL") -> Reply:
    """Close a pool or a training."""
    if pool["status"] == "ARCHIVED":
        raise inappropriate_status(f"{noun.capitalize()} {pool['id']}", pool["status"], ["OPEN", "CLOSED"])
    if pool["status"] == "CLOSED":
        # Closing a pool that waits to be reopened after an update is meant to last.
        state.store.run("UPDATE pools SET reopen_at = NULL WHERE id = ?", pool["id"])
        return Reply(204)
    close_pool(state, pool["id"], reason)
    state.wake()
    return Reply(202, record(state, f"{noun}.CLOSE", _named(pool, noun)))


def archive_one(state: State, pool: sqlite3.Row, noun: str = "POOL") -> Reply:
    """Archive a pool or a training. 409 while it is open, or somebody may still change or need something of it."""
    if pool["status"] == "ARCHIVED":
        return Reply(204)
    check_archiving(state, pool)
    state.store.run("UPDATE pools SET status = 'ARCHIVED', reopen_at = NULL WHERE id = ?", pool["id"])
    return Reply(202, record(state, f"{noun}.ARCHIVE", _named(pool, noun)))


def _named(pool: sqlite3.Row, noun: str) -> dict[str, str]:
    return {f"{noun.lower()}_id": pool["id"]}
