"""One state directory, opened: the lock, the database, the chunk files."""

import fcntl
import os
import sqlite3
import uuid
from contextlib import AbstractContextManager
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import StateError
from hitl_assets.emulators.pachyderm.store.chunks import garbage
from hitl_assets.emulators.pachyderm.store.chunks.chunks import ChunkFiles
from hitl_assets.emulators.pachyderm.store.commits import finishing, triggers
from hitl_assets.emulators.pachyderm.store.database import Database, Write

# How long a start may look for unused chunks.
COLLECT_SECONDS = 3.0


class StateLock:
    """One process at a time. The kernel drops the lock when its holder dies."""

    def __init__(self, path: Path) -> None:
        """Take it.

        Raises:
            StateError: another process has it.
        """
        self._file = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.seek(0)
            holder = self._file.read().strip() or "another one"
            self._file.close()
            raise StateError(
                f"State directory {path.parent} is in use by process {holder}. Stop it, or use another directory."
            ) from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let another process have it."""
        self._file.close()


class Identity:
    """Which state directory this is, and since when: a file that is written once."""

    def __init__(self, path: Path) -> None:
        # Empty: a kill came between making it and writing it.
        if not path.exists() or not path.stat().st_size:
            path.write_text(uuid.uuid4().hex, encoding="ascii")
        self.id = path.read_text(encoding="ascii")
        self.created = path.stat().st_mtime_ns


class Store:
    """Everything that services need to read and write."""

    def __init__(self, directory: Path, finish_delay: float = 0.0) -> None:
        """Open or create the state directory. `finish_delay`: seconds from FINISHING to FINISHED.

        Raises:
            StateError: it is in use, damaged, or of a newer format.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.finish_delay = int(finish_delay * 1e9)
        self._lock = StateLock(directory / "lock")
        try:
            self.identity = Identity(directory / "cluster")
            self.files = ChunkFiles(directory / "chunks")
            self.files.directory.mkdir(exist_ok=True)
            self.database = Database(directory / "state.sqlite", before_commit=self._settle)
            garbage.collect(self.database, self.files, COLLECT_SECONDS)
        except BaseException:
            self._lock.release()
            raise

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A consistent view."""
        return self.database.read()

    def write(self, set_id: str | None = None, subject: str = "") -> AbstractContextManager[Write]:
        """A transaction. `set_id`: of the commits that it makes. `subject`: who owns the repos that it makes."""
        return self.database.write(set_id, subject)

    def _settle(self, write: Write) -> None:
        """What a transaction leaves to its end."""
        triggers.settle(write)
        finishing.go_on(write, self.finish_delay)

    def close(self) -> None:
        """Give the directory back."""
        self.database.close()
        self._lock.release()
