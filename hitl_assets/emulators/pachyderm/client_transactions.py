"""Client transactions: requests that are kept until the client finishes them, and then done at once.

As in pachd, each request is tried when it comes, after all before it, and what it did is undone. So a request that
can't succeed is refused right away, and StartCommit knows its answer: commits have the transaction's id.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from hitl_assets.emulators.pachyderm.errors import PanicError, PfsError, RefusedError, UnsupportedError
from hitl_assets.emulators.pachyderm.operations import NAMES, Operations
from hitl_assets.emulators.pachyderm.store import transactions
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Commit, Transaction
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.protocol import transaction_pb2

Results = list[Commit | None]


class ClientTransactions:
    """Keeps, tries and runs them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._operations = Operations(store.finish_delay)

    def start(self) -> Transaction:
        """A new one without requests."""
        with self._store.write() as write:
            return transactions.create_transaction(write, uuid.uuid4().hex)

    def append(self, transaction_id: str, request: Any) -> Commit | None:
        """Add a request. The commit that it will start, if it starts one.

        Raises:
            NotFoundError: there is no such transaction.
            PfsError: the request can't be done after those before it.
        """
        with self._store.write(transaction_id) as write:
            found = transactions.get_transaction(write.db, transaction_id)
            requests = [*read_requests(found), request]
            with write.trial():
                result = self._run(write, requests)[-1]
            transactions.add_request(write, found, request.SerializeToString())
        return result

    def finish(self, transaction_id: str, subject: str = "") -> tuple[Transaction, Results]:
        """Do all requests, or none; afterwards the transaction is gone. `subject`: who owns the repos it makes.

        Raises:
            NotFoundError: there is no such transaction.
            PfsError: a request can't be done (any more). The transaction stays.
        """
        with self._store.write(transaction_id, subject) as write:
            found = transactions.get_transaction(write.db, transaction_id)
            results = self._run(write, read_requests(found))
            transactions.delete_transaction(write, found)
        return found, results

    def run_batch(self, requests: Sequence[Any], subject: str = "") -> tuple[Transaction, Results]:
        """Do all requests, or none, without keeping them before.

        Raises:
            PfsError: a request can't be done.
            PanicError: one is StartCommit in a repo without a project.
        """
        if any(is_unread(request.start_commit.branch) for request in requests if request.HasField("start_commit")):
            raise PanicError("panic: runtime error: invalid memory address or nil pointer dereference")
        with self._store.write(subject=subject) as write:
            results = self._run(write, requests)
        stored = tuple(request.SerializeToString() for request in requests)
        return Transaction(0, write.set_id, write.now, stored), results

    def _run(self, write: Write, requests: Sequence[Any]) -> Results:
        results: Results = []
        for number, request in enumerate(requests, 1):
            try:
                results.append(self._do(write, request))
            except PfsError as error:
                raise type(error)(f"error running request {number} of {len(requests)}: {error}") from error
        return results

    def _do(self, write: Write, request: Any) -> Commit | None:
        names = [field.name for field, _ in request.ListFields()]
        if not names:
            raise RefusedError("unrecognized transaction request type")
        if names[0] not in NAMES:
            raise UnsupportedError(f"the Pachyderm emulator has no pipelines and jobs: {names[0]} can't be done")
        result = getattr(self._operations, names[0])(write, getattr(request, names[0]))
        return result if isinstance(result, Commit) else None


def read_requests(transaction: Transaction) -> list[Any]:
    """Its requests as messages."""
    return [transaction_pb2.TransactionRequest.FromString(request) for request in transaction.requests]


def is_unread(branch: Any) -> bool:
    """Whether pachd stumbles over it: the older client names no project, and here pachd doesn't put the default in."""
    return not branch.repo.HasField("project")
