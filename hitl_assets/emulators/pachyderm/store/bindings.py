"""The roles that subjects have on repos, apart from those that the emulator was started with."""

import sqlite3
from collections.abc import Iterable

from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Repo


def bound_roles(db: sqlite3.Connection, repo: Repo, subject: str) -> tuple[str, ...] | None:
    """The subject's roles on the repo; None: nobody has said."""
    rows = db.execute("SELECT role FROM role_bindings WHERE repo = ? AND subject = ?", (repo.key, subject)).fetchall()
    return tuple(role for (role,) in rows if role) if rows else None


def bind_roles(write: Write, repo: int, subject: str, roles: Iterable[str]) -> None:
    """Give the subject these roles on the repo, and no others."""
    write.db.execute("DELETE FROM role_bindings WHERE repo = ? AND subject = ?", (repo, subject))
    # Without any, a row says so: the roles of the start don't count any more.
    values = [(repo, subject, role) for role in roles] or [(repo, subject, "")]
    write.db.executemany("INSERT INTO role_bindings VALUES (?, ?, ?)", values)
