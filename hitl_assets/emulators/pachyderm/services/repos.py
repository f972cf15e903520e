"""RPCs that read repos, and those about the store as a whole."""

from collections.abc import Iterator
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.chunks import integrity
from hitl_assets.emulators.pachyderm.store.commits import commits
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire import pages
from hitl_assets.emulators.pachyderm.wire.messages import DEFAULT_NAME, Wire, read_repo
from hitl_assets.emulators.pachyderm.wire.protocol import Empty, pfs_pb2


class RepoService:
    """InspectRepo, ListRepo, DeleteAll, Fsck."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def inspect_repo(self, request: Any, _: grpc.ServicerContext) -> Any:
        """InspectRepo."""
        with self._store.read() as db:
            return self._wire.repo_info(db, read_repo(db, request.repo), details=True)

    def list_repo(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListRepo: no type lists all types, no projects those of all projects."""
        if request.projects and not any(project.name == DEFAULT_NAME for project in request.projects):
            return
        with self._store.read() as db:
            for repo in pages.read_repos(repos.list_repos(db, request.type), request.page):
                yield self._wire.repo_info(db, repo, details=False)

    def delete_all(self, _request: Any, _: grpc.ServicerContext) -> Empty:
        """DeleteAll."""
        with self._store.write() as write:
            commits.delete_all(write)
        return Empty()

    def fsck(self, _request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """Fsck: says what is damaged. It has nothing to fix it with."""
        with self._store.read() as db:
            for problem in integrity.find_damage(db, self._store.files):
                yield pfs_pb2.FsckResponse(error=problem)
