"""Branches that depend on branches: every commit upstream opens an AUTO commit downstream."""

import sqlite3

from hitl_assets.emulators.pachyderm.errors import CycleError, RefusedError
from hitl_assets.emulators.pachyderm.store.commits import branches, commits
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Branch, Commit, Origin, Repo


def create_branch(write: Write, repo: Repo, name: str, head: Commit | None, upstream: list[tuple[Repo, str]]) -> Branch:
    """A new branch, or one whose head was moved and whose provenance was replaced.

    Raises:
        CycleError: the branch would be in its own provenance.
        RefusedError: the head is in another repo, the provenance is the branch's own repo, or branches of one repo
            would depend on each other or on the same branch.
    """
    branch = branches.find_branch(write.db, repo, name) or branches.insert_branch(write, repo, name)
    if head is not None:
        if head.repo.key != repo.key:
            raise RefusedError("branch and head commit must belong to the same repo")
        branches.move_head(write, branch, head.key)
    set_provenance(write, branch, [upstream_branch(write, *one) for one in upstream])
    if head is None and branch.head is None and not upstream:
        create_empty_commit(write, branch, None)
    write.touched.add(branch.key)
    return branch


def upstream_branch(write: Write, repo: Repo, name: str) -> Branch:
    """The branch, which is created with an empty commit if it isn't there."""
    branch = branches.find_branch(write.db, repo, name)
    if branch is None:
        branch = branches.insert_branch(write, repo, name)
        create_empty_commit(write, branch, None)
    return branch


def create_empty_commit(write: Write, branch: Branch, parent: Commit | None) -> None:
    """A closed AUTO commit without changes at the head of the branch."""
    commit = commits.create_commit(write, branch, parent, Origin.AUTO)
    commits.close_commit(write, commit, delay=None)


def set_provenance(write: Write, branch: Branch, upstream: list[Branch]) -> None:
    """Replace the branch's direct provenance.

    Raises:
        CycleError: the branch would be in its own provenance.
        RefusedError: see `create_branch`.
    """
    db = write.db
    db.execute("DELETE FROM branch_provenance WHERE branch = ?", (branch.key,))
    downstream = {one.key for one in branches.subvenance(db, branch.key)}
    for one in upstream:
        if one.repo.key == branch.repo.key:
            raise RefusedError(f"repo {branch.repo} cannot be in the provenance of its own branch")
        if one.key in downstream:
            raise CycleError(
                f"create branch: update head: cycle detected because {full_name(one)}"
                f" is already in the subvenance of {full_name(branch)}"
            )
        db.execute("INSERT OR IGNORE INTO branch_provenance VALUES (?, ?)", (branch.key, one.key))
    check_graph(db, branch)


def full_name(branch: Branch) -> str:
    """The branch as pachd's database prints it, with the type of the repo."""
    return f"default/{branch.repo.name}.{branch.repo.type}@{branch.name}"


def check_graph(db: sqlite3.Connection, branch: Branch) -> None:
    """Nothing, for a branch that is connected with one branch of each repo at most, up and down and sideways.

    Raises:
        RefusedError: two branches of a repo are.
    """
    found = {branch.key: branch}
    queue = [branch]
    while queue:
        one = queue.pop()
        for other in (*branches.provenance(db, one.key), *branches.subvenance(db, one.key)):
            if other.key not in found:
                found[other.key] = other
                queue.append(other)
    repos = [one.repo.key for one in found.values()]
    for one in found.values():
        if repos.count(one.repo.key) > 1:
            raise RefusedError(
                "validate DAG at end of transaction:"
                f' multiple branches from the same repo, "{one.repo}", cannot participate in a DAG'
            )


def check_deletion(db: sqlite3.Connection, branch: Branch) -> None:
    """Nothing, for a branch that no other depends on.

    Raises:
        RefusedError: one does.
    """
    dependants = [branches.get_branch_by_key(db, key) for key in branches.downstream_keys(db, branch.key)]
    if dependants:
        names = " ".join(str(one) for one in dependants)
        raise RefusedError(f'branch "{branch}" cannot be deleted because it\'s in the direct provenance of [{names}]')


def delete_branch(write: Write, branch: Branch) -> None:
    """Delete it; its commits stay."""
    db = write.db
    db.execute("DELETE FROM branch_provenance WHERE branch = :key OR upstream = :key", {"key": branch.key})
    db.execute("DELETE FROM triggers WHERE branch = ?", (branch.key,))
    db.execute("DELETE FROM branches WHERE key = ?", (branch.key,))


def propagate(write: Write) -> None:
    """Open AUTO commits on all branches downstream of the touched ones, upstream first.

    Called once at the end of every write transaction, so that all of them share its commit set.
    """
    db = write.db
    while write.touched:
        touched = [key for key in sorted(write.touched) if branches.is_there(db, key)]
        affected = dict.fromkeys(touched)
        for key in touched:
            affected.update({one.key: None for one in branches.subvenance(db, key)})
        for key in sort_topologically(db, list(affected)):
            refresh_head(write, branches.get_branch_by_key(db, key))
        write.touched.clear()


def sort_topologically(db: sqlite3.Connection, keys: list[int]) -> list[int]:
    """The branches in an order where each comes after everything upstream of it."""
    return sorted(keys, key=lambda key: (len(branches.provenance(db, key)), key))


def refresh_head(write: Write, branch: Branch) -> None:
    """Open a commit on a branch whose head doesn't depend on the heads of its provenance."""
    db = write.db
    upstream = branches.upstream_keys(db, branch.key)
    if not upstream:
        return
    heads = {branches.get_branch_by_key(db, key).head for key in upstream}
    head = get_commit(db, branch.head) if branch.head is not None else None
    if head is None or head.id != write.set_id:
        if head is not None and heads == commit_upstream(db, head.key):
            return
        head = commits.create_commit(write, branch, head, Origin.AUTO)
    db.execute("DELETE FROM commit_provenance WHERE commit_key = ?", (head.key,))
    db.executemany("INSERT INTO commit_provenance VALUES (?, ?)", [(head.key, one) for one in heads])


def commit_upstream(db: sqlite3.Connection, commit: int) -> set[int]:
    """The commits of its direct provenance."""
    return {key for (key,) in db.execute("SELECT upstream FROM commit_provenance WHERE commit_key = ?", (commit,))}


def commit_downstream(db: sqlite3.Connection, commit: int) -> set[int]:
    """The commits in whose direct provenance it is."""
    return {key for (key,) in db.execute("SELECT commit_key FROM commit_provenance WHERE upstream = ?", (commit,))}
