"""From what a request calls a commit to the commit: ids, branches, `^`, `~2`, `branch.3`."""

import re
import sqlite3

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.errors import InvalidRequestError, NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.store import branches, commit_sets, commits
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef, Repo
from hitl_assets.emulators.pachyderm.store.repos import find_repo
from hitl_assets.emulators.pachyderm.store.rows import commits_by_id, get_commit

# Nothing here can match in two ways: a long text costs its length. Numbers are short enough for int().
EXPRESSION = re.compile(r"(?P<name>[a-zA-Z0-9_-]+)(?P<back>(?:[\^~][0-9]{0,18})*)(?:\.(?P<forth>[0-9]{1,18}))?")
STEP = re.compile(r"([\^~]+)([0-9]*)")


def resolve(db: sqlite3.Connection, ref: CommitRef) -> Commit:
    """The commit.

    Raises:
        InvalidRequestError: the reference names no repo, or neither branch nor id.
        NotFoundError: the repo, branch or commit is not there.
        RefusedError: the expression is malformed.
    """
    if not ref.repo:
        raise InvalidRequestError("commit repo must be set")
    text = ref.id or ref.branch
    if not text:
        raise InvalidRequestError(f"commit of repo {ref.repo} needs a branch or an id")
    found = EXPRESSION.fullmatch(text)
    if found is None:
        raise RefusedError(f'invalid commit id "{text}"')
    # As in pachd, a missing repo shows as a missing branch or commit.
    repo = find_repo(db, ref.repo, ref.type) or Repo(0, ref.repo, ref.type, "", 0)
    commit = resolve_name(db, repo, found["name"])
    for marks, number in STEP.findall(found["back"]):
        # `^^` is two steps, `~3` three, `^^2` one and then two.
        steps = len(marks) - 1 + int(number) if number else len(marks)
        commit = walk_back(db, commit, steps, text)
    return count_from_root(db, commit, int(found["forth"])) if found["forth"] else commit


def resolve_name(db: sqlite3.Connection, repo: Repo, name: str) -> Commit:
    """The commit with this id, or the head of the branch with this name."""
    if not paths.is_commit_id(name):
        branch = branches.get_branch(db, repo, name)
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


def walk_back(db: sqlite3.Connection, commit: Commit, steps: int, text: str) -> Commit:
    """The ancestor `steps` parents away."""
    for _ in range(steps):
        if commit.parent is None:
            raise NotFoundError(f"commit {commit.repo}@{text} not found")
        commit = get_commit(db, commit.parent)
    return commit


def count_from_root(db: sqlite3.Connection, head: Commit, number: int) -> Commit:
    """The n-th commit of the line that ends in `head`; 1 is the root."""
    line = list(commits.list_ancestors(db, head, until=""))[::-1]
    if not 1 <= number <= len(line):
        raise NotFoundError(f"commit {head.repo}@{head.branch}.{number} not found")
    return line[number - 1]
