"""Repos: the rows, and who may delete them."""

import sqlite3

from hitl_assets.emulators.pachyderm.errors import AlreadyExistsError, NotFoundError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store import bindings
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Repo
from hitl_assets.emulators.pachyderm.store.trees import segments


def find_repo(db: sqlite3.Connection, name: str, kind: str = "user") -> Repo | None:
    """The repo, if there is one."""
    row = db.execute("SELECT * FROM repos WHERE name = ? AND type = ?", (name, kind or "user")).fetchone()
    return Repo(*row) if row else None


def get_repo(db: sqlite3.Connection, name: str, kind: str = "user") -> Repo:
    """The repo.

    Raises:
        NotFoundError: there is none.
    """
    repo = find_repo(db, name, kind)
    if repo is None:
        raise NotFoundError(f"repo {Repo(0, name, kind or 'user', '', 0)} not found")
    return repo


def missing_row(name: str, kind: str = "user") -> str:
    """A repo that isn't there, as pachd's database says it."""
    return f"repo (id=0, project=default, name={name}, type={kind}) not found"


def get_repo_by_key(db: sqlite3.Connection, key: int) -> Repo:
    """The repo of a row that refers to it."""
    return Repo(*db.execute("SELECT * FROM repos WHERE key = ?", (key,)).fetchone())


def list_repos(db: sqlite3.Connection, kind: str = "") -> list[Repo]:
    """The repos of a type, or of all types; by name."""
    rows = db.execute("SELECT * FROM repos WHERE ? IN ('', type) ORDER BY name, type", (kind,))
    return [Repo(*row) for row in rows]


def create_repo(write: Write, name: str, kind: str, description: str, update: bool) -> None:
    """Create it, or with `update` change the description of one that is there.

    Raises:
        AlreadyExistsError: it is there.
        NotFoundError: it is a system repo whose user repo is missing.
        RefusedError: pachd would refuse the name.
    """
    paths.check_name(name)
    kind = kind or "user"
    if kind != "user" and find_repo(write.db, name) is None:
        raise NotFoundError(f"cannot create a system repo without a corresponding 'user' repo: {missing_row(name)}")
    repo = find_repo(write.db, name, kind)
    if repo is None:
        (key,) = write.db.execute(
            "INSERT INTO repos (name, type, description, created) VALUES (?, ?, ?, ?) RETURNING key",
            (name, kind, description, write.now),
        ).fetchone()
        if write.subject and kind == "user":
            bindings.bind_roles(write, key, write.subject, ["repoOwner"])
    elif update:
        write.db.execute("UPDATE repos SET description = ? WHERE key = ?", (description, repo.key))
    else:
        raise AlreadyExistsError(f"repo {repo} already exists")


def repo_size(db: sqlite3.Connection, repo: Repo) -> int:
    """The bytes at the head of the branch `master`; pachd counts no other branch."""
    row = db.execute(
        "SELECT c.size FROM branches b JOIN commits c ON c.key = b.head WHERE b.repo = ? AND b.name = 'master'",
        (repo.key,),
    ).fetchone()
    return row[0] if row else 0


def delete_repo(write: Write, repo: Repo) -> None:
    """Delete it with all branches and commits, and with a user repo its system repos."""
    if repo.type == "user":
        for system in (find_repo(write.db, repo.name, kind) for kind in ("meta", "spec")):
            if system is not None:
                delete_repo(write, system)
    delete_contents(write, repo)
    write.db.execute("DELETE FROM repos WHERE key = ?", (repo.key,))


def delete_contents(write: Write, repo: Repo) -> None:
    """Delete every branch and commit of the repo, and what other repos say about them."""
    db = write.db
    db.execute(
        "WITH mine AS (SELECT key FROM branches WHERE repo = ?)"
        " DELETE FROM branch_provenance WHERE branch IN mine OR upstream IN mine",
        (repo.key,),
    )
    db.execute("DELETE FROM role_bindings WHERE repo = ?", (repo.key,))
    db.execute("DELETE FROM triggers WHERE branch IN (SELECT key FROM branches WHERE repo = ?)", (repo.key,))
    keys = [key for (key,) in db.execute("SELECT key FROM commits WHERE repo = ?", (repo.key,))]
    db.execute("DELETE FROM branches WHERE repo = ?", (repo.key,))
    for key in keys:
        db.execute("DELETE FROM commit_provenance WHERE commit_key = :key OR upstream = :key", {"key": key})
        segments.delete_segments(db, key)
    db.execute("DELETE FROM commits WHERE repo = ?", (repo.key,))
