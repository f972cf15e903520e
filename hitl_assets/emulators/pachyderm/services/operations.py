"""RPCs that write, at once or as part of a client transaction."""

from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import Permissions, repo_resource
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.client_transactions import ClientTransactions
from hitl_assets.emulators.pachyderm.conflicts import Conflicts
from hitl_assets.emulators.pachyderm.errors import NotAuthorizedError
from hitl_assets.emulators.pachyderm.operations import Operations, delete_repos, prefixed
from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.records import Commit
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import DEFAULT_NAME, Wire
from hitl_assets.emulators.pachyderm.wire.protocol import Empty, pfs_pb2, transaction_pb2


class OperationService:
    """CreateRepo, DeleteRepo, DeleteRepos, CreateBranch, DeleteBranch, StartCommit, FinishCommit, SquashCommitSet."""

    def __init__(
        self,
        store: Store,
        wire: Wire,
        transactions: ClientTransactions,
        permissions: Permissions,
        conflicts: Conflicts,
    ) -> None:
        self._permissions = permissions
        self._conflicts = conflicts
        self._store = store
        self._wire = wire
        self._operations = Operations(store.finish_delay)
        self._transactions = transactions

    def create_repo(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """CreateRepo."""
        return self._run("create_repo", request, context)

    def delete_repo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """DeleteRepo: whether it was deleted. Whoever may not gets no error, as in pachd."""
        may = self._may_delete(request.repo, context)
        return pfs_pb2.DeleteRepoResponse(deleted=may and bool(self._result("delete_repo", request, context)))

    def delete_repos(self, request: Any, context: grpc.ServicerContext) -> Any:
        """DeleteRepos: those that were deleted; nobody is told of those that the caller may not delete."""
        is_asked = request.all or any(project.name == DEFAULT_NAME for project in request.projects)
        with self._store.write() as write:
            found = repos.list_repos(write.db) if is_asked else []
            mine = [repo for repo in found if self._may_delete(repo, context)]
            with prefixed("delete repos"):
                delete_repos(write, mine, request.force)
        return pfs_pb2.DeleteReposResponse(repos=[self._wire.repo(repo) for repo in mine])

    def create_branch(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """CreateBranch."""
        return self._run("create_branch", request, context)

    def delete_branch(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """DeleteBranch."""
        return self._run("delete_branch", request, context)

    def start_commit(self, request: Any, context: grpc.ServicerContext) -> Any:
        """StartCommit."""
        commit: Commit = self._result("start_commit", request, context)
        return self._wire.commit(commit)

    def finish_commit(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """FinishCommit: answers when the commit is FINISHING, as pachd does."""
        return self._run("finish_commit", request, context)

    def squash_commit_set(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """SquashCommitSet."""
        return self._run("squash_commit_set", request, context)

    def _run(self, name: str, request: Any, context: grpc.ServicerContext) -> Empty:
        self._result(name, request, context)
        return Empty()

    def _result(self, name: str, request: Any, context: grpc.ServicerContext) -> Any:
        metadata: dict[str, Any] = dict(context.invocation_metadata() or ())
        transaction = metadata.get("pach-transaction")
        if transaction:
            return self._transactions.append(transaction, transaction_pb2.TransactionRequest(**{name: request}))
        subject = self._permissions.subject(read_token(context.invocation_metadata()))
        with self._store.write(subject=subject) as write:
            result = getattr(self._operations, name)(write, request)
            self._conflicts.strike(name)
            return result

    def _may_delete(self, repo: Any, context: grpc.ServicerContext) -> bool:
        subject = self._permissions.subject(read_token(context.invocation_metadata()))
        with self._store.read() as db:
            if repos.find_repo(db, repo.name, repo.type) is None:
                return True
            try:
                self._permissions.check(db, subject, repo_resource(repo.name), ("REPO_DELETE",))
            except NotAuthorizedError:
                return False
        return True
