"""From what a request calls a commit to the commit: ids, branches, `^`, `~2`, `branch.3`."""

import re
import sqlite3

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.errors import InvalidRequestError, NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.store import branches, commit_sets, commits
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef, Repo
from hitl_assets.emulators.pachyderm.store.repos import get_repo
from hitl_assets.emulators.pachyderm.store.rows import commits_by_id, get_commit

EXPRESSION = re.compile(r"(?P<name>[a-zA-Z0-9_-]+)(?P<back>(?:[\^~]+\d*)*)(?:\.(?P<forth>\d+))?")
STEP = re.compile(r"([\^~]+)(\d*)")


def resolve(db: sqlite3.Connection, ref: CommitRef) -> Commit:
    """The commit.

    Raises:
        InvalidRequestError: the reference names no repo, or neither branch nor id.
        NotFoundError: the repo, branch or commit is not there.
        RefusedError: the expression is malformed.
    """
    if not ref.repo:
        raise InvalidRequestError("commit repo must be set")
    repo = get_repo(db, ref.repo, ref.type)
    text = ref.id or ref.branch
    if not text:
        raise InvalidRequestError(f"commit of repo {repo} needs a branch or an id")
    found = EXPRESSION.fullmatch(text)
    if found is None:
        raise RefusedError(f'invalid commit id "{text}"')
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
        raise NotFoundError(f"commit {name} not found in repo {repo}")
    return exact[-1]


def walk_back(db: sqlite3.Connection, commit: Commit, steps: int, text: str) -> Commit:
    """The ancestor `steps` parents away."""
    for _ in range(steps):
        if commit.parent is None:
            raise NotFoundError(f"commit {text} not found in repo {commit.repo}")
        commit = get_commit(db, commit.parent)
    return commit


def count_from_root(db: sqlite3.Connection, head: Commit, number: int) -> Commit:
    """The n-th commit of the line that ends in `head`; 1 is the root."""
    line = list(commits.list_ancestors(db, head, until=""))[::-1]
    if not 1 <= number <= len(line):
        raise NotFoundError(f"commit {head.branch}.{number} not found in repo {head.repo}")
    return line[number - 1]
