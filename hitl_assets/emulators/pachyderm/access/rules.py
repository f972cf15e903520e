"""Which call needs which permissions on what, as pachd's checks have it (2.12; tried on a server with auth)."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from hitl_assets.emulators.pachyderm.access.permissions import CLUSTER, Permissions, Resource, repo_resource
from hitl_assets.emulators.pachyderm.access.roles import DEFAULT_PROJECT
from hitl_assets.emulators.pachyderm.errors import NotAuthorizedError, RefusedError
from hitl_assets.emulators.pachyderm.store.repos import find_repo
from hitl_assets.emulators.pachyderm.wire.messages import read_commit

Places = Callable[[Any], list[str]]


def in_branch(request: Any) -> list[str]:
    """The repo of the branch."""
    return [request.branch.repo.name]


def in_commit(request: Any) -> list[str]:
    """The repo of the commit."""
    return [read_commit(request.commit).repo]


def in_file(request: Any) -> list[str]:
    """The repo of the file."""
    return [read_commit(request.file.commit).repo]


def in_start(request: Any) -> list[str]:
    """The repo that a search starts in."""
    return [read_commit(request.start).repo]


def in_repo(request: Any) -> list[str]:
    """The repo itself."""
    return [request.repo.name]


def in_both(request: Any) -> list[str]:
    """The repos of both sides of a difference."""
    return [read_commit(file.commit).repo for file in (request.old_file, request.new_file)]


# By call: where it takes place, what it needs there, and how its refusal begins.
REPO_RULES: dict[str, tuple[Places, tuple[str, ...], str]] = {
    "StartCommit": (in_branch, ("REPO_WRITE",), "start commit in transaction: "),
    "FinishCommit": (in_commit, ("REPO_WRITE",), ""),
    "InspectCommit": (in_commit, ("REPO_INSPECT_COMMIT",), ""),
    "FindCommits": (in_start, ("REPO_INSPECT_COMMIT",), ""),
    "SubscribeCommit": (in_repo, ("REPO_INSPECT_COMMIT",), ""),
    "ListCommit": (in_repo, ("REPO_LIST_COMMIT",), ""),
    "CreateBranch": (in_branch, ("REPO_CREATE_BRANCH",), ""),
    "DeleteBranch": (in_branch, ("REPO_DELETE_BRANCH",), ""),
    "ListBranch": (in_repo, ("REPO_LIST_BRANCH",), ""),
    "GlobFile": (in_commit, ("REPO_READ", "REPO_LIST_FILE"), ""),
    "WalkFile": (in_file, ("REPO_READ", "REPO_LIST_FILE"), ""),
    "ListFile": (in_file, ("REPO_LIST_FILE",), ""),
    "InspectFile": (in_file, ("REPO_INSPECT_FILE",), ""),
    "GetFile": (in_file, ("REPO_READ",), "get file: "),
    "GetFileTAR": (in_file, ("REPO_READ",), ""),
    "DiffFile": (in_both, ("REPO_READ",), ""),
}
CLUSTER_RULES = {
    # Since 2.8: the owner of the repo may not.
    "DropCommitSet": ("REPO_DELETE_COMMIT",),
    "SquashCommitSet": ("REPO_DELETE_COMMIT",),
    "DropCommit": ("REPO_DELETE_COMMIT",),
    "SquashCommit": ("REPO_DELETE_COMMIT",),
    "GetRobotToken": ("CLUSTER_AUTH_GET_ROBOT_TOKEN",),
}


class Rules:
    """Refuses what a caller may not do, before anything is done."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions

    @property
    def is_active(self) -> bool:
        """Whether there is anything to refuse."""
        return self._permissions.is_active

    def check(self, db: sqlite3.Connection, call: str, request: Any, subject: str) -> None:
        """Nothing, for a call that the subject may make.

        Raises:
            NotAuthorizedError: it may not.
            RefusedError: the repo isn't there, and the subject has no role above it.
        """
        for resource, needed, prefix in self._needs(db, call, request):
            try:
                self._permissions.check(db, subject, resource, needed)
            except (NotAuthorizedError, RefusedError) as error:
                raise type(error)(f"{prefix}{error}") from error

    def _needs(
        self, db: sqlite3.Connection, call: str, request: Any
    ) -> Iterator[tuple[Resource, tuple[str, ...], str]]:
        if call in CLUSTER_RULES:
            yield CLUSTER, CLUSTER_RULES[call], ""
        elif call in REPO_RULES:
            places, needed, prefix = REPO_RULES[call]
            # Without a name there is another error to give, or it is about no repo.
            yield from ((repo_resource(name), needed, prefix) for name in places(request) if name)
        elif call == "CreateRepo":
            yield from self._needs_of_create_repo(db, request)
        elif call == "BatchTransaction":
            for one in request.requests:
                for field, inner in one.ListFields():
                    name = "".join(word.capitalize() for word in field.name.split("_"))
                    yield from self._needs(db, name, inner)

    def _needs_of_create_repo(
        self, db: sqlite3.Connection, request: Any
    ) -> Iterator[tuple[Resource, tuple[str, ...], str]]:
        yield Resource("PROJECT", DEFAULT_PROJECT), ("PROJECT_CREATE_REPO",), "failed to create repo: "
        repo = find_repo(db, request.repo.name, request.repo.type)
        if repo is not None and request.update and request.description != repo.description:
            yield repo_resource(repo.name), ("REPO_WRITE",), f'could not update description of "{repo}": '
