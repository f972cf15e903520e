"""Client transactions that are not finished: the rows. What their requests do is not known here."""

import sqlite3

from hitl_assets.emulators.pachyderm.errors import NotFoundError
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Transaction


def create_transaction(write: Write, transaction_id: str) -> Transaction:
    """A new one without requests."""
    (key,) = write.db.execute(
        "INSERT INTO transactions (id, started) VALUES (?, ?) RETURNING key", (transaction_id, write.now)
    ).fetchone()
    return Transaction(key, transaction_id, write.now, ())


def get_transaction(db: sqlite3.Connection, transaction_id: str) -> Transaction:
    """The transaction with its requests.

    Raises:
        NotFoundError: there is none.
    """
    row = db.execute("SELECT key, id, started FROM transactions WHERE id = ?", (transaction_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"transactions {transaction_id} not found")
    return _with_requests(db, *row)


def list_transactions(db: sqlite3.Connection) -> list[Transaction]:
    """All of them, newest first."""
    rows = db.execute("SELECT key, id, started FROM transactions ORDER BY key DESC").fetchall()
    return [_with_requests(db, *row) for row in rows]


def add_request(write: Write, transaction: Transaction, request: bytes) -> None:
    """Keep one more request."""
    write.db.execute(
        "INSERT INTO transaction_requests VALUES (?, ?, ?)",
        (transaction.key, len(transaction.requests), request),
    )


def delete_transaction(write: Write, transaction: Transaction) -> None:
    """Delete it with its requests."""
    write.db.execute("DELETE FROM transaction_requests WHERE transaction_key = ?", (transaction.key,))
    write.db.execute("DELETE FROM transactions WHERE key = ?", (transaction.key,))


def _with_requests(db: sqlite3.Connection, key: int, transaction_id: str, started: int) -> Transaction:
    rows = db.execute("SELECT request FROM transaction_requests WHERE transaction_key = ? ORDER BY number", (key,))
    return Transaction(key, transaction_id, started, tuple(request for (request,) in rows))
