"""RPCs that read commits."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.messages import Wire, read_commit, read_repo
from hitl_assets.emulators.pachyderm.store import commits
from hitl_assets.emulators.pachyderm.store.records import Commit, State
from hitl_assets.emulators.pachyderm.store.resolution import resolve
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.waits import wait_for_change, wait_for_state


def matches_origin(commit: Commit, request: Any) -> bool:
    """Whether a listing shows commits of this origin."""
    return request.all or not request.origin_kind or commit.origin == request.origin_kind


class CommitService:
    """InspectCommit, ListCommit, SubscribeCommit."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def inspect_commit(self, request: Any, context: grpc.ServicerContext) -> Any:
        """InspectCommit: waits for the state that the request names."""
        with self._store.read() as db:
            commit = resolve(db, read_commit(request.commit))
        if request.wait > State.STARTED:
            context.add_callback(self._store.database.signal)
            commit = wait_for_state(self._store, commit, request.wait, context.is_active)
        with self._store.read() as db:
            return self._wire.commit_info(db, commit, details=True)

    def list_commit(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListCommit: newest first; `to` is included, `from` is not, and `from` is compared by its full id."""
        start, end = read_commit(getattr(request, "from")), read_commit(request.to)
        has_end = bool(end.id or end.branch)
        if (start.id or start.branch) and not has_end:
            raise RefusedError("cannot use `from` commit without `to` commit")
        if has_end and request.reverse:
            raise RefusedError("cannot use `reverse` with `from` or `to` commit")
        with self._store.read() as db:
            repo = read_repo(db, request.repo)
            if has_end:
                found = commits.list_ancestors(db, resolve(db, end), until=start.id)
            else:
                found = commits.list_commits(db, repo, oldest_first=request.reverse)
            shown = (commit for commit in found if matches_origin(commit, request))
            for commit in islice(shown, request.number or None):
                yield self._wire.commit_info(db, commit)

    def subscribe_commit(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """SubscribeCommit: everything on the branch, oldest first, then live. `from` only leaves out that commit."""
        context.add_callback(self._store.database.signal)
        skipped = read_commit(getattr(request, "from")).id
        with self._store.read() as db:
            repo = read_repo(db, request.repo)
        cursor = 0
        while True:
            seen = self._store.database.version
            with self._store.read() as db:
                commit = commits.next_commit(db, repo, request.branch, cursor)
            if commit is None:
                wait_for_change(self._store, seen, context.is_active)
                continue
            cursor = commit.key
            if commit.id == skipped or not matches_origin(commit, request):
                continue
            commit = wait_for_state(self._store, commit, request.state or State.STARTED, context.is_active)
            with self._store.read() as db:
                message = self._wire.commit_info(db, commit)
            yield message
