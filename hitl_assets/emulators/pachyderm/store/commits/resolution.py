"""From what a request calls a commit to the commit: ids, branches, `^`, `~2`, `branch.3`."""

import re
import sqlite3

from hitl_assets.emulators.pachyderm.errors import BeyondFirstError, NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.commits import branches, commit_sets, commits
from hitl_assets.emulators.pachyderm.store.commits.rows import commits_by_id, get_commit
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef, Repo
from hitl_assets.emulators.pachyderm.store.repos import find_repo

# Nothing here can match in two ways: a long text costs its length. Numbers are short enough for int().
# From the start, then back from there: `.3`, `^^`, `~2`, `.3~2`; neither `^~` nor `^^2`.
EXPRESSION = re.compile(
    r"(?P<name>[a-zA-Z0-9_-]*)(?:\.(?P<forth>[0-9]{1,18}))?(?:(?P<marks>\^+|~+)|[\^~](?P<number>[0-9]{1,18}))?"
)
MOST = 2**32


def resolve(db: sqlite3.Connection, ref: CommitRef) -> Commit:
    """The commit.

    Raises:
        NotFoundError: the repo, branch or commit is not there.
        RefusedError: the reference names no repo, or neither branch nor id; or the expression is malformed, or leads
            beyond the first commit.
    """
    if not ref.repo:
        raise RefusedError("commit must have a repo")
    text = ref.id or ref.branch
    if not text:
        raise RefusedError("pick commit tx: cannot pick commit with no ID or branch")
    found = EXPRESSION.fullmatch(text)
    if found is None:
        raise malformed(ref, "count offset and clean: invalid ancestry format")
    steps = int(found["number"] or len(found["marks"] or ""))
    if found["forth"] and 0 < steps >= int(found["forth"]):
        raise malformed(ref, "there should be less ancestors than descendants")
    try:
        commit = resolve_name(db, ref, found["name"])
    except NotFoundError as error:
        raise NotFoundError(
            f"pick commit tx: commit {Repo(0, ref.repo, ref.type, '', 0)}@{ref.id} not found\n{error}"
        ) from error
    return count_from_root(db, commit, int(found["forth"]) - steps) if found["forth"] else walk_back(db, commit, steps)


def malformed(ref: CommitRef, problem: str) -> RefusedError:
    """The error about an expression."""
    kind = "" if ref.type == "user" else f".{ref.type}"
    where = f"default/{ref.repo}{kind}@{ref.id or ref.branch}"
    return RefusedError(f"pick commit tx: calculate offset {where}: {problem}")


def resolve_name(db: sqlite3.Connection, ref: CommitRef, name: str) -> Commit:
    """The commit with this id, or the head of the branch with this name.

    Raises:
        NotFoundError: it is not there, or its repo isn't.
    """
    repo = find_repo(db, ref.repo, ref.type)
    if repo is None:
        raise NotFoundError(f"repo {Repo(0, ref.repo, ref.type, '', 0)} not found")
    if not paths.is_commit_id(name):
        branch = branches.find_branch(db, repo, name)
        if branch is None:
            # As in pachd, the name is missing from the text when it came in the place of an id.
            raise NotFoundError(f'branch "{"" if ref.id else name}" not found in repo {repo}')
        if branch.head is None:
            raise NotFoundError(f"branch {branch} has no head")
        return get_commit(db, branch.head)
    exact = [one for one in commits_by_id(db, name) if one.repo.key == repo.key]
    if not exact:
        # The version of this repo that the commit set used.
        exact = [one for one in commit_sets.dependencies(db, name) if one.repo.key == repo.key]
    if not exact:
        raise NotFoundError(f"commit {repo}@{name} not found")
    return exact[-1]


def walk_back(db: sqlite3.Connection, commit: Commit, steps: int) -> Commit:
    """The ancestor `steps` parents away.

    Raises:
        BeyondFirstError: there are fewer.
    """
    found = commit
    for done in range(steps):
        if found.parent is None:
            raise BeyondFirstError(
                f"pick commit tx: picking commit: invalid offset for ancestor of commit: {full_name(commit)},"
                f" offset requested: {steps}, offset traversable: {done}"
            )
        found = get_commit(db, found.parent)
    return found


def full_name(commit: Commit) -> str:
    """The commit as pachd's database prints it, with the type of the repo."""
    return f"default/{commit.repo.name}.{commit.repo.type}@{commit.id}"


def count_from_root(db: sqlite3.Connection, head: Commit, number: int) -> Commit:
    """The n-th commit of the line that ends in `head`; 1 is the root.

    Raises:
        BeyondFirstError: it has fewer.
    """
    line = list(commits.list_ancestors(db, head))[::-1]
    if not 1 <= number <= len(line):
        raise BeyondFirstError(
            "pick commit tx: picking commit: invalid offset from branch root for head commit:"
            f" {full_name(head)}, offset: {(number - 1) % MOST}, maximum depth: {len(line)}"
        )
    return line[number - 1]
