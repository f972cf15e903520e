"""Commits by row key: what both branches and commits read."""

import sqlite3
from typing import Any

from hitl_assets.emulators.pachyderm.errors import DamagedError
from hitl_assets.emulators.pachyderm.store.records import Commit, Origin, Repo
from hitl_assets.emulators.pachyderm.store.repos import get_repo_by_key


def commit_from_row(row: tuple[Any, ...], repo: Repo) -> Commit:
    """A row of the table, which has the record's order, as a record."""
    key, _, commit_id, branch, parent, origin, *rest = row
    return Commit(key, repo, commit_id, branch, parent, Origin(origin), *rest)


def find_commit(db: sqlite3.Connection, key: int) -> Commit | None:
    """The commit with this key, if it is still there."""
    row = db.execute("SELECT * FROM commits WHERE key = ?", (key,)).fetchone()
    return commit_from_row(row, get_repo_by_key(db, row[1])) if row else None


def get_commit(db: sqlite3.Connection, key: int) -> Commit:
    """The commit that a row refers to.

    Raises:
        DamagedError: it is missing.
    """
    commit = find_commit(db, key)
    if commit is None:
        raise DamagedError(f"the database refers to a commit that is missing (row {key})")
    return commit


def commits_by_query(db: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> list[Commit]:
    """The commits whose rows a query finds."""
    return [commit_from_row(row, get_repo_by_key(db, row[1])) for row in db.execute(query, values).fetchall()]


def commits_by_id(db: sqlite3.Connection, commit_id: str) -> list[Commit]:
    """The commits with this id, one per repo, oldest first."""
    return commits_by_query(db, "SELECT * FROM commits WHERE id = ? ORDER BY key", (commit_id,))
