"""RPCs that read commits."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import grpc

from hitl_assets.emulators.gates import Gate
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError, UnfinishedError
from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.commits import commits, readiness
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.commits.waits import wait_for_change, wait_for_state
from hitl_assets.emulators.pachyderm.store.records import Commit, State
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.wire.messages import Wire, check_repo, read_commit, read_repo
from hitl_assets.emulators.pachyderm.wire.protocol import pfs_pb2


def matches_origin(commit: Commit, request: Any) -> bool:
    """Whether a listing shows commits of this origin."""
    return request.all or not request.origin_kind or commit.origin == request.origin_kind


def is_before(commit: Commit, request: Any) -> bool:
    """Whether ListCommit shows commits of this age. With `to`, pachd doesn't ask."""
    return not request.HasField("started_time") or commit.started < request.started_time.ToNanoseconds()


class CommitService:
    """InspectCommit, ListCommit, FindCommits, SubscribeCommit."""

    def __init__(self, store: Store, wire: Wire, gate: Gate) -> None:
        self._store = store
        self._wire = wire
        self._gate = gate

    def inspect_commit(self, request: Any, context: grpc.ServicerContext) -> Any:
        """InspectCommit: waits for the state that the request names."""
        with self._store.read() as db:
            commit = resolve(db, read_commit(request.commit))
        if State.STARTED < request.wait <= State.FINISHED:
            context.add_callback(self._store.database.signal)
            commit = wait_for_state(self._store, commit, request.wait, context.is_active)
        with self._store.read() as db:
            return self._wire.commit_info(db, commit)

    def list_commit(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """ListCommit: newest first; `to` is included, `from` is not, and `from` is compared by its full id."""
        end = self._check_listing(request)
        self._gate.pass_by("ListCommit:resolved", read_token(context.invocation_metadata()))
        yield from islice(self._list(request, end), request.number if request.number > 0 else None)

    def _check_listing(self, request: Any) -> Commit | None:
        """The commit to start from, if the request names one."""
        start, end = (read_commit(getattr(request, name)) for name in ("from", "to"))
        has_start, has_end = (request.HasField(name) for name in ("from", "to"))
        with self._store.read() as db:
            found = None
            try:
                repo = read_repo(db, request.repo)
            except NotFoundError as error:
                raise NotFoundError(f"ensure repo exists: {error}") from error
            for ref in [ref for ref, is_set in ((start, has_start), (end, has_end)) if is_set]:
                if (ref.repo, ref.type) != (repo.name, repo.type):
                    raise RefusedError(f"`from` and `to` commits need to be from repo {repo}")
                found = resolve(db, ref)
        if has_start and not has_end:
            raise RefusedError("cannot use `from` commit without `to` commit")
        if has_end and request.reverse:
            raise RefusedError("cannot use 'Reverse' while also using 'From' or 'To'")
        return found if has_end else None

    def _list(self, request: Any, end: Commit | None) -> Iterator[Any]:
        """What was asked for. pachd looks every ancestor up by itself: one that is dropped meanwhile is an error."""
        if end is None:
            with self._store.read() as db:
                repo = read_repo(db, request.repo)
                for commit in commits.list_commits(db, repo, oldest_first=request.reverse):
                    if matches_origin(commit, request) and is_before(commit, request):
                        yield self._wire.commit_info(db, commit, has_size=True)
            return
        stop = read_commit(getattr(request, "from")).id
        while end is not None and end.id != stop:
            with self._store.read() as db:
                current = commits.look_up(db, end)
                message = self._wire.commit_info(db, current, has_size=True)
                end = get_commit(db, current.parent) if current.parent is not None else None
            if matches_origin(current, request):
                yield message

    def find_commits(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """FindCommits: those from `start` back that wrote or deleted the file, then where the search ended."""
        found = 0
        with self._store.read() as db:
            ref = read_commit(request.start)
            start, name = resolve(db, ref), ref.id or ref.branch
            for searched, commit in enumerate(commits.list_ancestors(db, start)):
                if not readiness.is_finished(commit, time.time_ns()):
                    raise UnfinishedError(f"commit {commit.repo}@{name if commit == start else commit.id} not finished")
                message = self._wire.commit(commit)
                if segments.changes_path(db, commit.key, request.file_path):
                    found += 1
                    yield pfs_pb2.FindCommitsResponse(found_commit=message, commits_searched=searched)
                if found == request.limit > 0:
                    break
        yield pfs_pb2.FindCommitsResponse(last_searched_commit=message, commits_searched=searched + 1)

    def subscribe_commit(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """SubscribeCommit: everything on the branch, oldest first, then live. `from` only leaves out that commit."""
        context.add_callback(self._store.database.signal)
        skipped = read_commit(getattr(request, "from")).id
        with self._store.read() as db:
            check_repo(request.repo)
            repo = repos.find_repo(db, request.repo.name, request.repo.type)
            if repo is None:
                raise NotFoundError(f"get repo ID: {repos.missing_row(request.repo.name, request.repo.type)}")
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
