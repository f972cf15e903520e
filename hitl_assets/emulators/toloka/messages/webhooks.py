"""Webhook subscriptions: who wants to hear of what. Addresses are on loopback: an emulator tells nobody outside."""

from __future__ import annotations

import ipaddress
import sqlite3
from typing import Any
from urllib.parse import urlsplit

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import ApiError, FieldErrors, does_not_exist, validation_error
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.messages.notifications import Event, push, push_body
from hitl_assets.emulators.toloka.storage.clock import parse, stamp
from hitl_assets.emulators.toloka.storage.state import State

LISTING = Listing(
    "webhook_subscriptions", {"event_type": "event_type", "pool_id": "pool_id"}, ("id",), ("created",)
)  # fmt: skip
EVENT_TYPES = (
    "POOL_CLOSED", "DYNAMIC_OVERLAP_COMPLETED", "ASSIGNMENT_CREATED", "ASSIGNMENT_SUBMITTED", "ASSIGNMENT_SKIPPED",
    "ASSIGNMENT_EXPIRED", "ASSIGNMENT_APPROVED", "ASSIGNMENT_REJECTED", "TEST_EVENT",
)  # fmt: skip


def put_subscriptions(state: State, call: Call) -> Reply:
    """PUT /webhook-subscriptions, a list. The same address, event and pool again changes the key."""
    items = call.body
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ApiError(400, "VALIDATION_ERROR", "The body must be a list of subscriptions, and not empty", {})
    views, wrong = {}, {}
    for index, item in enumerate(items):
        form = Form(item, FieldErrors())
        _check(state, form)
        if form.errors.found:
            wrong[str(index)] = form.errors.found
        else:
            views[str(index)] = _view(_put(state, item))
    if not views:
        raise validation_error({f"{i}.{path}": error for i, errors in wrong.items() for path, error in errors.items()})
    state.wake()
    return Reply(200, {"items": views, "validation_errors": wrong})


def list_subscriptions(state: State, call: Call) -> Reply:
    """GET /webhook-subscriptions."""
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [_view(row) for row in rows]))


def get_subscription(state: State, call: Call) -> Reply:
    """GET /webhook-subscriptions/{id}."""
    return Reply(200, _view(_read(state, call.path["id"])))


def delete_subscription(state: State, call: Call) -> Reply:
    """DELETE /webhook-subscriptions/{id}. What waited for it is not sent any more."""
    subscription = _read(state, call.path["id"])
    state.store.run("DELETE FROM webhook_events WHERE subscription_id = ?", subscription["id"])
    state.store.run("DELETE FROM webhook_subscriptions WHERE id = ?", subscription["id"])
    return Reply(204)


def send_test_event(state: State, call: Call) -> Reply:
    """POST /webhook-subscriptions/{id}/test: send a TEST_EVENT now, once, and say what came of it."""
    subscription = _read(state, call.path["id"])
    pool = state.store.one("SELECT project_id FROM pools WHERE id = ?", subscription["pool_id"])
    number = state.store.reserve_numbers("test event", 1)
    event = Event(f"test {number}", state.clock.stamp(), {"project_id": pool["project_id"], "type": "TEST_EVENT"})
    body = push_body(subscription, [event])

    def send() -> Reply:
        result = push(subscription["webhook_url"], subscription["secret_key"], body)
        answer = {"success": result.is_received, "uuids": [event.uuid(subscription["id"])]}
        if result.status is not None:
            answer |= {"originalStatusCode": result.status, "responseReceivedAt": state.clock.stamp()}
        return Reply(201, answer if result.error is None else {**answer, "errorType": result.error})

    # Outside the transaction of the request: who is told may ask this server for more before answering.
    return Reply(201, later=send)


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, by http or https, and without a name and password in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or host is None or "@" in parts.netloc:
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(state: State, form: Form) -> None:
    url = form.text("webhook_url", required=True, longest=2048)
    form.choice("event_type", EVENT_TYPES, required=True)
    pool_id = form.text("pool_id", required=True)
    form.text("secret_key", longest=1000)
    if url is not None and not is_loopback(url):
        form.refuse("webhook_url", "VALUE_NOT_ALLOWED", "This emulator sends to loopback addresses only (COVERAGE.md)")
    if pool_id is not None and state.store.maybe("SELECT 1 FROM pools WHERE id = ?", pool_id) is None:
        form.refuse("pool_id", "ENTITY_DOES_NOT_EXIST", f"There is no pool {pool_id}")


def _put(state: State, item: dict[str, Any]) -> sqlite3.Row:
    key = (item["webhook_url"], item["event_type"], item["pool_id"])
    state.store.run(
        "INSERT INTO webhook_subscriptions (id, webhook_url, event_type, pool_id, secret_key, created) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET secret_key = excluded.secret_key",
        state.new_id(), *key, item.get("secret_key"), _next_stamp(state),
    )  # fmt: skip
    return state.store.one(
        "SELECT * FROM webhook_subscriptions WHERE webhook_url = ? AND event_type = ? AND pool_id = ?", *key
    )


def _next_stamp(state: State) -> str:
    # Clients page through subscriptions by their time, and would lose those that share one.
    now, last = state.clock.stamp(), state.store.one("SELECT MAX(created) AS last FROM webhook_subscriptions")["last"]
    return now if last is None or now > last else stamp(parse(last).timestamp() + 0.0015)


def _read(state: State, subscription_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM webhook_subscriptions WHERE id = ?", subscription_id)
    if row is None:
        raise does_not_exist("webhook subscription", subscription_id)
    return row


def _view(row: sqlite3.Row) -> dict[str, Any]:
    # Without the key: it is written only.
    return {name: row[name] for name in ("id", "webhook_url", "event_type", "pool_id", "created")}
