"""Waiting for a commit to get somewhere."""

import time
from collections.abc import Callable

from hitl_assets.emulators.pachyderm.errors import NotFoundError, StoppedError
from hitl_assets.emulators.pachyderm.store.commits.commits import state_of
from hitl_assets.emulators.pachyderm.store.commits.rows import find_commit
from hitl_assets.emulators.pachyderm.store.records import Commit
from hitl_assets.emulators.pachyderm.store.store import Store

Question = Callable[[], bool]


def wait_for_state(store: Store, commit: Commit, state: int, is_active: Question) -> Commit:
    """The commit, as soon as it is at least in this state.

    Raises:
        NotFoundError: it was deleted meanwhile.
        StoppedError: the emulator stops, or the caller hung up.
    """
    while True:
        seen = store.database.version
        with store.read() as db:
            current = find_commit(db, commit.key)
            now = time.time_ns()
            if current is None:
                raise NotFoundError(f"commit {commit} was deleted")
            if state_of(db, current, now) >= state:
                return current
        wait_for_change(store, seen, is_active, until_finished(store, current, now))


def until_finished(store: Store, commit: Commit, now: int) -> float | None:
    """Seconds until the clock alone can change the commit's state. None: only a write can."""
    if commit.finished is not None:
        return max(commit.finished - now, 0) / 1e9
    return store.finish_delay / 1e9 if store.finish_delay else None


def wait_for_change(store: Store, seen: int, is_active: Question, timeout: float | None = None) -> None:
    """Return after a write that came after version `seen`, or after the timeout.

    Raises:
        StoppedError: the emulator stops, or the caller hung up.
    """
    database = store.database

    def is_over() -> bool:
        return database.stopped or not is_active()

    with database.changed:
        database.changed.wait_for(lambda: database.version != seen or is_over(), timeout)
    if is_over():
        raise StoppedError("the emulator was stopped while the call waited")
