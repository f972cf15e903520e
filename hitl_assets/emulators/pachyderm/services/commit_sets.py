"""RPCs about commit sets."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.store.commits import commit_sets
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.commits.waits import wait_for_state
from hitl_assets.emulators.pachyderm.store.records import Commit, State
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import DEFAULT_NAME, Wire, read_commit, read_set_id
from hitl_assets.emulators.pachyderm.wire.protocol import Empty, pfs_pb2


class CommitSetService:
    """InspectCommitSet, ListCommitSet, DropCommitSet, DropCommit, SquashCommit: none in a client transaction."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def inspect_commit_set(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """InspectCommitSet: with `wait`, each commit comes when it is FINISHED."""
        with self._store.read() as db:
            found = commit_sets.inspect_set(db, read_set_id(request.commit_set))
        context.add_callback(self._store.database.signal)
        for commit in found:
            if request.wait:
                commit = wait_for_state(self._store, commit, State.FINISHED, context.is_active)
            with self._store.read() as db:
                message = self._wire.commit_info(db, commit)
            yield message

    def list_commit_set(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListCommitSet: newest first."""
        if request.HasField("project") and request.project.name != DEFAULT_NAME:
            return
        with self._store.read() as db:
            for set_id, members in commit_sets.list_sets(db):
                yield pfs_pb2.CommitSetInfo(
                    commit_set=pfs_pb2.CommitSet(id=set_id),
                    commits=[self._wire.commit_info(db, commit) for commit in members],
                )

    def drop_commit_set(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """DropCommitSet."""
        with self._store.write() as write:
            commit_sets.drop_set(write, read_set_id(request.commit_set))
        return Empty()

    def drop_commit(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """DropCommit: since 2.10, for one commit of one repo."""
        with self._store.write() as write:
            commit_sets.drop_commits(write, read_commits(write.db, request, "drop"))
        return Empty()

    def squash_commit(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """SquashCommit: likewise."""
        with self._store.write() as write:
            commit_sets.squash_commits(write, read_commits(write.db, request, "squash"))
        return Empty()


def read_commits(db: sqlite3.Connection, request: Any, verb: str) -> list[Commit]:
    """The commit that the request names, and if it is recursive those that depend on it.

    Raises:
        NotFoundError: it is not there.
        RefusedError: it is not recursive, and others depend on it.
    """
    commit = resolve(db, read_commit(request.commit))
    found = commit_sets.with_dependants(db, commit)
    if len(found) > 1 and not request.recursive:
        raise RefusedError(f"cannot {verb} commit ({commit}) with subvenance without recursive")
    return found
