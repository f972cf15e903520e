"""RPCs that read branches."""

from collections.abc import Iterator
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.messages import Wire, read_repo
from hitl_assets.emulators.pachyderm.store import branches
from hitl_assets.emulators.pachyderm.store.store import Store


class BranchService:
    """InspectBranch, ListBranch."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

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
