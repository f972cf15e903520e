"""RPCs of the transaction service."""

from collections.abc import Sequence
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import Permissions
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.client_transactions import ClientTransactions, read_requests
from hitl_assets.emulators.pachyderm.store import transactions
from hitl_assets.emulators.pachyderm.store.records import Commit, Transaction
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import Wire, timestamp
from hitl_assets.emulators.pachyderm.wire.protocol import Empty, transaction_pb2


class TransactionService:
    """StartTransaction, FinishTransaction, DeleteTransaction, InspectTransaction, ListTransaction, BatchTransaction,
    DeleteAll.
    """

    def __init__(
        self, store: Store, wire: Wire, client_transactions: ClientTransactions, permissions: Permissions
    ) -> None:
        self._permissions = permissions
        self._store = store
        self._wire = wire
        self._transactions = client_transactions

    def start_transaction(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """StartTransaction."""
        return transaction_pb2.Transaction(id=self._transactions.start().id)

    def finish_transaction(self, request: Any, context: grpc.ServicerContext) -> Any:
        """FinishTransaction: all requests are done, or none."""
        return self._done(*self._transactions.finish(request.transaction.id, self._subject(context)))

    def batch_transaction(self, request: Any, context: grpc.ServicerContext) -> Any:
        """BatchTransaction: the same in one call."""
        return self._done(*self._transactions.run_batch(request.requests, self._subject(context)))

    def inspect_transaction(self, request: Any, _: grpc.ServicerContext) -> Any:
        """InspectTransaction."""
        with self._store.read() as db:
            return self._pending(transactions.get_transaction(db, request.transaction.id))

    def list_transaction(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """ListTransaction: those that are not finished, newest first."""
        with self._store.read() as db:
            found = transactions.list_transactions(db)
        return transaction_pb2.TransactionInfos(transaction_info=[self._pending(one) for one in found])

    def delete_transaction(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """DeleteTransaction."""
        with self._store.write() as write:
            found = transactions.get_transaction(write.db, request.transaction.id)
            transactions.delete_transaction(write, found)
        return Empty()

    def delete_all(self, _request: Any, _: grpc.ServicerContext) -> Empty:
        """DeleteAll."""
        with self._store.write() as write:
            for one in transactions.list_transactions(write.db):
                transactions.delete_transaction(write, one)
        return Empty()

    def _subject(self, context: grpc.ServicerContext) -> str:
        return self._permissions.subject(read_token(context.invocation_metadata()))

    def _done(self, transaction: Transaction, results: Sequence[Commit | None]) -> Any:
        return self._info(
            transaction, [self._wire.commit(result, has_branch=True) if result else None for result in results]
        )

    def _pending(self, transaction: Transaction) -> Any:
        started = [self._started(request, transaction.id) for request in read_requests(transaction)]
        return self._info(transaction, started)

    def _started(self, request: Any, transaction_id: str) -> Any:
        """The commit that the request will start, if it starts one."""
        if not request.HasField("start_commit"):
            return None
        branch = request.start_commit.branch
        return self._wire.commit_name(branch.repo.name, branch.repo.type or "user", branch.name, transaction_id, True)

    def _info(self, transaction: Transaction, commits: Sequence[Any]) -> Any:
        return transaction_pb2.TransactionInfo(
            transaction=transaction_pb2.Transaction(id=transaction.id),
            requests=read_requests(transaction),
            responses=[transaction_pb2.TransactionResponse(commit=commit) for commit in commits],
            started=timestamp(transaction.started),
            version=len(transaction.requests),
        )
