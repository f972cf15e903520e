"""What fault rules do to pools: they lose their money, are closed, get their answers late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hitl_assets.emulators.toloka.faults.fault_rules import BalanceExhausted
from hitl_assets.emulators.toloka.faults.faults import OF_SUITES, strike_pool
from hitl_assets.emulators.toloka.money.billing import change_account, read_account
from hitl_assets.emulators.toloka.pools.closing import close_pool, note_done
from hitl_assets.emulators.toloka.storage.state import State, dump


def is_stopped_by_fault(state: State, pool_id: str) -> bool:
    """Whether a rule closes the pool instead of letting it give a suite; it is closed then."""
    rule = strike_pool(state, OF_SUITES, pool_id)
    if isinstance(rule, BalanceExhausted):
        change_account(state.store, balance=-read_account(state.store).available)
        close_pool(state, pool_id, "NOT_ENOUGH_BALANCE")
    elif rule is not None:
        close_pool(state, pool_id, rule.reason)
    return rule is not None


def hold_back(
    state: State, assignment_id: str, outputs: Sequence[Mapping[str, Any]], seconds: float, is_late: bool = False
) -> bool:
    """Whether these answers come only after the pool is closed, by a rule or a habit; they are kept until then."""
    row = state.store.one(
        "SELECT pool_id, pools.status AS status, type FROM assignments JOIN pools ON pools.id = pool_id "
        "WHERE assignments.id = ?",
        assignment_id,
    )
    if row["status"] != "OPEN" or row["type"] != "REGULAR":
        return False
    rule = strike_pool(state, ("late_answers",), row["pool_id"])
    if rule is None and not is_late:
        return False
    state.store.run(
        "INSERT INTO late_answers (assignment_id, outputs, seconds, delay) VALUES (?, ?, ?, ?)",
        assignment_id, dump(outputs), seconds, 0.0 if rule is None else rule.seconds,
    )  # fmt: skip
    note_done(state, row["pool_id"])
    return True
