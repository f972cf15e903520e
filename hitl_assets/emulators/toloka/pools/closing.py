"""How pools stop: by hand, by time, for want of money, or because all is done."""

from __future__ import annotations

import math
import sqlite3

from hitl_assets.emulators.crowd.workplace import Due
from hitl_assets.emulators.toloka.overlap.demand import asking
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.storage.state import State

SECONDS_FOR_UPDATE = 900.0


def close_pool(state: State, pool_id: str, reason: str) -> None:
    """Close a pool. Suites that workers hold may still come in afterwards."""
    # The requester's fifteen minutes are real ones, whatever the speed of the crowd.
    reopen_at = state.clock.wall() + SECONDS_FOR_UPDATE if reason == "FOR_UPDATE" else None
    state.store.run(
        "UPDATE pools SET status = 'CLOSED', last_close_reason = ?, last_stopped = ?, reopen_at = ?, done_since = NULL "
        "WHERE id = ? AND status = 'OPEN'",
        reason, state.clock.stamp(), reopen_at, pool_id,
    )  # fmt: skip
    if reason == "COMPLETED":
        _close_training(state, pool_id)
    # Answers may have waited for this.
    state.clock.after(0)


def start_pool(state: State, pool_id: str) -> None:
    """Open a pool that may be opened, and the training that closed because it was completed."""
    state.store.run(
        "UPDATE pools SET status = 'OPEN', last_started = ?1, reopen_at = NULL, done_since = NULL WHERE id = ?2 "
        # Newcomers could not come any more. Toloka says only that a training is as active as its pools.
        "OR (id = (SELECT training_id FROM pools WHERE id = ?2) AND status = 'CLOSED' "
        "AND last_close_reason = 'COMPLETED')",
        state.clock.stamp(), pool_id,
    )  # fmt: skip
    note_done(state, pool_id)


def note_done(state: State, pool_id: str) -> None:
    """See whether all tasks that ask for answers have them; if so the pool closes, now or after its delay."""
    pool = state.store.one("SELECT * FROM pools WHERE id = ?", pool_id)
    if pool["status"] != "OPEN" or pool["type"] != "REGULAR":
        return
    if not _is_done(state, pool):
        state.store.run("UPDATE pools SET done_since = NULL WHERE id = ? AND done_since IS NOT NULL", pool_id)
    elif pool_configuration(pool["form"]).close_delay == state.close_delay == 0:
        close_pool(state, pool_id, "COMPLETED")
    else:
        state.clock.after(pool_configuration(pool["form"]).close_delay)
        state.store.run(
            "UPDATE pools SET done_since = ?, done_at = ? WHERE id = ? AND done_since IS NULL",
            state.clock.now(), state.clock.wall(), pool_id,
        )  # fmt: skip


def close_due_pools(state: State) -> Due:
    """Close what time has run out for, reopen what was closed for an update; when to look again."""
    wall, now, due = state.clock.wall(), state.clock.now(), Due()
    for pool in state.store.all("SELECT * FROM pools WHERE status = 'OPEN' AND type = 'REGULAR'"):
        expires, end = pool_configuration(pool["form"]).expires, _end_of_delay(state, pool)
        if end.simulated <= now and end.wall <= wall:
            close_pool(state, pool["id"], "COMPLETED")
        elif expires is not None and expires <= wall:
            close_pool(state, pool["id"], "EXPIRED")
        else:
            due = due.or_earlier(Due(math.inf if expires is None else expires))
            # What one clock has come to already waits for the other.
            due = due.or_earlier(
                Due(end.wall if end.wall > wall else math.inf, end.simulated if end.simulated > now else math.inf)
            )
    for pool in state.store.all("SELECT * FROM pools WHERE status = 'CLOSED' AND reopen_at IS NOT NULL"):
        if pool["reopen_at"] <= wall:
            start_pool(state, pool["id"])
        else:
            due = due.or_earlier(Due(wall=pool["reopen_at"]))
    return due


def _close_training(state: State, pool_id: str) -> None:
    """The training that a completed pool asks for closes with the last of the pools that do."""
    state.store.run(
        "UPDATE pools SET status = 'CLOSED', last_close_reason = 'COMPLETED', last_stopped = ?1 WHERE status = 'OPEN' "
        "AND id = (SELECT training_id FROM pools WHERE id = ?2) AND NOT EXISTS (SELECT 1 FROM pools AS linked WHERE "
        "linked.training_id = pools.id AND linked.status != 'ARCHIVED' AND "
        "(linked.status = 'OPEN' OR linked.last_close_reason IS NOT 'COMPLETED'))",
        state.clock.stamp(), pool_id,
    )  # fmt: skip


def _end_of_delay(state: State, pool: sqlite3.Row) -> Due:
    if pool["done_since"] is None:
        return Due()
    delay = pool_configuration(pool["form"]).close_delay
    return Due((pool["done_at"] or 0) + state.close_delay, pool["done_since"] + delay)


def _is_done(state: State, pool: sqlite3.Row) -> bool:
    asked = asking(pool_configuration(pool["form"]).mixer)
    row = state.store.one(
        f"SELECT EXISTS (SELECT 1 FROM tasks WHERE pool_id = ?1 AND {asked}) AS any, "  # noqa: S608 - one of two constants
        f"EXISTS (SELECT 1 FROM tasks WHERE pool_id = ?1 AND {asked} AND (remaining IS NULL OR remaining > 0)) "
        "AS any_left, EXISTS (SELECT 1 FROM assignments WHERE pool_id = ?1 AND status = 'ACTIVE' "
        # A fault rule holds these answers back until the pool is closed.
        "AND id NOT IN (SELECT assignment_id FROM late_answers)) AS any_active",
        pool["id"],
    )
    return bool(row["any"] and not row["any_left"] and not row["any_active"])
