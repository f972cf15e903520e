"""Where a worker's history begins for a rule: after a ban that it led to has ended, they start anew."""

from __future__ import annotations

from hitl_assets.emulators.toloka.pools.configuration import Collector
from hitl_assets.emulators.toloka.storage.state import State


def forget_observations(state: State, user_id: str, collector: Collector, pool_id: str) -> None:
    """From now on the collector knows nothing about the worker, here or in the pools that share its history."""
    _begin(state, user_id, collector, pool_id if collector.history_size is None else None, None, state.clock.now())


def forget_after_ban(
    state: State, user_id: str, collector: Collector, pool_id: str, restriction_id: str, until: float | None
) -> None:
    """When this ban is over, the collector that led to it knows nothing about the worker. Other collectors do.

    `until` is a simulated moment; None: when somebody lifts it.
    """
    scope = state.store.one("SELECT scope FROM restrictions WHERE id = ?", restriction_id)["scope"]
    if scope == "POOL" and collector.history_size is not None:
        # A pause in one pool leaves a history alone that is kept across pools.
        return
    _begin(state, user_id, collector, pool_id if collector.history_size is None else None, restriction_id, until)


def note_lifted_ban(state: State, restriction_id: str) -> None:
    """Somebody lifts a ban: the new history begins now."""
    now = state.clock.now()
    state.store.run(
        "UPDATE histories SET effective = ?1, since = ?2 WHERE restriction_id = ?3 "
        "AND (effective IS NULL OR effective > ?1)",
        now, _latest(state), restriction_id,
    )  # fmt: skip


def start_of_history(state: State, user_id: str, collector: Collector, pool_id: str) -> int:
    """The number of the last finished suite that does not count any more; 0 if all do."""
    rows = state.store.all(
        "SELECT rowid, * FROM histories WHERE user_id = ? AND collector = ? AND COALESCE(pool_id, ?) = ?",
        user_id, collector.key, pool_id, pool_id,
    )  # fmt: skip
    start = 0
    for row in rows:
        if row["effective"] is not None and row["effective"] <= state.clock.now():
            start = max(start, row["since"])
        else:
            # Suites that were taken before the ban and come in during it belong to the old history too.
            state.store.run("UPDATE histories SET since = ? WHERE rowid = ?", _latest(state), row["rowid"])
    return start


def _begin(
    state: State,
    user_id: str,
    collector: Collector,
    pool_id: str | None,
    restriction_id: str | None,
    effective: float | None,
) -> None:
    state.store.run(
        "INSERT INTO histories (user_id, collector, pool_id, restriction_id, effective, since) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        user_id, collector.key, pool_id, restriction_id, effective, _latest(state),
    )  # fmt: skip


def _latest(state: State) -> int:
    row = state.store.maybe("SELECT value FROM numbers WHERE name = 'finished'")
    return 0 if row is None else int(row["value"]) - 1
