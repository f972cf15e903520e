"""What subscribers are told: events as the wire has them, their signature, and one attempt to send them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from hitl_assets.emulators.toloka.storage.state import State, dump

VERSION = 1
# Seconds. Longer than this nobody is waited for. The subscriber is on the same machine.
TIMEOUT = 5.0


@dataclass(frozen=True)
class Event:
    """Something that happened: its key among the events of a subscription, when, and what the wire says of it."""

    key: str
    time: str
    fields: Mapping[str, Any]

    def uuid(self, subscription_id: str) -> str:
        """The event's own id. It stays the same when the event is sent again."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{subscription_id}/{self.key}"))


@dataclass(frozen=True)
class Push:
    """What came of an attempt: the status that was answered, or one of Toloka's error types."""

    status: int | None
    error: str | None

    @property
    def is_received(self) -> bool:
        """Whether the subscriber has it."""
        return self.error is None


def note_overlap_completed(
    state: State,
    pool: sqlite3.Row,
    task_id: str,
    confidence: float,
    assignment_ids: Sequence[str],
    outputs: Mapping[str, Any],
) -> None:
    """Tell subscribers that a task with dynamic overlap is settled. A part of the transaction that settles it.

    All other events are written by triggers of the database (schema.py), so that no change goes untold.
    """
    fields = {
        "project_id": pool["project_id"],
        "task_id": task_id,
        "confidence": confidence,
        "assignment_ids": list(assignment_ids),
        "output_values": dict(outputs),
        "type": "DYNAMIC_OVERLAP_COMPLETED",
    }
    state.store.run(
        "INSERT INTO webhook_events (subscription_id, time, fields) SELECT id, ?, ? FROM webhook_subscriptions "
        "WHERE pool_id = ? AND event_type = 'DYNAMIC_OVERLAP_COMPLETED'",
        state.clock.stamp(), dump(fields), pool["id"],
    )  # fmt: skip


def push_body(subscription: sqlite3.Row, events: Sequence[Event]) -> bytes:
    """The body of a notification: compact JSON, as it is signed."""
    own = {"pool_id": subscription["pool_id"], "webhook_subscription_id": subscription["id"]}
    told = [
        {"uuid": event.uuid(subscription["id"]), "event_time": event.time, **own, **event.fields} for event in events
    ]
    return dump({"events": told}).encode()


def sign(secret_key: str, body: bytes, milliseconds: int) -> str:
    """The header `Toloka-Signature`: HMAC-SHA256 over `<ts>.<v>.<body>` (documentation: Event authentication)."""
    text = f"{milliseconds}.{VERSION}.".encode() + body
    digest = hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest()
    return f"{{v={VERSION}, ts={milliseconds}, sign={digest}}}"


def push(url: str, secret_key: str | None, body: bytes) -> Push:
    """Send it once. Redirects are not followed, and the environment's proxies not asked: both could lead outside."""
    headers = {"Content-Type": "application/json"}
    if secret_key is not None:
        headers["Toloka-Signature"] = sign(secret_key, body, int(time.time() * 1000))
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        with contextlib.closing(kind(parts.hostname or "", parts.port, timeout=TIMEOUT)) as connection:
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
    except TimeoutError:
        return Push(None, "REQUEST_TIMEOUT")
    except (OSError, HTTPException):
        return Push(None, "CONNECTION_ERROR")
    return Push(status, None if 200 <= status < 300 else "WRONG_STATUS_CODE")
