"""Commits: start, finish, list. What a commit holds is in segments.py and trees.py."""

import sqlite3
from collections.abc import Iterator

from hitl_assets.emulators.pachyderm.errors import AlreadyExistsError, NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.commits import branches, finishing
from hitl_assets.emulators.pachyderm.store.commits.rows import commit_from_row, find_commit, get_commit
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Branch, Commit, Origin, Repo, State
from hitl_assets.emulators.pachyderm.store.trees import segments, settling, validation


def create_commit(write: Write, branch: Branch, parent: Commit | None, origin: Origin, description: str = "") -> Commit:
    """A new open commit at the head of the branch, in the commit set of this transaction.

    Raises:
        AlreadyExistsError: this commit set has a commit in the repo already.
    """
    db, repo = write.db, branch.repo
    if db.execute("SELECT 1 FROM commits WHERE repo = ? AND id = ?", (repo.key, write.set_id)).fetchone():
        raise AlreadyExistsError(f"commit {repo}@{write.set_id} already exists")
    (key,) = db.execute(
        "INSERT INTO commits (repo, id, branch, parent, origin, description, started, size)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key",
        (
            *(repo.key, write.set_id, branch.name, parent.key if parent else None),
            *(origin, description, write.now, parent.size if parent else 0),
        ),
    ).fetchone()
    segments.create_segment(db, key, 0, base_of(db, parent))
    branches.move_head(write, branch, key)
    return get_commit(db, key)


def base_of(db: sqlite3.Connection, parent: Commit | None) -> int | None:
    """The commit whose tree a child starts from: the parent, or what an errored parent started from."""
    if parent is None:
        return None
    return segments.own_segment(db, parent.key).base if parent.error else parent.key


def start_commit(write: Write, repo: Repo, name: str, parent: Commit | None, description: str) -> Commit:
    """A new open commit on the branch, which is created if it isn't there.

    Raises:
        RefusedError: the branch has provenance, its head is open, or the name is no branch name.
    """
    branch = branches.find_branch(write.db, repo, name) or branches.insert_branch(write, repo, name)
    if parent is None and branch.head is not None:
        parent = get_commit(write.db, branch.head)
    if parent is not None and parent.finishing is None:
        raise RefusedError(f"parent commit {parent} has not been finished")
    if branches.upstream_keys(write.db, branch.key):
        raise RefusedError(f"cannot start a commit on an output branch: {branch}")
    return create_commit(write, branch, parent, Origin.USER, description)


def finish_commit(write: Write, commit: Commit, delay: int, description: str = "", error: str = "") -> None:
    """Close it, and let branches with triggers follow.

    Raises:
        RefusedError: it is closed.
    """
    close_commit(write, commit, delay, description, error)
    write.finished.add(commit.key)


def close_commit(write: Write, commit: Commit, delay: int | None, description: str = "", error: str = "") -> None:
    """Close it for writes. It is FINISHED `delay` nanoseconds after those before it, also after a restart.

    `delay` None: it is FINISHED at once, since nothing is in it.

    Raises:
        RefusedError: it is closed.
    """
    check_open(commit)
    problem = error or validation.find_problem(write.db, commit.key)
    write.db.execute(
        "UPDATE commits SET finishing = ?, error = ?, description = ? WHERE key = ?",
        (write.now, problem, description or commit.description, commit.key),
    )
    if delay is None:
        write.db.execute("UPDATE commits SET finished = finishing WHERE key = ?", (commit.key,))
    else:
        finishing.take_in_turn(write, commit.repo.key, delay)
    settling.settle(write.db, commit.key, problem)


def clear_commit(write: Write, commit: Commit) -> None:
    """Undo all that was done in it.

    Raises:
        RefusedError: it is closed.
    """
    if commit.finishing is not None:
        raise RefusedError("cannot clear finished commit")
    base = segments.own_segment(write.db, commit.key).base
    segments.delete_segments(write.db, commit.key)
    segments.create_segment(write.db, commit.key, 0, base)


def check_open(commit: Commit) -> None:
    """Nothing, for a commit that can be written to.

    Raises:
        RefusedError: it is closed.
    """
    if commit.finishing is not None:
        raise RefusedError(f"commit {commit} has already finished")


def state_of(db: sqlite3.Connection, commit: Commit, now: int) -> State:
    """How far it is."""
    if commit.finished is not None and commit.finished <= now:
        return State.FINISHED
    if commit.finishing is not None:
        return State.FINISHING
    waiting = db.execute(
        "SELECT 1 FROM commit_provenance p JOIN commits c ON c.key = p.upstream"
        " WHERE p.commit_key = ? AND (c.finished IS NULL OR c.finished > ?)",
        (commit.key, now),
    ).fetchone()
    return State.STARTED if waiting else State.READY


def child_commits(db: sqlite3.Connection, commit: Commit) -> list[Commit]:
    """The commits whose parent it is, oldest first."""
    rows = db.execute("SELECT * FROM commits WHERE parent = ? ORDER BY key", (commit.key,)).fetchall()
    return [commit_from_row(row, commit.repo) for row in rows]


def list_commits(db: sqlite3.Connection, repo: Repo, oldest_first: bool) -> Iterator[Commit]:
    """Every commit of the repo."""
    forth = "SELECT * FROM commits WHERE repo = ? ORDER BY key"
    back = "SELECT * FROM commits WHERE repo = ? ORDER BY key DESC"
    for row in db.execute(forth if oldest_first else back, (repo.key,)):
        yield commit_from_row(row, repo)


def look_up(db: sqlite3.Connection, commit: Commit) -> Commit:
    """The same commit as it is now.

    Raises:
        NotFoundError: it was dropped since, in the words of pachd's second look.
    """
    current = find_commit(db, commit.key)
    if current is None:
        name = f"default/{commit.repo.name}.{commit.repo.type}@{commit.id}"
        raise NotFoundError(f"list commit: get commit by commit key: commit (int_id=0, commit_id={name}) not found")
    return current


def list_ancestors(db: sqlite3.Connection, commit: Commit) -> Iterator[Commit]:
    """The commit and its ancestors, newest first."""
    current: Commit | None = commit
    while current is not None:
        yield current
        current = get_commit(db, current.parent) if current.parent is not None else None


def next_commit(db: sqlite3.Connection, repo: Repo, branch: str, after: int) -> Commit | None:
    """The oldest commit made on the branch (no name: on any) after the one with the key `after`."""
    row = db.execute(
        "SELECT * FROM commits WHERE repo = ? AND key > ? AND ? IN ('', branch) ORDER BY key LIMIT 1",
        (repo.key, after, branch),
    ).fetchone()
    return commit_from_row(row, repo) if row else None


def delete_all(write: Write) -> None:
    """Delete every repo."""
    for repo in repos.list_repos(write.db):
        repos.delete_repo(write, repo)
