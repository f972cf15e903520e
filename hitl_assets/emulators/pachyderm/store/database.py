"""The SQLite file: one writer at a time, any number of readers, and a signal for those who wait for a change."""

import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import DamagedError, StateError, StorageError
from hitl_assets.emulators.pachyderm.store import schema
from hitl_assets.emulators.pachyderm.store.trees.directories import Connection, KnownHashes


@dataclass(frozen=True)
class Write:
    """One write transaction. All commits that it makes share `set_id`.

    For its end: `touched` branches get their downstream, and `finished` commits may move branches with triggers.
    """

    db: sqlite3.Connection
    now: int
    set_id: str
    settle: "Callable[[Write], None]"
    # Who writes, where somebody wants to know: nobody, unless auth is activated.
    subject: str = ""
    touched: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo what happens inside. An error there ends the whole transaction, as anywhere."""
        self.db.execute("SAVEPOINT trial")
        yield
        self.settle(self)
        self.touched.clear()
        self.db.execute("ROLLBACK TO trial")
        self.db.execute("RELEASE trial")


class Database:
    """Connections to one SQLite file. An acknowledged write is on disk (WAL, synchronous=FULL)."""

    def __init__(self, path: Path, before_commit: Callable[[Write], None]) -> None:
        """Open or create it.

        Raises:
            StateError: it is damaged, or of a newer format.
        """
        self.path = path
        self.changed = threading.Condition()
        # Counts signals of writes, so that nobody waits for a change that has come already.
        self.version = 0
        self.stopped = False
        self._before_commit = before_commit
        self._writing = threading.Lock()
        self._known = KnownHashes()
        self._readers: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        try:
            self._writer = self._connect()
            schema.open_format(self._writer, path)
        except sqlite3.DatabaseError as error:
            raise StateError(f"{path} can't be opened: {error}. Move it away to start anew.") from error

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of the last acknowledged state."""
        try:
            db = self._readers.get_nowait()
        except queue.Empty:
            db = self._connect()
            db.known = self._known
        try:
            db.execute("BEGIN")
            yield db
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error
        finally:
            db.rollback()
            self._readers.put(db)

    @contextmanager
    def write(self, set_id: str | None = None, subject: str = "") -> Iterator[Write]:
        """A transaction: all of it is kept, or after an exception nothing. `set_id`: of the commits it makes."""
        with self._writing:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                write = Write(self._writer, time.time_ns(), set_id or uuid.uuid4().hex, self._before_commit, subject)
                yield write
                self._before_commit(write)
                self._writer.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                self._writer.rollback()
                raise self._explain(error) from error
            except BaseException:
                self._writer.rollback()
                raise
            self.version += 1
        self.signal()

    def _explain(self, error: sqlite3.DatabaseError) -> Exception:
        """The error with the file's name, by what it says about the file."""
        text = str(error)
        if "disk is full" in text or "disk I/O error" in text:
            return StorageError(f"{self.path} can't be written: {text}. Free some space, then repeat the call.")
        if "malformed" in text or "not a database" in text:
            return DamagedError(f"{self.path} is damaged: {text}. What isn't damaged stays readable.")
        return error

    def signal(self) -> None:
        """Wake everybody who waits for a change."""
        with self.changed:
            self.changed.notify_all()

    def stop(self) -> None:
        """Wake everybody who waits, for good."""
        self.stopped = True
        self.signal()

    def close(self) -> None:
        """Close what is not in use. The rest goes with its reader."""
        with self._writing:
            self._writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()

    def _connect(self) -> Connection:
        # isolation_level None: we say BEGIN and COMMIT ourselves. A connection moves between threads, one at a time.
        db = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False, factory=Connection)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        return db
