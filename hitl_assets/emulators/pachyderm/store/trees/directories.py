"""What directories hold in total, kept per commit, so that nobody has to walk what is below them.

A segment has a row for each directory that its commits touched. The newest row over a chain of segments counts, as for
files. Rows come with the edits (sums.py); hashes when the commit finishes (settling.py), or when somebody asks for one
(trees.py). Segments in the table `unsummed` have no rows yet, because a commit that they build on can still change.
"""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Directory:
    """A row. `files` are counted at any depth, `children` are direct. Without files it isn't there (any more)."""

    segment: int
    path: str
    files: int = 0
    children: int = 0
    size: int = 0
    hash: bytes | None = None


class Connection(sqlite3.Connection):
    """A connection to the state. Those that read share the hashes that any of them worked out."""

    known: "KnownHashes | None" = None


class KnownHashes:
    """Hashes that readers worked out, for the next who asks. A row never changes once its commit is finished."""

    LIMIT = 50_000

    def __init__(self) -> None:
        self._hashes: dict[tuple[int, str], bytes] = {}

    def get(self, row: Directory) -> bytes | None:
        """The hash, if somebody worked it out."""
        return self._hashes.get((row.segment, row.path))

    def put(self, row: Directory, value: bytes) -> None:
        """Remember it."""
        if len(self._hashes) >= self.LIMIT:
            self._hashes = {}
        self._hashes[row.segment, row.path] = value
