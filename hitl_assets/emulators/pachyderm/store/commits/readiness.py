"""Whether what a commit holds is known: pachd reads an open commit as its base and what came since."""

import sqlite3

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.records import Commit
from hitl_assets.emulators.pachyderm.store.trees import validation
from hitl_assets.emulators.pachyderm.store.trees.trees import open_tree


def is_finished(commit: Commit, now: int) -> bool:
    """Whether it is FINISHED, at `now` in nanoseconds since 1970."""
    return commit.finished is not None and commit.finished <= now


def shown_error(commit: Commit, now: int) -> str:
    """Its error as far as pachd knows it: paths that collide are found between FINISHING and FINISHED."""
    return "" if validation.is_problem(commit.error) and not is_finished(commit, now) else commit.error


def nearest_base(db: sqlite3.Connection, commit: Commit, now: int) -> Commit | None:
    """The newest ancestor without an error, FINISHED or not: what pachd adds the commit's own changes to."""
    key = commit.parent
    while key is not None:
        base = get_commit(db, key)
        if not shown_error(base, now):
            return base
        key = base.parent
    return None


def check_base(db: sqlite3.Connection, commit: Commit, now: int) -> None:
    """Nothing, for a commit that can be read.

    Raises:
        RefusedError: the commit is not FINISHED, or ended with an error, and its base is not FINISHED either.
    """
    if is_finished(commit, now) and not commit.error:
        return
    base = nearest_base(db, commit, now)
    if base is not None and not is_finished(base, now):
        raise RefusedError(f"base commit {base} for commit {commit} unfinished")


def size_bound(db: sqlite3.Connection, commit: Commit, now: int) -> int:
    """The bytes in a commit, in an open one so far; 0 where its base isn't known yet."""
    try:
        check_base(db, commit, now)
    except RefusedError:
        return 0
    if commit.finishing is not None:
        return commit.size
    return sum(node.size for node in open_tree(db, commit.key).find_directory("/"))
