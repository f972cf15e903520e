"""The fault rules that are kept, how often they fired, and which of them strikes now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from hitl_assets.emulators.toloka.faults.fault_rules import (
    INTERVALS,
    REAL_QUOTAS,
    RULES,
    FailedOperation,
    InvalidTasks,
    PoolRule,
    Quota,
    RequestRule,
    read_rule,
)
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.storage.state import State, dump, load

OF_SUITES = ("balance_exhausted", "pool_closed")
# The ends of paths whose requests answer with an operation; uploads say async_mode instead.
ACTIONS = ("open", "close", "close-for-update", "archive", "clone", "aggregate-by-pool", "analytics-2")


def list_faults(state: State, call: Call) -> Reply:
    """GET /emulator/faults: the rules, with how many requests or suites each counted and how often it fired."""
    return Reply(200, {"items": [_view(row) for row in state.store.all("SELECT * FROM faults ORDER BY id")]})


def get_fault(state: State, call: Call) -> Reply:
    """GET /emulator/faults/{id}."""
    return Reply(200, _view(_read(state, call.path["id"])))


def add_fault(state: State, call: Call) -> Reply:
    """POST /emulator/faults: one more rule."""
    return Reply(201, _keep(state, call.body))


def add_quotas(state: State, call: Call) -> Reply:
    """POST /emulator/faults/quotas: the quotas of the real service, a rule each."""
    return Reply(201, {"items": [_keep(state, {"kind": "quota", **quota}) for quota in REAL_QUOTAS]})


def delete_fault(state: State, call: Call) -> Reply:
    """DELETE /emulator/faults/{id}."""
    _read(state, call.path["id"])
    state.store.run("DELETE FROM faults WHERE id = ?", int(call.path["id"]))
    return Reply(204)


def delete_faults(state: State, call: Call) -> Reply:
    """DELETE /emulator/faults: all of them."""
    state.store.run("DELETE FROM faults")
    return Reply(204)


def strike_request(state: State, method: str, path: str, call: Call) -> tuple[int, RequestRule] | None:
    """The fault of this request, with its number. Every rule counts what matches it; the first that is due strikes."""

    def matches(rule: Any) -> bool:
        return isinstance(rule, RequestRule) and rule.matches(method, path) and _concerns(rule, path, call)

    items = len(call.body) if isinstance(call.body, list) else 1
    return _strike(state, "SELECT * FROM faults ORDER BY id", matches, items)


def strike_pool(state: State, kinds: tuple[str, ...], pool_id: str) -> Any:
    """The fault of what happens in this pool now, or None."""
    # Most of the time there are no rules, and this is asked for every suite.
    if state.store.maybe("SELECT 1 FROM faults") is None:
        return None

    def matches(rule: Any) -> bool:
        return isinstance(rule, PoolRule) and rule.pool_id in (None, pool_id)

    marks = ",".join(f"'{kind}'" for kind in kinds)
    found = _strike(state, f"SELECT * FROM faults WHERE kind IN ({marks}) ORDER BY id", matches)  # noqa: S608 - constants
    return None if found is None else found[1]


def _strike(state: State, rules: str, matches: Callable[[Any], bool], items: int = 1) -> tuple[int, Any] | None:
    struck = None
    for row, rule in _rules(state, rules):
        if not matches(rule):
            continue
        is_due = rule.is_due(row["seen"] + 1, row["fired"]) and _exceeds(state, row, rule, items)
        strikes = is_due and struck is None
        state.store.run("UPDATE faults SET seen = seen + 1, fired = fired + ? WHERE id = ?", int(strikes), row["id"])
        if strikes:
            struck = (row["id"], rule)
    return struck


def _rules(state: State, sql: str) -> Iterator[tuple[sqlite3.Row, Any]]:
    for row in state.store.all(sql):
        yield row, RULES.validate_python(load(row["rule"]))


def _concerns(rule: RequestRule, path: str, call: Call) -> bool:
    if isinstance(rule, FailedOperation):
        return call.flag("async_mode") or path.rpartition("/")[2] in ACTIONS
    if isinstance(rule, InvalidTasks):
        items = call.body if isinstance(call.body, list) else [call.body]
        return any(rule.chooses(position, item) for position, item in enumerate(items))
    return True


def _exceeds(state: State, row: sqlite3.Row, rule: Any, items: int) -> bool:
    """Whether a quota is used up; what fits is taken from it. True for all other rules."""
    if not isinstance(rule, Quota):
        return True
    # Whole intervals of the wall clock, from the epoch on: whether the real ones slide is not known.
    interval = state.clock.wall() // INTERVALS[rule.interval]
    used = row["used"] if row["interval"] == interval else 0
    if used + items > rule.limit:
        return True
    state.store.run("UPDATE faults SET interval = ?, used = ? WHERE id = ?", interval, used + items, row["id"])
    return False


def _keep(state: State, form: Any) -> dict[str, Any]:
    rule, number = read_rule(form), state.store.reserve_numbers("fault", 1)
    state.store.run(
        "INSERT INTO faults (id, kind, rule) VALUES (?, ?, ?)", number, rule.kind, dump(rule.model_dump(mode="json"))
    )
    return _view(_read(state, str(number)))


def _read(state: State, fault_id: str) -> sqlite3.Row:
    number = int(fault_id) if fault_id.isascii() and fault_id.isdigit() and len(fault_id) < 19 else 0
    row = state.store.maybe("SELECT * FROM faults WHERE id = ?", number)
    if row is None:
        raise does_not_exist("fault", fault_id)
    return row


def _view(row: sqlite3.Row) -> dict[str, Any]:
    return {"id": str(row["id"]), **load(row["rule"]), "seen": row["seen"], "fired": row["fired"]}
