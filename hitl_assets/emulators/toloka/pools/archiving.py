"""When a pool goes to the archive: on request, or by itself after a month in which nothing happened."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.http.errors import conflict, inappropriate_status
from hitl_assets.emulators.toloka.pools.configuration import DAY
from hitl_assets.emulators.toloka.storage.clock import stamp
from hitl_assets.emulators.toloka.storage.state import State

DAYS_TO_APPEAL = 9
IDLE_DAYS = 30


def check_archiving(state: State, pool: sqlite3.Row) -> None:
    """Raise the 409 that keeps a pool or a training out of the archive, if any."""
    if pool["status"] != "CLOSED":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["CLOSED"])
    if pool["type"] == "TRAINING":
        _check_unneeded(state, pool)
        return
    if _has(state, pool, "status = 'ACTIVE'"):
        raise conflict("THERE_IS_ACTIVE_ASSIGNMENT", f"Workers still answer suites of pool {pool['id']}")
    if _has(state, pool, "status = 'SUBMITTED'"):
        message = f"Suites of pool {pool['id']} wait for your review: accept or reject them first"
        raise conflict("SUBMITTED_ASSIGNMENTS_CONFLICT", message)
    since = state.clock.now() - DAYS_TO_APPEAL * DAY
    if _has(state, pool, "status = 'REJECTED' AND reviewed_at > ?", since):
        message = f"Suites of pool {pool['id']} were rejected: workers have {DAYS_TO_APPEAL} days to appeal"
        raise conflict("THERE_IS_REJECTED_ASSIGNMENT", message)


def _check_unneeded(state: State, training: sqlite3.Row) -> None:
    sql = "SELECT id FROM pools WHERE training_id = ? AND status != 'ARCHIVED' LIMIT 1"
    linked = state.store.maybe(sql, training["id"])
    if linked is not None:
        raise conflict("TRAINING_ARCHIVE_CONFLICT", f"Pool {linked['id']} asks for training {training['id']}")


def check_in_use(pool: sqlite3.Row) -> None:
    """409 for an archived pool: nothing of it can be changed or reviewed."""
    if pool["status"] == "ARCHIVED":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["OPEN", "CLOSED"])


def archive_idle_pools(state: State) -> None:
    """Archive closed pools that nobody touched for 30 days of the server's clock.

    The days are the requester's: a fast crowd does not shorten them, or whoever fetches answers would be too late.
    """
    before, touched = state.clock.wall() - IDLE_DAYS * DAY, state.clock.now() - IDLE_DAYS * DAY
    state.store.run(
        "UPDATE pools SET status = 'ARCHIVED', reopen_at = NULL WHERE status = 'CLOSED' AND type = 'REGULAR' "
        "AND reopen_at IS NULL AND COALESCE(last_stopped, created) < ? AND COALESCE(tasks_added, 0) < ? "
        "AND NOT EXISTS (SELECT 1 FROM assignments WHERE pool_id = pools.id AND status IN ('ACTIVE', 'SUBMITTED'))",
        stamp(before), touched,
    )  # fmt: skip


def _has(state: State, pool: sqlite3.Row, condition: str, *values: float) -> bool:
    sql = f"SELECT 1 FROM assignments WHERE pool_id = ? AND {condition} LIMIT 1"  # noqa: S608 - constants
    return state.store.maybe(sql, pool["id"], *values) is not None
