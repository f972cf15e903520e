"""Messages between the requester and the workers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from toloka.client.exceptions import ConflictStateApiError, DoesNotExistApiError, ValidationApiError
from toloka.client.filter import Country

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.messages.threads import answer_requester, write_to_requester
from hitl_assets.emulators.toloka.storage.clock import Clock
from hitl_assets.emulators.toloka.storage.state import REQUESTER_ID, State
from hitl_assets.emulators.toloka.storage.store import Store

NEWS = {"topic": {"EN": "News"}, "text": {"EN": "More work tomorrow", "DE": "Morgen mehr"}, "answerable": True}


@pytest.fixture
def workers(desk: Any) -> list[str]:
    """Who took a suite."""
    return sorted({one.user_id for one in desk.assignments(desk.run(desk.filled(6)))})


@contextlib.contextmanager
def left_behind(desk: Any, directory: Path) -> Iterator[State]:
    """The state of a desk's emulator, which ends, for what the workers' page does with it."""
    desk.emulator.__exit__(None, None, None)
    store = Store(directory / "state")
    yield State(store, Clock(), Decimal(0))
    store.close()


def compose(desk: Any, kind: str, **changes: Any) -> Any:
    """A message."""
    return desk.client.compose_message_thread(recipients_select_type=kind, **{**NEWS, **changes})


def test_a_message_to_one_worker_is_in_the_outbox(desk: Any, workers: list[str]) -> None:
    """As it was written, between the two of them."""
    thread = compose(desk, "DIRECT", recipients_ids=workers[:1])
    assert (thread.topic, thread.messages[0].text) == (NEWS["topic"], NEWS["text"])
    assert [one.value for one in thread.folders] == ["OUTBOX"]
    assert {one.id for one in thread.interlocutors} == {workers[0], REQUESTER_ID}
    assert thread.compose_details.recipients_ids == workers[:1]
    assert thread.messages[0].from_.myself
    assert thread.meta.pool_id is None


def test_a_message_to_all_reaches_who_worked(desk: Any, workers: list[str]) -> None:
    """Everybody who took a suite."""
    thread = compose(desk, "ALL")
    assert [one.id for one in thread.interlocutors if not one.myself] == workers


def test_a_message_by_filter_reaches_who_passes(desk: Any, workers: list[str]) -> None:
    """The filter is that of pools."""
    country = desk.client.get_user(workers[0]).country
    there = [one for one in workers if desk.client.get_user(one).country == country]
    thread = compose(desk, "FILTER", recipients_filter=Country == country)
    assert [one.id for one in thread.interlocutors if not one.myself] == there


def test_a_message_to_nobody_is_refused(desk: Any, workers: list[str]) -> None:
    """It would look sent."""
    with pytest.raises(ConflictStateApiError):
        compose(desk, "FILTER", recipients_filter=Country == "AQ")


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("DIRECT", {}, "recipients_ids"),
    ("DIRECT", {"recipients_ids": ["f" * 32]}, "recipients_ids.0"),
    ("FILTER", {}, "recipients_filter"),
    ("ALL", {"topic": {}}, "topic"),
    ("ALL", {"text": {"EN": ""}}, "text.EN"),
]


def test_wrong_messages_are_refused(shared: Any) -> None:
    """With the name of the field."""
    for kind, changes, path in WRONG:
        with pytest.raises(ValidationApiError) as refusal:
            compose(shared, kind, **changes)
        assert refusal.value.invalid_fields == [path]


def test_threads_are_found_by_folder(desk: Any, workers: list[str]) -> None:
    """In any of the wanted folders, in none of the unwanted."""
    first, second = (compose(desk, "DIRECT", recipients_ids=workers[:1]) for _ in range(2))
    marked = desk.client.add_message_thread_to_folders(first.id, ["IMPORTANT"])
    assert [one.value for one in marked.folders] == ["IMPORTANT", "OUTBOX"]
    find = desk.client.find_message_threads
    assert [one.id for one in find(folder="IMPORTANT").items] == [first.id]
    assert [one.id for one in find(folder=["OUTBOX", "INBOX"], folder_ne="IMPORTANT").items] == [second.id]
    assert [one.id for one in desk.client.get_message_threads(batch_size=1)] == [first.id, second.id]
    desk.client.remove_message_thread_from_folders(first.id, ["IMPORTANT"])
    assert find(folder="IMPORTANT").items == []


def test_a_worker_writes_and_gets_a_reply(start: Any, desk: Any, workers: list[str], tmp_path: Path) -> None:
    """What comes in is unread until it is replied to, and knows its suite."""
    with left_behind(desk, tmp_path) as state:
        work = state.store.one("SELECT * FROM assignments WHERE user_id = ?", workers[0])
        thread_id = write_to_requester(state, workers[0], {"EN": "Help"}, {"EN": "What is a fruit?"}, work["id"])
    again = start()
    thread = again.client.find_message_threads(folder="UNREAD").items[0]
    assert (thread.id, thread.meta.assignment_id, thread.meta.pool_id) == (thread_id, work["id"], work["pool_id"])
    assert (thread.messages[0].from_.id, thread.messages[0].from_.role.value) == (workers[0], "USER")
    replied = again.client.reply_message_thread(thread_id, {"text": {"EN": "Look it up"}})
    assert [one.text["EN"] for one in replied.messages] == ["Look it up", "What is a fruit?"]
    assert [one.value for one in replied.folders] == ["INBOX"]


def test_each_answer_to_a_message_to_many_is_a_thread_of_its_own(desk: Any, workers: list[str], tmp_path: Path) -> None:
    """So that workers do not read each other's."""
    thread = compose(desk, "ALL")
    with left_behind(desk, tmp_path) as state:
        own = answer_requester(state, thread.id, workers[0], {"EN": "Thanks"})
        assert answer_requester(state, thread.id, workers[0], {"EN": "Really"}) == own != thread.id
        assert answer_requester(state, thread.id, workers[1], {"EN": "Me too"}) != own
        row = state.store.one("SELECT parent_id, users FROM threads WHERE id = ?", own)
        assert (row["parent_id"], row["users"]) == (thread.id, f'["{workers[0]}"]')
        texts = state.store.all("SELECT text FROM messages WHERE thread_id = ? ORDER BY number", own)
        assert ["More work" in texts[0]["text"], len(texts)] == [True, 3]


def test_only_recipients_answer_and_only_if_they_may(desk: Any, workers: list[str], tmp_path: Path) -> None:
    """The requester decides whether a message is to be answered."""
    closed = compose(desk, "DIRECT", recipients_ids=workers[:1], answerable=False)
    with left_behind(desk, tmp_path) as state:
        with pytest.raises(ApiError, match="not to be answered"):
            answer_requester(state, closed.id, workers[0], {"EN": "Why?"})
        with pytest.raises(ApiError, match="There is no message thread"):
            answer_requester(state, closed.id, workers[1], {"EN": "Why?"})


def test_unknown_threads_do_not_exist(shared: Any) -> None:
    """Whatever is wanted of them."""
    with pytest.raises(DoesNotExistApiError):
        shared.client.reply_message_thread("99", {"text": {"EN": "Hello?"}})
