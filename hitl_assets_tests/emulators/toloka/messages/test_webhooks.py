"""Webhooks: who is told what, how it is signed, and that nothing is lost."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from toloka.client import TolokaClient, WebhookSubscription
from toloka.client.exceptions import DoesNotExistApiError, ValidationApiError

from hitl_assets.emulators.toloka.http.calls import Call
from hitl_assets.emulators.toloka.messages import courier
from hitl_assets.emulators.toloka.messages.notifications import note_overlap_completed, sign
from hitl_assets.emulators.toloka.messages.webhooks import is_loopback, put_subscriptions
from hitl_assets.emulators.toloka.storage.clock import Clock
from hitl_assets.emulators.toloka.storage.state import State, load
from hitl_assets.emulators.toloka.storage.store import Store

LIFE = tuple(f"ASSIGNMENT_{one}" for one in ("CREATED", "SUBMITTED", "APPROVED", "SKIPPED", "EXPIRED"))
SECRET = "do-not-tell-4711"
HEADERS = {"Authorization": "OAuth emulator"}


class Receiver(ThreadingHTTPServer):
    """A subscriber on loopback. It answers the statuses of `answers`, then 200, once `is_open` is set."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.is_open = threading.Event()
        self.is_open.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events in the order in which they came."""
        return [event for _, _, body in self.got for event in json.loads(body)["events"]]


class Handler(BaseHTTPRequestHandler):
    """Keeps what was sent."""

    server: Receiver

    def do_POST(self) -> None:
        """Answer as the test wants."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.is_open.wait(10)
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def listening(port: int = 0) -> Iterator[Receiver]:
    """A subscriber that listens during the block."""
    with Receiver(port) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.01,))
        thread.start()
        yield receiver
        receiver.is_open.set()
        receiver.shutdown()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber."""
    with listening() as receiver:
        yield receiver


def subscribe(desk: Any, pool: Any, url: str, *types: str, secret_key: str | None = SECRET) -> list[Any]:
    """Subscriptions to these events."""
    wanted = [
        WebhookSubscription(webhook_url=url, event_type=one, pool_id=pool.id, secret_key=secret_key) for one in types
    ]
    return list(desk.client.upsert_webhook_subscriptions(wanted).items.values())


def until(is_it: Callable[[], Any]) -> None:
    """Wait until it is so. Fails after ten seconds."""
    deadline = time.monotonic() + 10
    while not is_it():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_signature_is_the_documented_one() -> None:
    """The example of the page on event authentication, its event as compact JSON."""
    body = (
        b'{"events":[{"event_time":"2000-01-01T12:00:00","project_id":"project-1","pool_id":"pool-1",'
        b'"uuid":"00000000-0000-0000-0000-000000000000","task_suite_id":"task-suite-1","assignment_id":"assignment-1",'
        b'"webhook_subscription_id":"subscription-1","type":"ASSIGNMENT_APPROVED"}]}'
    )
    signature = "609af3eefd4c12b6afad30ab456efcd21fe82f4247d3340151a3ca0c97a6cbcb"
    assert sign("12345", body, 946728000000) == f"{{v=1, ts=946728000000, sign={signature}}}"


@pytest.mark.slow
def test_the_life_of_a_suite_is_told(shared: Any, receiver: Receiver) -> None:
    """Each event once, to whom subscribed to it, with what the documentation names."""
    # Two tasks take a worker 20 to 40 seconds, so that some are late.
    pool = shared.filled(10, assignment_max_duration_seconds=28)
    ids = {one.id: one.event_type.value for one in subscribe(shared, pool, receiver.url, *LIFE, "POOL_CLOSED")}
    shared.run(pool)
    expected = Counter({("POOL_CLOSED", None): 1})
    for one in shared.assignments(pool):
        ends = ["ASSIGNMENT_SUBMITTED", "ASSIGNMENT_APPROVED"] if one.accepted else [f"ASSIGNMENT_{one.status.value}"]
        expected.update((event, one.id) for event in ("ASSIGNMENT_CREATED", *ends))
    assert {"ASSIGNMENT_APPROVED", "ASSIGNMENT_EXPIRED"} < {kind for kind, _ in expected}
    until(lambda: len(receiver.events) >= sum(expected.values()))
    told = receiver.events
    assert Counter((event["type"], event.get("assignment_id")) for event in told) == expected
    assert len({event["uuid"] for event in told}) == len(told)
    assert all(ids[event["webhook_subscription_id"]] == event["type"] for event in told)
    assert {(event["pool_id"], event["project_id"]) for event in told} == {(pool.id, pool.project_id)}
    assert [event["close_reason"] for event in told if event["type"] == "POOL_CLOSED"] == ["COMPLETED"]


def test_rejections_are_told_too(shared: Any, receiver: Receiver) -> None:
    """Whoever changes the status, and however."""
    pool = shared.filled(2, auto_accept_solutions=False, auto_accept_period_day=21)
    subscribe(shared, pool, receiver.url, "ASSIGNMENT_REJECTED")
    shared.run(pool)
    work = shared.assignments(pool, status="SUBMITTED")[0]
    shared.client.reject_assignment(work.id, "wrong")
    until(lambda: receiver.events)
    assert [(one["type"], one["assignment_id"]) for one in receiver.events] == [("ASSIGNMENT_REJECTED", work.id)]


def test_what_is_sent_is_signed(shared: Any, receiver: Receiver) -> None:
    """The receiver can check every notification with its key."""
    pool = shared.filled(2)
    subscribe(shared, pool, receiver.url, "POOL_CLOSED")
    shared.client.open_pool(pool.id)
    shared.client.close_pool(pool.id)
    until(lambda: receiver.got)
    _, headers, body = receiver.got[0]
    found = re.fullmatch(r"\{v=1, ts=(\d+), sign=[0-9a-f]{64}\}", headers["Toloka-Signature"])
    assert found is not None
    assert sign(SECRET, body, int(found[1])) == headers["Toloka-Signature"]
    assert abs(int(found[1]) / 1000 - time.time()) < 60


def test_failures_and_redirects_are_tried_again(shared: Any, receiver: Receiver) -> None:
    """The same event comes again, to the same address: nobody follows to another one."""
    receiver.answers = [500, 302]
    pool = shared.filled(2)
    subscribe(shared, pool, receiver.url, "POOL_CLOSED", secret_key=None)
    shared.client.open_pool(pool.id)
    shared.client.close_pool(pool.id)
    until(lambda: len(receiver.got) == 3)
    assert len({event["uuid"] for event in receiver.events}) == 1
    assert {path for path, _, _ in receiver.got} == {"/hook"}
    assert "Toloka-Signature" not in receiver.got[0][1]


def test_a_slow_subscriber_blocks_nobody(shared: Any, receiver: Receiver) -> None:
    """Neither the requester nor the workers."""
    receiver.is_open.clear()
    pool = shared.filled(2)
    subscribe(shared, pool, receiver.url, "ASSIGNMENT_CREATED", "POOL_CLOSED")
    began = time.monotonic()
    shared.run(pool)
    assert time.monotonic() - began < 4
    receiver.is_open.set()
    until(lambda: {event["type"] for event in receiver.events} == {"ASSIGNMENT_CREATED", "POOL_CLOSED"})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook", "https://10.0.0.1/hook", "ftp://127.0.0.1/hook", "http://user:pass@127.0.0.1/hook",
        "http://127.0.0.1.example.com/", "http://[::ffff:10.0.0.1]/", "http://127.0.0.1:99999/", "//127.0.0.1/", "hook",
    ],
)  # fmt: skip
def test_only_this_machine_is_loopback(url: str) -> None:
    """An emulator must not be a way into somebody's network."""
    assert not is_loopback(url)


def test_addresses_outside_are_refused(shared: Any) -> None:
    """With the name of the field."""
    with pytest.raises(ValidationApiError, match="loopback") as refusal:
        subscribe(shared, shared.pool(), "http://example.com/hook", "POOL_CLOSED")
    assert refusal.value.invalid_fields == ["0.webhook_url"]


def test_patience_ends(shared: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events for somebody who is gone are given up at last, and what comes later is sent."""
    monkeypatch.setattr(courier, "MOST_ATTEMPTS", 2)
    receiver.answers = [500, 500]
    pool = shared.filled(2)
    subscribe(shared, pool, receiver.url, "POOL_CLOSED")
    for attempts in (2, 3):
        shared.client.open_pool(pool.id)
        shared.client.close_pool(pool.id)
        until(lambda attempts=attempts: len(receiver.got) == attempts)
    assert len({event["uuid"] for event in receiver.events}) == 2


def test_good_subscriptions_stand_beside_wrong_ones(shared: Any, receiver: Receiver) -> None:
    """The wrong ones are named by their place."""
    pool = shared.pool()
    good = {"webhook_url": receiver.url, "event_type": "POOL_CLOSED", "pool_id": pool.id}
    result = shared.client.upsert_webhook_subscriptions(
        [WebhookSubscription(**{**good, "pool_id": "99"}), WebhookSubscription(**good)]
    )
    assert list(result.items) == ["1"]
    assert result.validation_errors["0"]["pool_id"].code == "ENTITY_DOES_NOT_EXIST"
    with pytest.raises(ValidationApiError):
        shared.client.upsert_webhook_subscriptions([WebhookSubscription(**{**good, "pool_id": "99"})])


def test_subscriptions_are_kept_once_found_and_deleted(still: Any, receiver: Receiver) -> None:
    """The same address, event and pool is the same subscription; those made at once are all listed."""
    pool = still.filled(2)
    first = subscribe(still, pool, receiver.url, "POOL_CLOSED", "ASSIGNMENT_CREATED", "ASSIGNMENT_SKIPPED")
    again = subscribe(still, pool, receiver.url, "POOL_CLOSED", secret_key="another")
    assert again[0].id == first[0].id
    assert [one.id for one in still.client.get_webhook_subscriptions(batch_size=1)] == [one.id for one in first]
    found = still.client.find_webhook_subscriptions(pool_id=pool.id, event_type="ASSIGNMENT_CREATED").items
    assert [one.id for one in found] == [first[1].id]
    still.client.delete_webhook_subscription(first[0].id)
    with pytest.raises(DoesNotExistApiError):
        still.client.get_webhook_subscription(first[0].id)
    still.client.open_pool(pool.id)
    still.client.close_pool(pool.id)
    subscribe(still, pool, receiver.url, "POOL_CLOSED")
    still.client.open_pool(pool.id)
    still.client.close_pool(pool.id)
    until(lambda: "POOL_CLOSED" in {event["type"] for event in receiver.events})
    assert [event["type"] for event in receiver.events].count("POOL_CLOSED") == 1


def test_a_test_event_says_what_came_of_it(shared: Any, receiver: Receiver) -> None:
    """Before anything depends on it."""
    one = subscribe(shared, shared.pool(), receiver.url, "POOL_CLOSED")[0]
    url = f"{shared.emulator.url}/api/v1/webhook-subscriptions/{one.id}/test"
    receiver.answers = [200, 404]
    good, bad = (httpx.post(url, headers=HEADERS) for _ in range(2))
    assert (good.status_code, good.json()["success"], good.json()["originalStatusCode"]) == (201, True, 200)
    assert (bad.json()["success"], bad.json()["errorType"]) == (False, "WRONG_STATUS_CODE")
    assert [event["type"] for event in receiver.events] == ["TEST_EVENT"] * 2
    assert good.json()["uuids"] == [receiver.events[0]["uuid"]]


def test_a_skipped_suite_is_told(tmp_path: Path) -> None:
    """By the database, in the transaction that drops it."""
    state = new_state(tmp_path)
    form = {"webhook_url": "http://localhost:1/", "event_type": "ASSIGNMENT_SKIPPED", "pool_id": "1"}
    put_subscriptions(state, Call(body=[form]))
    state.store.run(
        "INSERT INTO assignments "
        "(id, task_suite_id, pool_id, project_id, user_id, status, reward, held, paid, created) "
        "VALUES ('a', 's', '1', '2', 'u', 'ACTIVE', '0', '0', '0', '')"
    )
    state.store.run("UPDATE assignments SET status = 'SKIPPED', skipped = 'now' WHERE id = 'a'")
    event = state.store.one("SELECT * FROM webhook_events")
    assert event["time"] == "now"
    assert load(event["fields"]) == {
        "project_id": "2", "task_suite_id": "s", "assignment_id": "a", "type": "ASSIGNMENT_SKIPPED",
    }  # fmt: skip
    state.store.close()


def test_a_settled_overlap_is_told(tmp_path: Path) -> None:
    """The engine says so in the transaction that settles it."""
    state = new_state(tmp_path)
    form = {"webhook_url": "http://localhost:1/", "event_type": "DYNAMIC_OVERLAP_COMPLETED", "pool_id": "1"}
    put_subscriptions(state, Call(body=[form]))
    pool = state.store.one("SELECT * FROM pools")
    note_overlap_completed(state, pool, "task", 0.97, ["one", "two"], {"answer": "yes"})
    assert load(state.store.one("SELECT fields FROM webhook_events")["fields"]) == {
        "project_id": "2", "task_id": "task", "confidence": 0.97, "assignment_ids": ["one", "two"],
        "output_values": {"answer": "yes"}, "type": "DYNAMIC_OVERLAP_COMPLETED",
    }  # fmt: skip
    state.store.close()


def test_keys_and_tokens_are_told_to_nobody(
    start: Any, receiver: Receiver, caplog: Any, capfd: Any, tmp_path: Path
) -> None:
    """Not in answers, errors, logs or the trace; the key is in the database, which only its owner can read."""
    caplog.set_level(logging.DEBUG)
    desk = start(token="token-0815")
    desk = type(desk)(desk.emulator, TolokaClient(token="token-0815", url=desk.emulator.url, retries=0))
    pool = desk.filled(2)
    subscribe(desk, pool, receiver.url, "POOL_CLOSED")
    receiver.answers = [500]
    desk.run(pool)
    until(lambda: len(receiver.got) == 2)
    headers = {"Authorization": "OAuth token-0815"}
    api = f"{desk.emulator.url}/api/v1/webhook-subscriptions"
    wrong = {"webhook_url": "no", "event_type": "POOL_CLOSED", "pool_id": pool.id, "secret_key": SECRET}
    texts = [
        httpx.get(api, headers=headers).text,
        httpx.put(api, headers=headers, json=[wrong]).text,
        httpx.put(
            api, headers=headers, json=[{**wrong, "webhook_url": receiver.url, "event_type": "POOL_CLOSED"}]
        ).text,
        httpx.get(api, headers={"Authorization": "OAuth token-0816"}).text,
        httpx.get(f"{desk.emulator.url}/emulator/trace", headers=headers).text,
        "".join(record.getMessage() for record in caplog.records),
        "".join(capfd.readouterr()),
    ]
    assert all(receiver.url in text for text in (texts[0], texts[2]))
    assert not [text for text in texts if SECRET in text or "token-0815" in text]
    files = {path.name: path.read_bytes() for path in (tmp_path / "state").iterdir()}
    assert not [name for name, content in files.items() if b"token-0815" in content]
    assert {name.removesuffix("-wal") for name, content in files.items() if SECRET.encode() in content} == {
        "toloka.sqlite3"
    }


def test_the_database_is_for_its_owner_only(tmp_path: Path) -> None:
    """The keys are in it."""
    Store(tmp_path).close()
    assert (tmp_path / "toloka.sqlite3").stat().st_mode & 0o077 == 0


SERVER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from hitl_assets.emulators.toloka import TolokaEmulator

    with TolokaEmulator(Path(sys.argv[1]), speed=1e6) as emulator:
        print(emulator.url, flush=True)
        emulator.wait()
    """
)


@pytest.mark.slow
def test_a_kill_loses_no_event(start: Any, tmp_path: Path) -> None:
    """What was not received yet is sent after the restart."""
    with listening() as away:
        port = away.server_port
    state = tmp_path / "state"
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER, str(state)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        desk = type(start(state=tmp_path / "other"))(None, TolokaClient(token="emulator", url=url, retries=0))
        pool = desk.filled(6)
        subscribe(desk, pool, f"http://127.0.0.1:{port}/hook", "ASSIGNMENT_APPROVED", "POOL_CLOSED")
        desk.run(pool)
        process.kill()
    with listening(port) as receiver:
        desk = start(state=state)
        accepted = {one.id for one in desk.assignments(pool, status="ACCEPTED")}
        until(lambda: len(receiver.events) >= len(accepted) + 1)
        assert {one["assignment_id"] for one in receiver.events if "assignment_id" in one} == accepted
        assert [one["close_reason"] for one in receiver.events if one["type"] == "POOL_CLOSED"] == ["COMPLETED"]


def new_state(directory: Path) -> State:
    """An empty state with one pool, 1, of project 2."""
    state = State(Store(directory), Clock(), Decimal(0))
    state.store.run(
        "INSERT INTO pools (id, type, project_id, status, created, priority, form) "
        "VALUES ('1', 'REGULAR', '2', 'OPEN', '', 0, '{}')"
    )
    return state
