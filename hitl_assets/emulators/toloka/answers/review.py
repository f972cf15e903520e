"""Accepting and rejecting suites, and the money that moves with it."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from hitl_assets.emulators.toloka.http.errors import conflict, inappropriate_status
from hitl_assets.emulators.toloka.money.billing import change_account, price, read_account
from hitl_assets.emulators.toloka.storage.state import State


def accept(state: State, assignment: sqlite3.Row, comment: str | None = None, at: str | None = None) -> None:
    """Accept a submitted or rejected suite, and pay for it. 409 if its status or the balance does not allow it."""
    if assignment["status"] not in ("SUBMITTED", "REJECTED"):
        raise inappropriate_status(f"Assignment {assignment['id']}", assignment["status"], ["SUBMITTED", "REJECTED"])
    cost, held = price(Decimal(assignment["reward"]), state.fee), Decimal(assignment["held"])
    if cost > held and cost - held > read_account(state.store).available:
        raise conflict("NOT_ENOUGH_BALANCE", f"The balance does not cover assignment {assignment['id']} ({cost})")
    state.store.run(
        "UPDATE assignments SET status = 'ACCEPTED', accepted = ?, public_comment = COALESCE(?, public_comment), "
        "held = '0', paid = ?, reviewed_at = ?, review_by = NULL WHERE id = ?",
        at or state.clock.stamp(), comment, str(cost), state.clock.now(), assignment["id"],
    )  # fmt: skip
    change_account(state.store, balance=-cost, held=-held)


def reject(state: State, assignment: sqlite3.Row, comment: str | None = None) -> None:
    """Reject a submitted suite; what was held for it is free again. 409 if it is not submitted."""
    if assignment["status"] != "SUBMITTED":
        raise inappropriate_status(f"Assignment {assignment['id']}", assignment["status"], ["SUBMITTED"])
    state.store.run(
        "UPDATE assignments SET status = 'REJECTED', rejected = ?, public_comment = COALESCE(?, public_comment), "
        "held = '0', reviewed_at = ?, review_by = NULL WHERE id = ?",
        state.clock.stamp(), comment, state.clock.now(), assignment["id"],
    )  # fmt: skip
    change_account(state.store, held=-Decimal(assignment["held"]))


def read_assignment(state: State, assignment_id: str) -> sqlite3.Row:
    """The assignment as it is now. LookupError if there is none."""
    return state.store.one("SELECT * FROM assignments WHERE id = ?", assignment_id)
