"""RPCs about branches."""

from collections.abc import Iterator
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty

from hitl_assets.emulators.pachyderm.errors import UnsupportedError
from hitl_assets.emulators.pachyderm.messages import Wire, read_commit, read_repo
from hitl_assets.emulators.pachyderm.store import branches, provenance
from hitl_assets.emulators.pachyderm.store.records import CommitRef
from hitl_assets.emulators.pachyderm.store.resolution import resolve
from hitl_assets.emulators.pachyderm.store.store import Store


class BranchService:
    """CreateBranch, InspectBranch, ListBranch, DeleteBranch."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def create_branch(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """CreateBranch: without a head a new branch gets an empty commit."""
        if request.HasField("trigger") and request.trigger.ByteSize():
            raise UnsupportedError("the Pachyderm emulator has no branch triggers yet; move the head yourself.")
        with self._store.write() as write:
            db = write.db
            repo = read_repo(db, request.branch.repo)
            ref = read_commit(request.head)
            head = None
            if ref.id or ref.branch:
                # The head is in the branch's repo unless it says otherwise.
                head = resolve(db, CommitRef(ref.repo or repo.name, ref.type, ref.branch, ref.id))
            upstream = [(read_repo(db, one.repo), one.name) for one in request.provenance]
            provenance.create_branch(write, repo, request.branch.name, head, upstream)
        return Empty()

    def inspect_branch(self, request: Any, _: grpc.ServicerContext) -> Any:
        """InspectBranch."""
        with self._store.read() as db:
            repo = read_repo(db, request.branch.repo)
            return self._wire.branch_info(db, branches.get_branch(db, repo, request.branch.name))

    def list_branch(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListBranch: newest first, unless reversed."""
        with self._store.read() as db:
            for branch in branches.list_branches(db, read_repo(db, request.repo), request.reverse):
                yield self._wire.branch_info(db, branch)

    def delete_branch(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """DeleteBranch: the commits stay."""
        with self._store.write() as write:
            repo = read_repo(write.db, request.branch.repo)
            branch = branches.get_branch(write.db, repo, request.branch.name)
            provenance.delete_branch(write, branch, request.force)
        return Empty()
