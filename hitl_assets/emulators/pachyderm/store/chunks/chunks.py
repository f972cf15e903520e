"""Chunks by content: small ones in the database, large ones as files. Written before anything refers to them."""

import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import DamagedError, StorageError
from hitl_assets.emulators.pachyderm.store.chunks.chunking import Chunker, digest
from hitl_assets.emulators.pachyderm.store.database import Database

INLINE_LIMIT = 64 * 1024
# Small chunks that wait in memory for one transaction.
BATCH_BYTES = 8 * 1024 * 1024
HASH_BYTES = 32


def split_hashes(chunks: bytes) -> Iterator[bytes]:
    """The single hashes of a file's joined ones."""
    return (chunks[at : at + HASH_BYTES] for at in range(0, len(chunks), HASH_BYTES))


class ChunkFiles:
    """The directory of large chunks: `chunks/ab/abcd...`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, name: bytes) -> Path:
        """Where the chunk with this hash is."""
        return self.directory / name.hex()[:2] / name.hex()

    def save(self, name: bytes, data: bytes) -> None:
        """Write it so that a kill or a power loss leaves the whole chunk or none.

        Raises:
            StorageError: the disk is full.
        """
        path = self.path(name)
        if path.exists() and path.stat().st_size == len(data):
            return
        temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StorageError(f"chunk file {path} can't be written: {error.strerror}. Free some space.") from error
        for directory in (path.parent, self.directory):
            sync_directory(directory)

    def load(self, name: bytes, size: int) -> bytes:
        """Its content.

        Raises:
            DamagedError: the file is missing, truncated or altered.
        """
        path = self.path(name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DamagedError(f"chunk file {path} can't be read: {error.strerror}") from error
        if len(data) != size or digest(data) != name:
            raise DamagedError(f"chunk file {path} is damaged: {len(data)} of {size} bytes, or another content")
        return data


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load(db: sqlite3.Connection, files: ChunkFiles, name: bytes) -> bytes:
    """The content of a chunk.

    Raises:
        DamagedError: it is missing or damaged.
    """
    row = db.execute("SELECT size, data FROM chunks WHERE hash = ?", (name,)).fetchone()
    if row is None:
        raise DamagedError(f"chunk {name.hex()} is missing from the database")
    size, data = row
    if data is None:
        return files.load(name, size)
    if digest(data) != name:
        raise DamagedError(
            f"{files.directory.with_name('state.sqlite')} is damaged: chunk {name.hex()} has another content"
        )
    return bytes(data)


def read(db: sqlite3.Connection, files: ChunkFiles, chunks: bytes, offset: int = 0) -> Iterator[bytes]:
    """A file's bytes from `offset` on, chunk by chunk; skipped chunks are not read."""
    for name in split_hashes(chunks):
        if offset:
            (size,) = db.execute("SELECT size FROM chunks WHERE hash = ?", (name,)).fetchone() or (0,)
            if offset >= size > 0:
                offset -= size
                continue
        data = load(db, files, name)
        yield data[offset:] if offset else data
        offset = 0


class ChunkWriter:
    """Stores chunks in batches, each in a transaction of its own: an upload that fails leaves only unused chunks."""

    def __init__(self, database: Database, files: ChunkFiles) -> None:
        self._database = database
        self._files = files
        self._rows: list[tuple[bytes, int, bytes | None]] = []
        self._bytes = 0

    def add(self, data: bytes) -> bytes:
        """The hash of the chunk, which is stored after the next `flush`."""
        name = digest(data)
        inline = len(data) <= INLINE_LIMIT
        if not inline:
            self._files.save(name, data)
        self._rows.append((name, len(data), data if inline else None))
        self._bytes += len(data) if inline else 0
        if self._bytes >= BATCH_BYTES:
            self.flush()
        return name

    def flush(self) -> None:
        """Store what waits."""
        if self._rows:
            with self._database.write() as write:
                insert(write.db, self._rows)
        self._rows, self._bytes = [], 0


def insert(db: sqlite3.Connection, rows: Iterable[tuple[bytes, int, bytes | None]]) -> None:
    """Add the chunks that aren't there yet."""
    db.executemany("INSERT OR IGNORE INTO chunks (hash, size, data) VALUES (?, ?, ?)", rows)


def append(db: sqlite3.Connection, files: ChunkFiles, old: bytes, new: bytes) -> bytes:
    """The chunks of `old` followed by `new`, cut as one content. Only the last old chunk is cut again."""
    names = list(split_hashes(old))
    chunker, result, rows = Chunker(), names[:-1], []

    def keep(pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            name = digest(piece)
            inline = len(piece) <= INLINE_LIMIT
            if not inline:
                files.save(name, piece)
            rows.append((name, len(piece), piece if inline else None))
            result.append(name)

    for name in [*names[-1:], *split_hashes(new)]:
        keep(chunker.feed(load(db, files, name)))
    keep(chunker.finish())
    insert(db, rows)
    return b"".join(result)
