"""Branches: the rows and their heads. How they depend on each other is in provenance.py."""

import sqlite3

from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Branch, Repo
from hitl_assets.emulators.pachyderm.store.repos import get_repo_by_key


def find_branch(db: sqlite3.Connection, repo: Repo, name: str) -> Branch | None:
    """The branch, if there is one."""
    row = db.execute("SELECT key, head FROM branches WHERE repo = ? AND name = ?", (repo.key, name)).fetchone()
    return Branch(row[0], repo, name, row[1]) if row else None


def get_branch(db: sqlite3.Connection, repo: Repo, name: str) -> Branch:
    """The branch.

    Raises:
        NotFoundError: there is none.
    """
    branch = find_branch(db, repo, name)
    if branch is None:
        raise NotFoundError(f'branch "{name}" not found in repo {repo}')
    return branch


def get_branch_by_key(db: sqlite3.Connection, key: int) -> Branch:
    """The branch of a row that refers to it."""
    repo, name, head = db.execute("SELECT repo, name, head FROM branches WHERE key = ?", (key,)).fetchone()
    return Branch(key, get_repo_by_key(db, repo), name, head)


def is_there(db: sqlite3.Connection, key: int) -> bool:
    """Whether the branch still exists."""
    return db.execute("SELECT 1 FROM branches WHERE key = ?", (key,)).fetchone() is not None


def list_branches(db: sqlite3.Connection, repo: Repo, oldest_first: bool = False) -> list[Branch]:
    """The branches of a repo, newest first."""
    rows = db.execute("SELECT key, name, head FROM branches WHERE repo = ? ORDER BY key", (repo.key,))
    found = [Branch(key, repo, name, head) for key, name, head in rows]
    return found if oldest_first else found[::-1]


def insert_branch(write: Write, repo: Repo, name: str) -> Branch:
    """A new branch without a head.

    Raises:
        RefusedError: pachd would refuse the name.
    """
    paths.check_name(name)
    if paths.is_commit_id(name):
        raise RefusedError("update head: branch name cannot be a UUID V4")
    (key,) = write.db.execute(
        "INSERT INTO branches (repo, name) VALUES (?, ?) RETURNING key", (repo.key, name)
    ).fetchone()
    return Branch(key, repo, name, None)


def move_head(write: Write, branch: Branch, commit: int) -> None:
    """Point it to another commit. Branches downstream follow when the transaction ends."""
    write.db.execute("UPDATE branches SET head = ? WHERE key = ?", (commit, branch.key))
    write.touched.add(branch.key)


def upstream_keys(db: sqlite3.Connection, branch: int) -> list[int]:
    """The branches of its direct provenance."""
    rows = db.execute("SELECT upstream FROM branch_provenance WHERE branch = ? ORDER BY upstream", (branch,))
    return [key for (key,) in rows]


def downstream_keys(db: sqlite3.Connection, branch: int) -> list[int]:
    """The branches that have it in their direct provenance."""
    rows = db.execute("SELECT branch FROM branch_provenance WHERE upstream = ? ORDER BY branch", (branch,))
    return [key for (key,) in rows]


def provenance(db: sqlite3.Connection, branch: int) -> list[Branch]:
    """All branches upstream of it."""
    return [get_branch_by_key(db, key) for key in _closure(db, branch, upstream=True)]


def subvenance(db: sqlite3.Connection, branch: int) -> list[Branch]:
    """All branches downstream of it."""
    return [get_branch_by_key(db, key) for key in _closure(db, branch, upstream=False)]


def _closure(db: sqlite3.Connection, branch: int, upstream: bool) -> list[int]:
    step = upstream_keys if upstream else downstream_keys
    found: dict[int, None] = {}
    queue = step(db, branch)
    while queue:
        key = queue.pop(0)
        if key not in found:
            found[key] = None
            queue += step(db, key)
    return list(found)
