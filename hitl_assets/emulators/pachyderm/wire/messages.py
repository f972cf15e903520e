"""Records to protobuf and back. The only place that knows what a profile leaves out of a response."""

import sqlite3
import time
from typing import Any

from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.commits import branches, commits, provenance, readiness, triggers
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.records import Branch, Commit, CommitRef, Node, Repo, Trigger
from hitl_assets.emulators.pachyderm.store.trees import validation
from hitl_assets.emulators.pachyderm.wire.profiles import Profile
from hitl_assets.emulators.pachyderm.wire.protocol import Timestamp, pfs_pb2

DEFAULT_NAME = "default"
TYPES = ("user", "meta", "spec")
BAD_TYPE = 'scanning repo row: ERROR: invalid input value for enum pfs.repo_type: "{}" (SQLSTATE 22P02)'


def read_commit(message: Any) -> CommitRef:
    """How a request names a commit: with `repo`, or in its branch only, as the older client does.

    Raises:
        NotFoundError: it is in another project.
    """
    repo = message.repo if message.HasField("repo") else message.branch.repo
    if project_of(repo) != DEFAULT_NAME:
        raise NotFoundError(f"repo {repo_text(repo)} not found")
    return CommitRef(repo.name, repo.type or "user", message.branch.name, message.id)


def project_of(repo: Any) -> str:
    """The project of a Repo; the default one, if it names none."""
    return repo.project.name or DEFAULT_NAME


def repo_text(message: Any) -> str:
    """The Repo as pachd prints it."""
    kind = "" if message.type == "user" else f".{message.type}"
    return f"{project_of(message)}/{message.name}{kind}"


def check_repo(message: Any) -> None:
    """Nothing, for a Repo that can be there.

    Raises:
        RefusedError: it names none, or its type is none of pachd's.
        NotFoundError: it is in another project.
    """
    if message.type not in TYPES:
        raise RefusedError(BAD_TYPE.format(message.type))
    if project_of(message) != DEFAULT_NAME:
        raise NotFoundError(f"repo {repo_text(message)} not found")


def read_repo(db: sqlite3.Connection, message: Any) -> Repo:
    """The repo that a request names.

    Raises:
        RefusedError: it names none, or its type is none of pachd's.
        NotFoundError: it is not there, or in another project.
    """
    check_repo(message)
    return repos.get_repo(db, message.name, message.type)


def read_set_id(message: Any) -> str:
    """The id of the set that a request names.

    Raises:
        RefusedError: it names none. In pachd that means all commits of the server.
    """
    if not message.id:
        raise RefusedError("commit set id must be set")
    return str(message.id)


def read_trigger(message: Any) -> Trigger:
    """A trigger. Since 2.6 the field that the client calls `cron_spec` is the rate limit."""
    return Trigger(message.branch, message.all, message.cron_spec, message.size, message.commits)


def timestamp(nanoseconds: int | None) -> Timestamp | None:
    """The time as protobuf has it."""
    if nanoseconds is None:
        return None
    return Timestamp(seconds=nanoseconds // 10**9, nanos=nanoseconds % 10**9)


class Wire:
    """Makes responses for one profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def repo(self, repo: Repo) -> Any:
        """A Repo."""
        return self.repo_name(repo.name, repo.type)

    def repo_name(self, name: str, kind: str) -> Any:
        """The Repo of a repo that may not be there yet."""
        return pfs_pb2.Repo(name=name, type=kind, project=pfs_pb2.Project(name=DEFAULT_NAME))

    def repo_info(self, db: sqlite3.Connection, repo: Repo, details: bool) -> Any:
        """A RepoInfo; `details` are only in the answer to InspectRepo."""
        size = repos.repo_size(db, repo)
        return pfs_pb2.RepoInfo(
            repo=self.repo(repo),
            created=timestamp(repo.created),
            description=repo.description,
            # pachd says it in ListRepo only.
            size_bytes_upper_bound=0 if details else size,
            branches=[self.branch(branch) for branch in branches.list_branches(db, repo)],
            details=pfs_pb2.RepoInfo.Details(size_bytes=size) if details else None,
        )

    def branch(self, branch: Branch) -> Any:
        """A Branch."""
        return pfs_pb2.Branch(repo=self.repo(branch.repo), name=branch.name)

    def branch_info(self, db: sqlite3.Connection, branch: Branch) -> Any:
        """A BranchInfo."""
        trigger = triggers.find_trigger(db, branch)
        direct = [branches.get_branch_by_key(db, key) for key in branches.upstream_keys(db, branch.key)]
        return pfs_pb2.BranchInfo(
            branch=self.branch(branch),
            head=self.commit(get_commit(db, branch.head)) if branch.head is not None else None,
            provenance=[self.branch(one) for one in branches.provenance(db, branch.key)],
            subvenance=[self.branch(one) for one in branches.subvenance(db, branch.key)],
            direct_provenance=[self.branch(one) for one in direct],
            trigger=self.trigger(trigger) if trigger else None,
        )

    def trigger(self, trigger: Trigger) -> Any:
        """A Trigger."""
        return pfs_pb2.Trigger(
            branch=trigger.source,
            all=trigger.all_of,
            cron_spec=trigger.rate_limit,
            size=trigger.size,
            commits=trigger.commits,
        )

    def commit(self, commit: Commit, has_branch: bool = False) -> Any:
        """A Commit. `has_branch`: in one of the places where also newer servers leave the branch in."""
        return self.commit_name(commit.repo.name, commit.repo.type, commit.branch, commit.id, has_branch)

    def commits(self, db: sqlite3.Connection, keys: set[int]) -> list[Any]:
        """Commits with their branches, oldest first."""
        return [self.commit(get_commit(db, key), has_branch=True) for key in sorted(keys)]

    def commit_name(self, repo: str, kind: str, branch: str, commit_id: str, has_branch: bool = False) -> Any:
        """The Commit of a commit that may not be there yet."""
        named = self.repo_name(repo, kind)
        message = pfs_pb2.Commit(id=commit_id, repo=named)
        if has_branch or self.profile.has_commit_branch:
            message.branch.CopyFrom(pfs_pb2.Branch(repo=named, name=branch))
        return message

    def commit_info(self, db: sqlite3.Connection, commit: Commit, has_size: bool = False) -> Any:
        """A CommitInfo. `has_size`: with the upper bound of the size, which pachd says in ListCommit only."""
        now = time.time_ns()
        is_finished = readiness.is_finished(commit, now)
        message = pfs_pb2.CommitInfo(
            commit=self.commit(commit),
            origin=pfs_pb2.CommitOrigin(kind=int(commit.origin)),
            description=commit.description,
            parent_commit=self.commit(get_commit(db, commit.parent)) if commit.parent is not None else None,
            child_commits=[self.commit(child, has_branch=True) for child in commits.child_commits(db, commit)],
            started=timestamp(commit.started),
            finishing=timestamp(commit.finishing),
            finished=timestamp(commit.finished) if is_finished else None,
            error=readiness.shown_error(commit, now),
            size_bytes_upper_bound=readiness.size_bound(db, commit, now) if has_size else 0,
            upstream=self.commits(db, provenance.commit_upstream(db, commit.key)),
            downstream=self.commits(db, provenance.commit_downstream(db, commit.key)),
        )
        message.details.SetInParent()
        if is_finished and (not commit.error or validation.is_problem(commit.error)):
            message.details.size_bytes = commit.size
            message.details.compacting_time.SetInParent()
            message.details.validating_time.SetInParent()
        return message

    def file_info(self, commit: Commit, node: Node) -> Any:
        """A FileInfo."""
        return pfs_pb2.FileInfo(
            file=pfs_pb2.File(commit=self.commit(commit), path=node.path, datum=node.datum),
            file_type=pfs_pb2.DIR if node.is_directory else pfs_pb2.FILE,
            committed=timestamp(commit.finishing),
            size_bytes=node.size,
            hash=node.hash,
        )
