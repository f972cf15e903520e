"""Reading what a commit holds: files, and the directories that their paths imply."""

import hashlib
import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.records import Entry, Node
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.directories import Connection, Directory
from hitl_assets.emulators.pachyderm.store.trees.segments import Segment

Row = tuple[Any, ...]


@dataclass
class Sum:
    """A directory whose children are being added up."""

    path: str
    size: int = 0
    hash: "hashlib.blake2b" = field(default_factory=lambda: hashlib.blake2b(digest_size=32))

    def add(self, size: int, name: bytes) -> None:
        """Count a child. pachd's hash of a directory is over the hashes of its children in path order."""
        self.size += size
        self.hash.update(name)


class Tree:
    """The newest entry per path and datum over a chain of segments. Everything comes in pachd's path order."""

    def __init__(self, db: sqlite3.Connection, chain: list[Segment], datum: str = "") -> None:
        self.db = db
        self.chain = chain
        self.segments = [link.key for link in chain]
        self.datum = datum
        # Rows of directories count all datums.
        self.is_summed = not datum and all(link.is_summed for link in chain)
        self._rank = {key: rank for rank, key in enumerate(self.segments)}
        self._anywhere = f"segment IN ({','.join(map(str, self.segments))})"

    def entry(self, path: str, datum: str) -> Entry | None:
        """The live file, if there is one."""
        row = self._newest("entries", "path = ? AND datum = ?", (path, datum))
        return Entry(*row[1:]) if row and row[3] else None

    def directory_row(self, path: str) -> Directory | None:
        """What the newest segment that touched the directory says about it."""
        row = self._newest("directories", "path = ?", (path,))
        return Directory(*row) if row else None

    def _newest(self, table: str, condition: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        query = f"SELECT * FROM {table} WHERE {self._anywhere} AND {condition}"  # noqa: S608 - our own names and keys
        return min(self.db.execute(query, values), key=lambda row: self._rank[row[0]], default=None)

    def files(self, path: str) -> Iterator[Entry]:
        """The live files with this path: one, unless several datums wrote it."""
        # No legal path holds a NUL: the range is this path alone.
        return self._between(path, path + "\0")

    def entries(self, directory: str = "/", live_only: bool = True) -> Iterator[Entry]:
        """The live files below a directory, at any depth; or the deleted ones, too, as far as the chain says so."""
        return self._between(directory, after(directory), live_only)

    def _between(self, first: str, end: str, live_only: bool = True) -> Iterator[Entry]:
        query = "SELECT * FROM entries WHERE segment = ? AND path >= ? AND path < ? ORDER BY path, datum"
        sources = (self.db.execute(query, (segment, first, end)) for segment in self.segments)
        return self._newest_entries(sources, live_only)

    # Equal paths come in the order of the sources, which is newest first.
    def _newest_entries(self, sources: Iterable[Iterator[Row]], live_only: bool = True) -> Iterator[Entry]:
        return (Entry(*row[1:]) for row in self._newest_rows(sources, live_only))

    def _newest_rows(self, sources: Iterable[Iterator[Row]], live_only: bool = True) -> Iterator[Row]:
        last = ("", "")
        for row in heapq.merge(*sources, key=lambda row: row[1:3]):
            if row[1:3] == last:
                continue
            last = row[1:3]
            if (row[3] or not live_only) and self.datum in ("", row[2]):
                yield row

    def _live_directories(self, sources: Iterable[Iterator[Row]]) -> Iterator[Directory]:
        last = ""
        for row in heapq.merge(*sources, key=lambda row: row[1]):
            if row[1] != last and row[2]:
                yield Directory(*row)
            last = row[1]

    def nodes(self, directory: str = "/") -> Iterator[Node]:
        """The directory itself and everything below it. Nothing, when there is no file below it."""
        if self.is_summed:
            query = "SELECT * FROM directories WHERE segment = ? AND path >= ? AND path < ? ORDER BY path"
            span = (directory, after(directory))
            rows = self._live_directories(self.db.execute(query, (segment, *span)) for segment in self.segments)
            files = map(file_node, self.entries(directory))
            yield from heapq.merge(map(self._directory_node, rows), files, key=lambda node: node.path)
            return
        sums = self.sums(directory)
        previous = ""
        for entry in self.entries(directory):
            for parent in paths.parents(entry.path):
                if parent in sums and not previous.startswith(parent):
                    yield sums[parent]
            previous = entry.path
            yield file_node(entry)

    def children(self, directory: str) -> Iterator[Node]:
        """The directory's direct children. Costs these, not what is below them."""
        if self.is_summed:
            rows = self._live_directories(self._direct("directories", key, directory) for key in self.segments)
            files = self._newest_entries(self._direct("entries", key, directory) for key in self.segments)
            nodes = map(self._directory_node, rows), map(file_node, files)
            yield from heapq.merge(*nodes, key=lambda node: node.path)
            return
        for node in self.nodes(directory):
            if node.path != directory and "/" not in node.path[len(directory) : -1]:
                yield node

    def _direct(self, table: str, segment: int, directory: str) -> Iterator[Row]:
        """The rows of direct children. Jumps over what is deeper."""
        order = "path, datum" if table == "entries" else "path"
        query = f"SELECT * FROM {table} WHERE segment = ? AND path > ? AND path < ? ORDER BY {order}"  # noqa: S608 - ours
        first: str | None = directory
        while first is not None:
            rows = self.db.execute(query, (segment, first, after(directory)))
            first = None
            for row in rows:
                slash = row[1].find("/", len(directory))
                if slash in (-1, len(row[1]) - 1):
                    yield row
                else:
                    # Legal characters come before this one.
                    first = row[1][: slash + 1] + "\x7f"
                    break

    def _directory_node(self, row: Directory) -> Node:
        return Node(row.path, "", row.size, self.directory_hash(row))

    def directory_hash(self, row: Directory) -> bytes:
        """The hash of a directory: pachd's, over those of its direct children."""
        if row.hash is not None:
            return row.hash
        known = self.db.known if isinstance(self.db, Connection) and row.segment != self._open_segment else None
        found = known.get(row) if known else None
        if found is None:
            total = hashlib.blake2b(digest_size=32)
            for one in self._child_hashes(row.path):
                total.update(one)
            found = total.digest()
            if known:
                known.put(row, found)
        return found

    def _child_hashes(self, directory: str) -> Iterator[bytes]:
        """The hashes of the direct children. Makes no records: a directory may have very many."""
        rows = self._live_directories(self._direct("directories", key, directory) for key in self.segments)
        files = self._newest_rows(self._direct("entries", key, directory) for key in self.segments)
        hashes = ((row.path, self.directory_hash(row)) for row in rows), ((row[1], row[5]) for row in files)
        return (value for _, value in heapq.merge(*hashes))

    def has_hashed_children(self, directory: str) -> bool:
        """Whether the hashes of all directories right below it are stored."""
        rows = self._live_directories(self._direct("directories", key, directory) for key in self.segments)
        return all(row.hash is not None for row in rows)

    @cached_property
    def _open_segment(self) -> int | None:
        """The segment that can still change."""
        if not self.chain:
            return None
        newest = self.chain[0]
        row = self.db.execute("SELECT finishing FROM commits WHERE key = ?", (newest.commit_key,)).fetchone()
        return newest.key if row is None or row[0] is None else None

    def sums(self, directory: str = "/") -> dict[str, Node]:
        """The directory and all directories below it, added up."""
        done: dict[str, Node] = {}
        opened: list[Sum] = []
        for entry in self.entries(directory):
            while opened and not entry.path.startswith(opened[-1].path):
                close_sum(opened, done)
            for parent in paths.parents(entry.path):
                if parent.startswith(directory) and (not opened or len(parent) > len(opened[-1].path)):
                    opened.append(Sum(parent))
            opened[-1].add(entry.size, entry.hash)
        while opened:
            close_sum(opened, done)
        return done

    def find(self, path: str) -> list[Node]:
        """What a cleaned path names: its files, or its directory, or nothing."""
        return [file_node(one) for one in self.files(path)] or self.find_directory(paths.as_directory(path))

    def find_directory(self, directory: str) -> list[Node]:
        """The directory, if it is there."""
        if self.is_summed:
            row = self.directory_row(directory)
            return [self._directory_node(row)] if row and row.files else []
        node = self.sums(directory).get(directory)
        return [node] if node else []


def file_node(entry: Entry) -> Node:
    """The file that a live entry is about."""
    return Node(entry.path, entry.datum, entry.size, entry.hash, entry.chunks)


def after(directory: str) -> str:
    """The end of the range of paths below a directory."""
    return directory[:-1] + chr(ord("/") + 1)


def close_sum(opened: list[Sum], done: dict[str, Node]) -> None:
    """Take the innermost open directory as done, and count it in the one around it."""
    one = opened.pop()
    node = Node(one.path, "", one.size, one.hash.digest())
    done[one.path] = node
    if opened:
        opened[-1].add(node.size, node.hash)


def open_tree(db: sqlite3.Connection, commit: int, datum: str = "") -> Tree:
    """The tree of a commit, whatever its state; `datum` leaves out what other datums wrote."""
    return Tree(db, segments.chain(db, commit), datum)
