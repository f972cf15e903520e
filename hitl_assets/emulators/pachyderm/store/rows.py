"""Commits by row key: what both branches and commits read."""

import sqlite3
from typing import Any

from hitl_assets.emulators.pachyderm.store.records import Commit, Origin, Repo
from hitl_assets.emulators.pachyderm.store.repos import get_repo_by_key

COMMIT = "key, repo, id, branch, parent, origin, description, started, finishing, finished, error, size"


def commit_from_row(row: tuple[Any, ...], repo: Repo) -> Commit:
    """A row of `COMMIT` columns as a record."""
    key, _, commit_id, branch, parent, origin, *rest = row
    return Commit(key, repo, commit_id, branch, parent, Origin(origin), *rest)


def find_commit(db: sqlite3.Connection, key: int) -> Commit | None:
    """The commit with this key, if it is still there."""
    row = db.execute(f"SELECT {COMMIT} FROM commits WHERE key = ?", (key,)).fetchone()
    return commit_from_row(row, get_repo_by_key(db, row[1])) if row else None


def get_commit(db: sqlite3.Connection, key: int) -> Commit:
    """The commit that a row refers to."""
    commit = find_commit(db, key)
    assert commit is not None, f"commit {key} is referred to and missing"
    return commit


def commits_where(db: sqlite3.Connection, condition: str, *values: Any) -> list[Commit]:
    """The commits that a condition of ours selects, oldest first."""
    rows = db.execute(f"SELECT {COMMIT} FROM commits WHERE {condition} ORDER BY key", values).fetchall()
    return [commit_from_row(row, get_repo_by_key(db, row[1])) for row in rows]
