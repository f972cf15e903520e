"""Removing chunks that no file of any commit names. Only while nobody writes: before the emulator listens."""

import sqlite3
import time
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import PfsError
from hitl_assets.emulators.pachyderm.store.chunks.chunks import ChunkFiles, split_hashes
from hitl_assets.emulators.pachyderm.store.database import Database

# How many bytes of a hash tell a used chunk: 16 MB of memory, whatever the state's size. Two hashes that begin alike
# keep an unused chunk; no used one can go.
PREFIX = 3
CHECK_EVERY = 1_000


class Deadline(Exception):  # noqa: N818 - no error: the rest waits for the next start
    """The time is up."""


def collect(database: Database, files: ChunkFiles, seconds: float) -> None:
    """Remove unused rows, then files without a row: a kill in between leaves files for the next start.

    Gives up, and removes nothing it isn't sure of, when the time is up or the state is damaged.
    """
    deadline = time.monotonic() + seconds
    try:
        with database.write() as write:
            delete_unused_rows(write.db, deadline)
        with database.read() as db:
            delete_unknown_files(db, files, deadline)
    except (Deadline, PfsError, sqlite3.Error, OSError):
        return


def delete_unused_rows(db: sqlite3.Connection, deadline: float) -> None:
    """Mark every chunk that a file names, deleted versions included; delete the others."""
    used = bytearray(1 << 8 * PREFIX)
    for number, (chunks,) in enumerate(db.execute("SELECT chunks FROM entries")):
        check(number, deadline)
        for name in split_hashes(chunks):
            used[int.from_bytes(name[:PREFIX], "big")] = 1
    unused = []
    for number, (name,) in enumerate(db.execute("SELECT hash FROM chunks")):
        check(number, deadline)
        if not used[int.from_bytes(name[:PREFIX], "big")]:
            unused.append((name,))
    db.executemany("DELETE FROM chunks WHERE hash = ?", unused)


def delete_unknown_files(db: sqlite3.Connection, files: ChunkFiles, deadline: float) -> None:
    """Delete chunk files without a row, and what a killed writer left."""
    for number, path in enumerate(files.directory.glob("*/*")):
        check(number, deadline)
        if path.suffix == ".tmp" or is_unknown(db, path):
            path.unlink()


def is_unknown(db: sqlite3.Connection, path: Path) -> bool:
    """Whether it is named like a chunk that the database doesn't know as a file. Other files aren't ours."""
    try:
        name = bytes.fromhex(path.name)
    except ValueError:
        return False
    return db.execute("SELECT 1 FROM chunks WHERE hash = ? AND data IS NULL", (name,)).fetchone() is None


def check(number: int, deadline: float) -> None:
    """Nothing, while there is time.

    Raises:
        Deadline: there is none left.
    """
    if number % CHECK_EVERY == 0 and time.monotonic() > deadline:
        raise Deadline
