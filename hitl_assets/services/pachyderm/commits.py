"""Commits of a branch: in order, each once, and sure of what isn't there."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from hitl_assets.labeling.records import Commit
from hitl_assets.services.errors import TimedOutError, TransientServiceError
from hitl_assets.services.pachyderm.connection import Connection
from hitl_assets.services.pachyderm.errors import MissingError, one_line

BRANCH, LOCK = "master", "lock"
# How many commits a look for the head reads before it reads all of them.
NEWEST = 20
# How long until a branch is looked at again whose head was dropped while it was read (seconds).
LOOKS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


class CommitCalls(Connection):
    """What reads commits."""

    def commits_since(self, repo: str, branch: str, after: str | None) -> list[Commit]:
        """The finished commits of a branch after the one with id `after` (None: from the first), oldest first.

        Stops before the first commit that is still open: commits are handed out in order. A repo or branch that
        isn't there yet has none. A commit `after` that is gone (branch rewound, repo made anew) counts as None.
        """
        return list(finished(repo, reversed(self.history(repo, branch, after))))

    def head(self, repo: str, branch: str = BRANCH) -> str | None:
        """The id of the newest commit of a branch that is finished without an error, or None."""
        for number in (NEWEST, 0):  # 0: all, when so many ended with an error or are open
            infos = self.history(repo, branch, number=number)
            found = next((str(info.commit.id) for info in infos if is_readable(info)), None)
            if found is not None or len(infos) < NEWEST:
                return found
        return None

    def history(self, repo: str, branch: str, after: str | None = None, number: int = 0) -> list[Any]:
        """The newest commits of a branch (0: all), newest first, down to the one with id `after` (left out).

        pachd looks up the head and then reads it: dropped in between, it is not found, and neither is a branch that
        isn't there. Only the branch itself tells which it was.

        Raises:
            TransientServiceError: the branch is there, and yet its head was gone at every look.
        """
        to = (repo, branch)
        for wait in LOOKS:
            since = (repo, after) if after else None
            try:
                return self.ask(
                    f"list the commits of {repo}@{branch}",
                    lambda since=since: list(  # type: ignore[misc]  # mypy infers no lambda with a default
                        self.client.list_commit(repo, to_commit=to, from_commit=since, number=number, all=True)
                    ),
                )
            except MissingError as error:
                missing = error
            if not self.has_branch(repo, branch):
                return []
            if after and not self.has_commit(repo, after):
                after = None
            else:
                self.sleep(wait)
        raise TransientServiceError(
            f"{missing}. It was looked for {len(LOOKS)} times. Either this token has no role on {repo}, or somebody "
            "opens and drops commits there without pause."
        )

    def commits_in(self, repo: str, second: datetime, beginning: str) -> list[Commit]:
        """The commits of a repo that were started in this second and whose ids begin so, newest first.

        One request for a few commits, however many there are: pachd skips those that were started later. If they are
        not among these (or not all of them), a second one reads all that are older: its clock may have gone back.
        """
        end = second + timedelta(seconds=1)
        for number in (NEWEST, 0):
            read = [read_commit(repo, info) for info in self.started_before(repo, end, number)]
            found = [each for each in read if second <= each.started < end and each.id.startswith(beginning)]
            if len(read) < NEWEST or (found and read[-1].started < second):
                break
        return found

    def started_before(self, repo: str, end: datetime, number: int) -> list[Any]:
        """The newest commits of all branches of a repo (0: all) that were started before a time, newest first; of a
        server that does not know how to skip those that were started later, these as well."""
        from python_pachyderm.service import Service

        from hitl_assets.pachyderm_protobuf import pfs_pb2

        request = pfs_pb2.ListCommitRequest(repo=pfs_pb2.Repo(name=repo, type="user"), number=number, all=True)
        request.MergeFromString(write_started_time(end))
        attempt = f"list the commits of {repo} that were started before {end:%Y-%m-%dT%H:%M:%SZ}"
        return self.ask(attempt, lambda: list(self.client._req(Service.PFS, "ListCommit", req=request)))

    def has_branch(self, repo: str, branch: str) -> bool:
        """Whether repo and branch are there."""
        return branch in (self.branches(repo) or ())

    def has_repo(self, repo: str) -> bool:
        """Whether a repo is there."""
        return self.branches(repo) is not None

    def branches(self, repo: str) -> set[str] | None:
        """The names of a repo's branches; None when the repo isn't there. Any token may ask."""
        try:
            info = self.ask(f"inspect the repo {repo}", lambda: self.client.inspect_repo(repo))
        except MissingError:
            return None
        return {str(branch.name) for branch in info.branches}

    def has_commit(self, repo: str, commit: str) -> bool:
        """Whether a repo has the commit with this id. pachd may answer with another one, upstream of the same set."""
        try:
            return str(self.look_at(repo, commit).commit.id) == commit
        except MissingError:
            return False

    def inspect_commit(self, repo: str, commit: str) -> tuple[Commit, str | None]:
        """A commit once it is finished, and the id of its parent.

        Raises:
            TimedOutError: it isn't finished for longer than this client is patient.
        """
        info = self.wait_for(repo, commit)
        return read_commit(repo, info), info.parent_commit.id or None

    def look_at(self, repo: str, commit: str) -> Any:
        """The server's record of a commit as it is now."""
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        (info,) = self.ask(
            f"inspect {repo}@{commit}",
            lambda: list(self.client.inspect_commit((repo, commit), pfs_pb2.CommitState.STARTED)),
        )
        return info

    def wait_for(self, repo: str, commit: str) -> Any:
        """The server's record of a commit once it is finished. Asks again and again: a proxy may cut a long call."""
        for _ in range(max(1, math.ceil(self.patience / self.timeout))):
            info = self.ask(f"inspect {repo}@{commit}", lambda: self.ask_for_finished(repo, commit))
            if info is not None:
                return info
        info = self.look_at(repo, commit)
        state = "FINISHING" if info.HasField("finishing") else "open"
        raise TimedOutError(
            f"{repo}@{commit} at {self.address} is {state} for more than {self.patience / 60:.0f} minutes. Look at "
            "pachd's worker (its log, pachctl list commit) and its object storage; an open commit is for its writer to "
            "finish."
        )

    def ask_for_finished(self, repo: str, commit: str) -> Any:
        """The server's record of a commit, or None when it isn't finished before the deadline of one call."""
        import grpc

        from hitl_assets.pachyderm_protobuf import pfs_pb2

        try:
            (info,) = self.client.inspect_commit((repo, commit), pfs_pb2.CommitState.FINISHED)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:
                raise
            return None
        return info


def write_started_time(end: datetime) -> bytes:
    """The field `started_time` (8) of a ListCommitRequest, which is younger than the client."""
    from google.protobuf.timestamp_pb2 import Timestamp

    content = Timestamp(seconds=int(end.timestamp())).SerializeToString()
    return bytes([8 << 3 | 2, len(content)]) + content


def read_commit(repo: str, info: Any) -> Commit:
    """Our record of a CommitInfo. The repo is the one that we asked for: newer servers don't repeat it."""
    started = datetime.fromtimestamp(info.started.ToMicroseconds() / 1e6, tz=timezone.utc)
    return Commit(repo, info.commit.id, started, info.description, one_line(info.error))


def finished(repo: str, infos: Iterator[Any]) -> Iterator[Commit]:
    """Commits up to the first that is still open, without the empty ones that the server makes by itself."""
    from hitl_assets.pachyderm_protobuf import pfs_pb2

    for info in infos:
        if not info.HasField("finished"):
            return
        if info.origin.kind != pfs_pb2.AUTO or info.size_bytes_upper_bound:
            yield read_commit(repo, info)


def is_readable(info: Any) -> bool:
    """Whether a commit is finished without an error."""
    return info.HasField("finished") and not info.error
