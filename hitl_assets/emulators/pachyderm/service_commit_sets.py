"""RPCs about commit sets."""

from collections.abc import Iterator
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty

from hitl_assets.emulators.pachyderm.messages import Wire, read_set_id
from hitl_assets.emulators.pachyderm.store import commit_sets
from hitl_assets.emulators.pachyderm.store.records import State
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.waits import wait_for_state
from hitl_assets.pachyderm_protobuf import pfs_pb2


class CommitSetService:
    """InspectCommitSet, ListCommitSet, DropCommitSet. pachd drops no set in a client transaction."""

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

    def list_commit_set(self, _request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListCommitSet: newest first."""
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
