"""What the writing calls of PFS do inside a write transaction. A client transaction is a list of these."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hitl_assets.emulators.pachyderm.errors import NotFoundError, PfsError, RefusedError, UnsupportedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.commits import branches, commit_sets, commits, provenance, triggers
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Branch, Commit, CommitRef, Repo
from hitl_assets.emulators.pachyderm.wire.messages import (
    BAD_TYPE,
    DEFAULT_NAME,
    TYPES,
    check_repo,
    project_of,
    read_commit,
    read_repo,
    read_set_id,
    read_trigger,
    repo_text,
)

# The fields of a TransactionRequest that the emulator can do; a method below has the same name.
NAMES = (
    *("create_repo", "delete_repo", "create_branch", "delete_branch"),
    *("start_commit", "finish_commit", "squash_commit_set"),
)


class Operations:
    """One method per call. Nothing is kept if any of them raises."""

    def __init__(self, finish_delay: int) -> None:
        """`finish_delay`: nanoseconds from FINISHING to FINISHED."""
        self._finish_delay = finish_delay

    def create_repo(self, write: Write, request: Any) -> None:
        """Create or update a repo."""
        project, kind = project_of(request.repo), request.repo.type or "user"
        paths.check_name(request.repo.name)
        if project != DEFAULT_NAME:
            raise NotFoundError(f'cannot find project "{project}": get project by name: project "{project}" not found')
        if kind not in TYPES:
            name = repo_text(request.repo)
            raise RefusedError(f'error checking whether repo "{name}" exists: {BAD_TYPE.format(kind)}')
        repos.create_repo(write, request.repo.name, kind, request.description, request.update)

    def delete_repo(self, write: Write, request: Any) -> bool:
        """Delete a repo. Whether it was there; a missing one is no error."""
        repo = repos.find_repo(write.db, request.repo.name, request.repo.type)
        if repo is None or project_of(request.repo) != DEFAULT_NAME:
            return False
        with prefixed("delete repo"):
            delete_repos(write, [repo], request.force)
        return True

    def create_branch(self, write: Write, request: Any) -> None:
        """Create or change a branch. Without a head a new one gets an empty commit."""
        if request.trigger.schedule or any(one.propagation_spec.never for one in request.branch_propagation_specs):
            raise UnsupportedError("the Pachyderm emulator has no triggers by the clock, and every commit propagates")
        if request.provenance and request.HasField("trigger"):
            raise RefusedError("a branch cannot have both provenance and a trigger")
        repo = read_repo(write.db, request.branch.repo)
        # The head is in the branch's repo unless it says otherwise.
        name = f"{repo}@{request.head.id or request.head.branch.name}"
        head = self._optional_commit(write, request.head, repo.name, f"unable to inspect {name}")
        upstream = [(read_repo(write.db, one.repo), one.name) for one in request.provenance]
        branch = provenance.create_branch(write, repo, request.branch.name, head, upstream)
        if request.HasField("trigger"):
            triggers.set_trigger(write, branch, read_trigger(request.trigger))

    def delete_branch(self, write: Write, request: Any) -> None:
        """Delete a branch. Its commits stay."""
        check_repo(request.branch.repo)
        name, kind = request.branch.repo.name, request.branch.repo.type
        repo = repos.find_repo(write.db, name, kind)
        branch = branches.find_branch(write.db, repo, request.branch.name) if repo else None
        if branch is None:
            key = f"default/{name}.{kind}@{request.branch.name}"
            gone = "" if repo else f"{repos.missing_row(name, kind)}\n"
            missing = f"branch (id=0, branch={repo_text(request.branch.repo)}@{request.branch.name}) not found"
            raise NotFoundError(f'get branch "{key}": {gone}{missing}')
        if not request.force:
            check_deletion(write.db, branch)
        provenance.delete_branch(write, branch)

    def start_commit(self, write: Write, request: Any) -> Commit:
        """Start a commit. The parent is the branch's head unless the request names one."""
        with prefixed("start commit in transaction"):
            if not request.branch.name:
                raise RefusedError("branch must be specified")
            repo = read_repo(write.db, request.branch.repo)
            paths.check_name(request.branch.name)
            with prefixed("create commit"):
                parent = self._optional_commit(write, request.parent, repo.name, "parent commit not found")
                return commits.start_commit(write, repo, request.branch.name, parent, request.description)

    def finish_commit(self, write: Write, request: Any) -> None:
        """Finish a commit."""
        if not request.HasField("commit"):
            raise RefusedError("check new file commit: commit cannot be nil")
        with prefixed("finish commit in transaction"):
            commit = resolve(write.db, read_commit(request.commit))
        commits.finish_commit(write, commit, self._finish_delay, request.description, request.error)

    def squash_commit_set(self, write: Write, request: Any) -> None:
        """Squash a commit set."""
        commit_sets.squash_set(write, read_set_id(request.commit_set))

    def _optional_commit(self, write: Write, message: Any, repo: str, problem: str) -> Commit | None:
        ref = read_commit(message)
        if not ref.id and not ref.branch:
            return None
        with prefixed(problem):
            return resolve(write.db, CommitRef(ref.repo or repo, ref.type, ref.branch, ref.id))


def delete_repos(write: Write, found: list[Repo], force: bool) -> None:
    """Delete repos together: first their branches, those that depend on most before the others.

    Raises:
        RefusedError: a branch is needed elsewhere, or is in a trigger, and `force` is off.
    """
    db = write.db
    every = [branch for repo in found for branch in branches.list_branches(db, repo, oldest_first=True)]
    for branch in sorted(every, key=lambda one: -len(branches.provenance(db, one.key))):
        if not force:
            with prefixed(f"delete branch {branch}"):
                check_deletion(db, branch)
        provenance.delete_branch(write, branch)
    for repo in found:
        repos.delete_repo(write, repo)


def check_deletion(db: sqlite3.Connection, branch: Branch) -> None:
    """Nothing, for a branch that no other depends on, and that is in no trigger.

    Raises:
        RefusedError: it can't be deleted.
    """
    triggers.check_deletion(db, branch)
    provenance.check_deletion(db, branch)


@contextmanager
def prefixed(text: str) -> Iterator[None]:
    """Errors with what was attempted in front, as pachd wraps them."""
    try:
        yield
    except PfsError as error:
        raise type(error)(f"{text}: {error}") from error
