"""The tables, and the version of their format."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import StateError
from hitl_assets.emulators.pachyderm.store.trees import settling

FORMAT = 4

TABLES = """
CREATE TABLE repos (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL, type TEXT NOT NULL, description TEXT NOT NULL, created INTEGER NOT NULL,
    UNIQUE (name, type)
);
CREATE TABLE branches (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    repo INTEGER NOT NULL REFERENCES repos, name TEXT NOT NULL, head INTEGER REFERENCES commits,
    UNIQUE (repo, name)
);
CREATE INDEX branches_by_head ON branches (head);
CREATE TABLE branch_provenance (
    branch INTEGER NOT NULL REFERENCES branches, upstream INTEGER NOT NULL REFERENCES branches,
    PRIMARY KEY (branch, upstream)
) WITHOUT ROWID;
CREATE INDEX branch_provenance_by_upstream ON branch_provenance (upstream);
CREATE TABLE commits (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    repo INTEGER NOT NULL REFERENCES repos, id TEXT NOT NULL, branch TEXT NOT NULL,
    parent INTEGER REFERENCES commits, origin INTEGER NOT NULL, description TEXT NOT NULL,
    started INTEGER NOT NULL, finishing INTEGER, finished INTEGER,
    error TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0,
    UNIQUE (repo, id)
);
CREATE INDEX commits_by_id ON commits (id);
CREATE INDEX commits_by_parent ON commits (parent);
CREATE TABLE commit_provenance (
    commit_key INTEGER NOT NULL REFERENCES commits, upstream INTEGER NOT NULL REFERENCES commits,
    PRIMARY KEY (commit_key, upstream)
) WITHOUT ROWID;
CREATE INDEX commit_provenance_by_upstream ON commit_provenance (upstream);
-- A segment holds what changed after `base` up to and with `commit_key`. See segments.py.
CREATE TABLE segments (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    commit_key INTEGER NOT NULL REFERENCES commits, level INTEGER NOT NULL, base INTEGER REFERENCES commits,
    UNIQUE (commit_key, level)
);
CREATE INDEX segments_by_base ON segments (base);
CREATE TABLE entries (
    segment INTEGER NOT NULL REFERENCES segments, path TEXT NOT NULL, datum TEXT NOT NULL,
    live INTEGER NOT NULL, size INTEGER NOT NULL, hash BLOB NOT NULL, chunks BLOB NOT NULL,
    PRIMARY KEY (segment, path, datum)
) WITHOUT ROWID;
-- A chunk without data is a file: see chunks.py.
CREATE TABLE chunks (hash BLOB PRIMARY KEY, size INTEGER NOT NULL, data BLOB) WITHOUT ROWID;
"""
# What each format added to the one before.
MIGRATIONS = {
    2: """
CREATE TABLE transactions (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, started INTEGER NOT NULL
);
CREATE TABLE transaction_requests (
    transaction_key INTEGER NOT NULL REFERENCES transactions, number INTEGER NOT NULL, request BLOB NOT NULL,
    PRIMARY KEY (transaction_key, number)
) WITHOUT ROWID;
CREATE TABLE triggers (
    branch INTEGER PRIMARY KEY REFERENCES branches, source TEXT NOT NULL, all_of INTEGER NOT NULL,
    rate_limit TEXT NOT NULL, size TEXT NOT NULL, commits INTEGER NOT NULL
);
""",
    # Filled in settling.py. See directories.py.
    3: """
CREATE TABLE IF NOT EXISTS directories (
    segment INTEGER NOT NULL REFERENCES segments, path TEXT NOT NULL,
    files INTEGER NOT NULL, children INTEGER NOT NULL, size INTEGER NOT NULL, hash BLOB,
    PRIMARY KEY (segment, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unsummed (segment INTEGER PRIMARY KEY REFERENCES segments);
""",
    # The queue of FINISHING commits of a repo, see finishing.py; and who may do what with a repo, see bindings.py.
    4: """
CREATE INDEX IF NOT EXISTS commits_by_finished ON commits (repo, finished);
CREATE INDEX IF NOT EXISTS commits_held_up ON commits (repo, finishing) WHERE finishing > 0 AND finished IS NULL;
CREATE TABLE IF NOT EXISTS role_bindings (
    repo INTEGER NOT NULL REFERENCES repos, subject TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (repo, subject, role)
) WITHOUT ROWID;
""",
}


def open_format(db: sqlite3.Connection, path: Path) -> None:
    """Create the tables in a new file; bring a file of an older format to ours.

    Raises:
        StateError: the file was written by a newer version.
    """
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise StateError(f"{path} has format {found}; this version reads up to {FORMAT}. Use a newer hitl_assets.")
    script = "" if found else TABLES
    for added in range(max(found, 1) + 1, FORMAT + 1):
        script += MIGRATIONS[added]
    if script:
        # One transaction: a kill in between leaves the file as it was.
        with all_or_nothing(db):
            for statement in statements(script):
                db.execute(statement)
            if found:
                settling.settle_all(db)
            db.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def all_or_nothing(db: sqlite3.Connection) -> Iterator[None]:
    """All of it, or after an exception nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def statements(script: str) -> Iterator[str]:
    """The single statements: `executescript` would commit what is open."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
