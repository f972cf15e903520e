"""Pachyderm as we use it: commits in order, what a commit changed, reading with proof, writing as one commit.

Rules learnt from servers (2.0 to 2.12): never read `.branch` of a response, compare every length, finish no commit
that failed without saying so in it, take nothing for missing that is only being dropped. Methods raise `ServiceError`
or `TransientServiceError`, nothing of gRPC.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hitl_assets.services.pachyderm.changes import WAITS, ChangeCalls
from hitl_assets.services.pachyderm.commits import BRANCH, LOCK
from hitl_assets.services.pachyderm.connection import parse_address
from hitl_assets.services.pachyderm.files import FileCalls
from hitl_assets.services.pachyderm.lock import Lock
from hitl_assets.services.pachyderm.permissions import PermissionCalls

__all__ = ["BRANCH", "LOCK", "WAITS", "Lock", "Pachyderm", "Version", "parse_address"]


@dataclass(frozen=True)
class Version:
    """Where something is stored: repo, commit, and the hash of its directory's content (hexadecimal)."""

    repo: str
    commit: str
    hash: str


class Pachyderm(FileCalls, ChangeCalls, PermissionCalls):
    """A client for one pachd."""

    @contextmanager
    def held(self, repo: str, description: str, is_stale: Callable[[str], bool]) -> Iterator[Lock]:
        """Keep everybody else, on any machine, from doing the same: an open commit on the branch `lock` of a repo.

        Each time leaves an empty commit there. Who is taken for dead loses the lock while it works: ask `Lock.check`
        right before what must not be done twice.

        Raises:
            TransientServiceError: another one holds it for longer than we wait.
        """
        self.ensure_repo(repo)
        lock = Lock(self, repo, self.start_commit((repo, LOCK), description, is_stale))
        try:
            yield lock
        finally:
            lock.release()
