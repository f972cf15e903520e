"""Reading what a commit holds: files, and the directories that their paths imply."""

import hashlib
import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.store import segments
from hitl_assets.emulators.pachyderm.store.records import Entry, Node
from hitl_assets.emulators.pachyderm.store.segments import Segment


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
        self.segments = [link.key for link in chain]
        self.datum = datum

    def entry(self, path: str, datum: str) -> Entry | None:
        """The live file, if there is one."""
        for segment in self.segments:
            row = self.db.execute(
                "SELECT * FROM entries WHERE segment = ? AND path = ? AND datum = ?", (segment, path, datum)
            ).fetchone()
            if row:
                found = Entry(*row[1:])
                return found if found.live else None
        return None

    def files(self, path: str) -> Iterator[Entry]:
        """The live files with this path: one, unless several datums wrote it."""
        # No legal path holds a NUL: the range is this path alone.
        return self._between(path, path + "\0")

    def entries(self, directory: str = "/") -> Iterator[Entry]:
        """The live files below a directory, at any depth."""
        return self._between(directory, directory[:-1] + chr(ord("/") + 1))

    def _between(self, first: str, end: str) -> Iterator[Entry]:
        sources = [self._scan(rank, segment, first, end) for rank, segment in enumerate(self.segments)]
        last = ("", "")
        for path, datum, _, row in heapq.merge(*sources):
            if (path, datum) == last:
                continue
            last = (path, datum)
            found = Entry(*row[1:])
            if found.live and self.datum in ("", datum):
                yield found

    def _scan(self, rank: int, segment: int, first: str, end: str) -> Iterator[tuple[str, str, int, Any]]:
        query = "SELECT * FROM entries WHERE segment = ? AND path >= ? AND path < ? ORDER BY path, datum"
        return ((row[1], row[2], rank, row) for row in self.db.execute(query, (segment, first, end)))

    def nodes(self, directory: str = "/") -> Iterator[Node]:
        """The directory itself and everything below it. Nothing, when there is no file below it."""
        sums = self.sums(directory)
        previous = ""
        for entry in self.entries(directory):
            for parent in paths.parents(entry.path):
                if parent in sums and not previous.startswith(parent):
                    yield sums[parent]
            previous = entry.path
            yield Node(entry.path, entry.datum, entry.size, entry.hash, entry.chunks)

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
        found = [Node(one.path, one.datum, one.size, one.hash, one.chunks) for one in self.files(path)]
        if found:
            return found
        directory = paths.as_directory(path)
        node = self.sums(directory).get(directory)
        return [node] if node else []

    def children(self, directory: str) -> Iterator[Node]:
        """The directory's direct children."""
        for node in self.nodes(directory):
            if node.path != directory and "/" not in node.path[len(directory) : -1]:
                yield node


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
