"""The state on disk: one SQLite file per directory, and one process per directory."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hitl_assets.emulators.toloka.storage.schema import CHANGES, FORMAT, TABLES
from hitl_assets.emulators.toloka.storage.turns import Turn


class StateError(Exception):
    """The state directory cannot be used. The message says why and what to do."""


class Store:
    """Rows in, rows out. All threads share one connection, so writers queue instead of failing with "locked"."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock_file = _lock(directory)
        self.turn = Turn()
        self._depth = 0
        path = directory / "toloka.sqlite3"
        # The keys that sign webhook events are in it: for its owner only.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare(directory)
        except (sqlite3.DatabaseError, StateError) as error:
            self.close()
            if isinstance(error, StateError):
                raise
            raise StateError(f"{directory} holds a damaged state ({error}). Move it away to start afresh.") from error

    def _prepare(self, directory: Path) -> None:
        self.run("PRAGMA journal_mode = WAL")
        # FULL: what was answered with 2xx is still there after the machine loses power.
        self.run("PRAGMA synchronous = FULL")
        found = self.one("PRAGMA user_version")["user_version"]
        if found > FORMAT:
            raise StateError(
                f"{directory} was written by a newer version (format {found}, this one reads {FORMAT}). "
                "Update, or start with another directory."
            )
        if found < FORMAT:
            with self.transaction():
                for step in (TABLES, *CHANGES)[found:]:
                    self._take(step)
                self.run(f"PRAGMA user_version = {FORMAT}")

    def _take(self, step: str) -> None:
        for statement in step.split(";\n"):
            if statement.strip():
                self.run(statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it ends. Inside another transaction it is a part of that one."""
        with self.turn:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def one(self, sql: str, *values: Any) -> sqlite3.Row:
        """The only row. LookupError if there is none."""
        row = self.maybe(sql, *values)
        if row is None:
            raise LookupError(sql)
        return row

    def maybe(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        with self.turn:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows."""
        with self.turn:
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Change something; how many rows it touched."""
        with self.turn:
            return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """The same change for many rows."""
        with self.turn:
            self._connection.executemany(sql, rows)

    def reserve_numbers(self, name: str, first: int, count: int = 1) -> int:
        """Take the next `count` numbers of a sequence that starts at `first`; the first of them."""
        with self.transaction():
            row = self.maybe("SELECT value FROM numbers WHERE name = ?", name)
            start = first if row is None else row["value"]
            self.run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", name, start + count)
            return int(start)

    def close(self) -> None:
        """Close the file and let another process have the directory."""
        with self.turn:
            self._connection.close()
            os.close(self._lock_file)


def _lock(directory: Path) -> int:
    handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # The kernel drops the lock with the process, so a killed one leaves nothing behind.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StateError(f"{directory} is in use by another emulator. Stop it, or take another directory.") from None
    return handle
