"""What suites cost, and the requester's account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hitl_assets.emulators.toloka.storage.store import Store


@dataclass(frozen=True)
class Account:
    """The balance, and the part of it that is set aside for suites that are being answered or reviewed."""

    balance: Decimal
    held: Decimal

    @property
    def available(self) -> Decimal:
        """What new suites can be paid from."""
        return self.balance - self.held


def price(reward: Decimal, fee: Decimal) -> Decimal:
    """What one accepted suite costs, with the platform's fee."""
    return reward * (1 + fee)


def count_suites(left: Mapping[int, int], real_per_suite: int) -> int:
    """How many suites a pool still needs. `left`: remaining overlap -> number of real tasks that have it."""
    if real_per_suite == 0:
        return 0
    rounds = range(1, max(left, default=0) + 1)
    return sum(-(-sum(count for overlap, count in left.items() if overlap >= one) // real_per_suite) for one in rounds)


def read_account(store: Store) -> Account:
    """The account as it is now."""
    row = store.one("SELECT balance, held FROM account")
    return Account(Decimal(row["balance"]), Decimal(row["held"]))


def change_account(store: Store, balance: Decimal = Decimal(0), held: Decimal = Decimal(0)) -> None:
    """Add to the account; part of the transaction that changes the assignment, so it happens once."""
    account = read_account(store)
    store.run("UPDATE account SET balance = ?, held = ?", str(account.balance + balance), str(account.held + held))
