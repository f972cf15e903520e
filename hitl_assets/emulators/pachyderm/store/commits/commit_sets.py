"""Commit sets: the commits that one transaction made, found by their shared id; dropped and squashed together."""

import sqlite3
from collections.abc import Iterator

from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.store.commits import branches, commits, provenance, readiness
from hitl_assets.emulators.pachyderm.store.commits.rows import commits_by_id, get_commit
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Commit
from hitl_assets.emulators.pachyderm.store.trees import segments, settling


def get_members(db: sqlite3.Connection, set_id: str) -> list[Commit]:
    """The commits with this id.

    Raises:
        NotFoundError: there are none.
    """
    found = commits_by_id(db, set_id)
    if not found:
        raise NotFoundError(f"no commits found for commitset {set_id}")
    return found


def dependencies(db: sqlite3.Connection, set_id: str) -> list[Commit]:
    """The commits of other sets that this set depends on, oldest first."""
    inside = {commit.key for commit in commits_by_id(db, set_id)}
    found: set[int] = set()
    queue = list(inside)
    while queue:
        new = provenance.commit_upstream(db, queue.pop()) - found - inside
        found |= new
        queue += new
    return [get_commit(db, key) for key in sorted(found)]


def with_dependants(db: sqlite3.Connection, commit: Commit) -> list[Commit]:
    """The commit, and all that depend on it."""
    found = {commit.key: commit}
    queue = [commit.key]
    while queue:
        for one in provenance.commit_downstream(db, queue.pop()):
            if one not in found:
                found[one] = get_commit(db, one)
                queue.append(one)
    return [found[key] for key in sorted(found)]


def inspect_set(db: sqlite3.Connection, set_id: str) -> list[Commit]:
    """What the set depends on, then its members: every commit comes after its provenance."""
    found = get_members(db, set_id)
    return dependencies(db, set_id) + found


def list_sets(db: sqlite3.Connection) -> Iterator[tuple[str, list[Commit]]]:
    """Every set, the one with the newest commit first."""
    for (set_id,) in db.execute("SELECT id FROM commits GROUP BY id ORDER BY max(key) DESC").fetchall():
        yield set_id, commits_by_id(db, set_id)


def drop_set(write: Write, set_id: str) -> None:
    """Delete the set with its data, if it is there. Branch heads move to the parents.

    Raises:
        RefusedError: a commit has children, or another set depends on it.
    """
    found = commits_by_id(write.db, set_id)
    check_no_subvenance(write.db, set_id, found)
    drop_commits(write, found)


def drop_commits(write: Write, found: list[Commit]) -> None:
    """Delete these commits with their data; what depends on one comes after it.

    Raises:
        RefusedError: one has children.
    """
    for commit in found:
        children = commits.child_commits(write.db, commit)
        if children:
            raise RefusedError(f"cannot drop a commit that has children: {commit}")
    for commit in reversed(found):
        heads = write.db.execute("SELECT key FROM branches WHERE head = ?", (commit.key,)).fetchall()
        write.db.execute("UPDATE branches SET head = NULL WHERE head = ?", (commit.key,))
        delete_commit(write, commit)
        for (key,) in heads:
            restore_head(write, key, commit)


def restore_head(write: Write, branch_key: int, dropped: Commit) -> None:
    """Point a branch to the parent of its dropped head, or to a new empty commit."""
    branch = branches.get_branch_by_key(write.db, branch_key)
    if dropped.parent is not None:
        branches.move_head(write, branch, dropped.parent)
    elif not branches.upstream_keys(write.db, branch_key):
        provenance.create_empty_commit(write, branch, None)
    # A branch with provenance and without a head gets its commit when the transaction ends.
    write.touched.add(branch_key)


def squash_set(write: Write, set_id: str) -> None:
    """Delete the set, if it is there; what it changed stays in the children.

    Raises:
        RefusedError: a commit has no children or one that isn't FINISHED, or another set depends on it.
    """
    found = commits_by_id(write.db, set_id)
    check_no_subvenance(write.db, set_id, found)
    squash_commits(write, found)


def squash_commits(write: Write, found: list[Commit]) -> None:
    """Delete these commits; what they changed stays in the children. What depends on one comes after it.

    Raises:
        RefusedError: one has no children or one that isn't FINISHED.
    """
    for commit in found:
        children = commits.child_commits(write.db, commit)
        if not children:
            raise RefusedError(
                "cannot squash a commit that has no children as that would cause data loss,"
                f" use the drop operation instead: {commit}"
            )
        for child in children:
            if not readiness.is_finished(child, write.now):
                advice = ", consider using WaitCommit" if child.finishing is not None else ""
                raise RefusedError(f"cannot squash until child commit {child} is finished{advice}")
    for commit in reversed(found):
        was_summed = segments.own_segment(write.db, commit.key).is_summed
        waiting = settling.waiting_children(write.db, commit.key)
        segments.push_down(write.db, commit.key)
        write.db.execute("UPDATE commits SET parent = ? WHERE parent = ?", (commit.parent, commit.key))
        for (key,) in write.db.execute("SELECT key FROM branches WHERE head = ?", (commit.key,)).fetchall():
            restore_head(write, key, commit)
        delete_commit(write, commit)
        if was_summed:
            settling.settle_waiting(write.db, waiting)


def check_no_subvenance(db: sqlite3.Connection, set_id: str, found: list[Commit]) -> None:
    """Nothing, for a set that no other set depends on.

    Raises:
        RefusedError: one does.
    """
    others = {other.id for commit in found for other in with_dependants(db, commit)} - {set_id}
    if others:
        # pachd prints its messages, and says dropped also of a squash.
        names = " ".join(f'id:"{other}"' for other in sorted(others))
        name = f'"id:\\"{set_id}\\""'
        raise RefusedError(f"commit set {name} cannot be dropped because it has subvenant commit sets: [{names}]")


def delete_commit(write: Write, commit: Commit) -> None:
    """Delete the rows of a commit that nothing builds on."""
    db = write.db
    segments.delete_segments(db, commit.key)
    db.execute("DELETE FROM commit_provenance WHERE commit_key = :key OR upstream = :key", {"key": commit.key})
    db.execute("DELETE FROM commits WHERE key = ?", (commit.key,))
