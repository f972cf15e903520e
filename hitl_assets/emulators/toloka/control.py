"""The control endpoint under /emulator, which the real service does not have: what a rehearsal sets up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import get_args

from hitl_assets.emulators.crowd.clock import read_speed
from hitl_assets.emulators.toloka.admission.hindrances import hindrances
from hitl_assets.emulators.toloka.answers.attempts import try_tasks
from hitl_assets.emulators.toloka.faults import faults
from hitl_assets.emulators.toloka.faults.fault_rules import CLOSE_REASONS
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import inappropriate_status
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.money.billing import change_account, read_account
from hitl_assets.emulators.toloka.pools.closing import close_pool, note_done, start_pool
from hitl_assets.emulators.toloka.pools.opening import check_opening
from hitl_assets.emulators.toloka.pools.pools import checked_form, keep_form, pool_view, read_pool
from hitl_assets.emulators.toloka.storage.state import State, load

MOST_SECONDS = Decimal(10 * 366 * 86_400)
LONGEST_WAIT = 600.0
MOST_CHARACTERS = 1_000_000_000
MOST_MONEY = Decimal(1_000_000_000)


def get_account(state: State, call: Call) -> Reply:
    """GET /emulator/account: dollars. `held` is set aside for suites that are being answered or reviewed."""
    account = read_account(state.store)
    amounts = {"balance": account.balance, "held": account.held, "available": account.available}
    return Reply(200, {name: float(amount) for name, amount in amounts.items()})


def set_account(state: State, call: Call) -> Reply:
    """PUT /emulator/account {balance}: top up or empty it."""
    form = Form.of(call.body)
    balance = form.money("balance", Decimal(0), MOST_MONEY, required=True)
    form.errors.refuse()
    change_account(state.store, balance=(balance or Decimal(0)) - read_account(state.store).balance)
    return get_account(state, call)


def close_from_outside(state: State, call: Call) -> Reply:
    """POST /emulator/pools/{id}/close {reason}: as somebody else, or Toloka itself, closes a pool."""
    form = Form.of(call.body or {})
    reason = form.choice("reason", get_args(CLOSE_REASONS)) or "MANUAL"
    form.errors.refuse()
    pool = read_pool(state, call.path["id"], None)
    if pool["status"] != "OPEN":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["OPEN"])
    close_pool(state, pool["id"], reason)
    state.wake()
    return Reply(200, pool_view(read_pool(state, pool["id"], None)))


def open_from_outside(state: State, call: Call) -> Reply:
    """POST /emulator/pools/{id}/open: as somebody else opens a pool. The same conditions as for its owner."""
    pool = read_pool(state, call.path["id"], None)
    check_opening(state, pool)
    start_pool(state, pool["id"])
    state.wake()
    return Reply(200, pool_view(read_pool(state, pool["id"], None)))


def edit_from_outside(state: State, call: Call) -> Reply:
    """PATCH /emulator/pools/{id}: as somebody else edits a pool, also an open one. Fields of the form as in PUT."""
    pool = read_pool(state, call.path["id"])
    if pool["status"] == "ARCHIVED":
        raise inappropriate_status(f"Pool {pool['id']}", pool["status"], ["OPEN", "CLOSED"])
    form = checked_form(state, Call(body={**load(pool["form"]), **Form.of(call.body).values}))
    keep_form(state, pool, form)
    note_done(state, pool["id"])
    state.wake()
    return Reply(200, pool_view(read_pool(state, pool["id"])))


def read_trace(state: State, call: Call) -> Reply:
    """GET /emulator/trace[?after=number]: the latest requests."""
    after = call.query.get("after", "0")
    form = Form.of({"after": int(after) if after.isascii() and after.isdigit() and len(after) < 19 else after})
    number = form.whole("after", 0, 10**18)
    form.errors.refuse()
    return Reply(200, {"items": state.trace.read(number or 0)})


def clear_trace(state: State, call: Call) -> Reply:
    """DELETE /emulator/trace."""
    state.trace.clear()
    return Reply(204)


def get_clock(state: State, call: Call) -> Reply:
    """GET /emulator/clock: the speed, and the simulated moment in seconds since the epoch."""
    return Reply(200, {"speed": state.clock.speed, "now": round(state.clock.now(), 3)})


def set_clock(state: State, call: Call) -> Reply:
    """PUT /emulator/clock {speed}: `max`, `manual`, or how many times faster than the wall clock."""
    form = Form.of(call.body)
    try:
        speed = read_speed(str(form.values.get("speed")))
    except ValueError:
        form.refuse("speed", "VALUE_NOT_ALLOWED", "Must be max, manual or a positive number")
        form.errors.refuse()
    state.clock.set_speed(speed)
    state.wake()
    return get_clock(state, call)


def advance_clock(state: State, call: Call) -> Reply:
    """POST /emulator/clock/advance {seconds}: let simulated time pass; answers when what was due has happened."""
    form = Form.of(call.body)
    seconds = form.money("seconds", Decimal(0), MOST_SECONDS, required=True)
    form.errors.refuse()
    moment = state.clock.advance(float(seconds or 0))
    state.wake()
    has_happened = state.clock.wait_for_rest(moment, LONGEST_WAIT)
    return Reply(200, {**get_clock(state, call).body, "done": has_happened})


def read_progress(state: State, call: Call) -> Reply:
    """GET /emulator/pools/{id}/progress: when the last suite was accepted or rejected, in seconds of simulated time; of
    a training also what workers got in it, 0 to 100, by their ids."""
    pool = read_pool(state, call.path["id"], None)
    row = state.store.one("SELECT MAX(reviewed_at) AS moment FROM assignments WHERE pool_id = ?", pool["id"])
    results = state.store.all("SELECT user_id, value FROM training_results WHERE training_id = ?", pool["id"])
    return Reply(200, {"reviewed": row["moment"], "results": {each["user_id"]: each["value"] for each in results}})


def read_hindrances(state: State, call: Call) -> Reply:
    """GET /emulator/pools/{id}/hindrances: why nobody can come, sentences; none if somebody might."""
    return Reply(200, {"items": list(hindrances(state, read_pool(state, call.path["id"], None)))})


def read_unanswered(state: State, call: Call) -> Reply:
    """GET /emulator/pools/{id}/unanswered: what simulated workers could not hand in, and why; null if nothing."""
    return Reply(200, {"reason": state.unanswered.in_words(read_pool(state, call.path["id"], None)["id"])})


def try_pool(state: State, call: Call) -> Reply:
    """GET /emulator/pools/{id}/attempt: how many of its tasks simulated workers can't hand in as is right, by reason,
    and what may be wrong with their pages. Nothing is handed in."""
    attempt = try_tasks(state, read_pool(state, call.path["id"], None))
    return Reply(200, {"tried": attempt.tried, "refused": attempt.refused, "notes": attempt.notes})


def read_people(state: State, call: Call) -> Reply:
    """GET /emulator/people: which crowd comes, the files that it knows right answers by, and whether it makes up what
    these lack."""
    told = {"crowd": state.crowd_name, "answer_keys": state.answer_key.names, "makes_up": state.makes_up}
    return Reply(200, told)


def add_answer_key(state: State, call: Call) -> Reply:
    """POST /emulator/answer_keys {name, content}: a CSV that simulated workers know from now on, or know anew."""
    form = Form.of(call.body)
    name, content = form.text("name", required=True), form.text("content", required=True, longest=MOST_CHARACTERS)
    form.errors.refuse()
    state.answer_key.add(str(name), str(content))
    state.wake()
    return read_people(state, call)


# These wait for the crowd, or let it wait; it must be able to write meanwhile.
OUTSIDE_TRANSACTIONS = (get_clock, set_clock, advance_clock)
ROUTES: dict[str, Callable[[State, Call], Reply]] = {
    "GET /faults": faults.list_faults,
    "POST /faults": faults.add_fault,
    "DELETE /faults": faults.delete_faults,
    "POST /faults/quotas": faults.add_quotas,
    "GET /faults/{id}": faults.get_fault,
    "DELETE /faults/{id}": faults.delete_fault,
    "GET /trace": read_trace,
    "DELETE /trace": clear_trace,
    "GET /account": get_account,
    "PUT /account": set_account,
    "GET /clock": get_clock,
    "PUT /clock": set_clock,
    "POST /clock/advance": advance_clock,
    "GET /people": read_people,
    "POST /answer_keys": add_answer_key,
    "GET /pools/{id}/progress": read_progress,
    "GET /pools/{id}/unanswered": read_unanswered,
    "GET /pools/{id}/attempt": try_pool,
    "GET /pools/{id}/hindrances": read_hindrances,
    "POST /pools/{id}/close": close_from_outside,
    "POST /pools/{id}/open": open_from_outside,
    "PATCH /pools/{id}": edit_from_outside,
}
