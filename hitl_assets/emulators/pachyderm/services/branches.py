"""RPCs that read branches."""

from collections.abc import Iterator
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.errors import NotFoundError
from hitl_assets.emulators.pachyderm.store.commits import branches
from hitl_assets.emulators.pachyderm.store.repos import find_repo, list_repos, missing_row
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import DEFAULT_NAME, Wire, project_of, read_repo, repo_text


class BranchService:
    """InspectBranch, ListBranch."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def inspect_branch(self, request: Any, _: grpc.ServicerContext) -> Any:
        """InspectBranch."""
        name = f"{repo_text(request.branch.repo)}@{request.branch.name}"
        with self._store.read() as db:
            repo = find_repo(db, request.branch.repo.name, request.branch.repo.type)
            branch = branches.find_branch(db, repo, request.branch.name) if repo is not None else None
            if branch is None or project_of(request.branch.repo) != DEFAULT_NAME:
                repo_name, kind = request.branch.repo.name, request.branch.repo.type
                gone = f"{missing_row(repo_name, kind)}\n" if repo is None else ""
                raise NotFoundError(
                    f"inspect branch in transaction: {gone}branch (id=0, branch={name}) not found\n"
                    f'branch "{request.branch.name}" not found in repo {repo_text(request.branch.repo)}'
                )
            return self._wire.branch_info(db, branch)

    def list_branch(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        """ListBranch: newest first, unless reversed; without a repo those of all repos."""
        with self._store.read() as db:
            found = [read_repo(db, request.repo)] if request.repo.name else list_repos(db)
            for repo in found:
                for branch in branches.list_branches(db, repo, request.reverse):
                    yield self._wire.branch_info(db, branch)
