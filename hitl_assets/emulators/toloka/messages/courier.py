"""Delivery of events to subscribers: in the background, in order, at least once, with a limit to patience."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time

from hitl_assets.emulators.toloka.messages.notifications import Event, push, push_body
from hitl_assets.emulators.toloka.storage.state import load
from hitl_assets.emulators.toloka.storage.store import Store

EVENTS_AT_ONCE = 100
# With the pauses below, a subscriber may be away for a quarter of an hour.
MOST_ATTEMPTS = 20
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 60.0
GLANCE = 0.1


class Courier:
    """Takes events from the database and leaves them there until they were received, so that a kill loses none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._news = threading.Event()
        self._is_over = False

    def wake(self) -> None:
        """There may be a subscription."""
        self._news.set()

    def stop(self) -> None:
        """Stop after the attempt that is under way."""
        self._is_over = True
        self._news.set()

    def run(self) -> None:
        """Deliver until stopped."""
        while not self._is_over:
            self._news.clear()
            self._deliver()
            has_subscribers = self._store.maybe("SELECT 1 FROM webhook_subscriptions") is not None
            # Events are written by triggers, which can wake nobody.
            self._news.wait(GLANCE if has_subscribers else None)

    def _deliver(self) -> None:
        for subscription in self._store.all(
            "SELECT * FROM webhook_subscriptions WHERE due <= ? AND EXISTS "
            "(SELECT 1 FROM webhook_events WHERE subscription_id = webhook_subscriptions.id) ORDER BY due, id",
            time.time(),
        ):
            if self._is_over:
                return
            self._attempt(subscription)

    def _attempt(self, subscription: sqlite3.Row) -> None:
        rows = self._store.all(
            "SELECT * FROM webhook_events WHERE subscription_id = ? ORDER BY id LIMIT ?",
            subscription["id"], EVENTS_AT_ONCE,
        )  # fmt: skip
        if not rows:
            return
        body = push_body(subscription, [Event(str(row["id"]), row["time"], load(row["fields"])) for row in rows])
        result = push(subscription["webhook_url"], subscription["secret_key"], body)
        attempts = subscription["attempts"] + 1
        if not result.is_received and attempts < MOST_ATTEMPTS:
            due = time.time() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
            self._note(subscription, attempts, due)
            return
        if not result.is_received:
            message = "Webhook subscription %s: %s events were sent %s times in vain (%s) and are given up"
            logging.getLogger(__name__).warning(message, subscription["id"], len(rows), attempts, result.error)
        with self._store.transaction():
            self._store.run(
                "DELETE FROM webhook_events WHERE subscription_id = ? AND id <= ?", subscription["id"], rows[-1]["id"]
            )
            self._note(subscription, 0, 0.0)

    def _note(self, subscription: sqlite3.Row, attempts: int, due: float) -> None:
        self._store.run(
            "UPDATE webhook_subscriptions SET attempts = ?, due = ? WHERE id = ?", attempts, due, subscription["id"]
        )
