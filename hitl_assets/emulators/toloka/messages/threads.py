"""Message threads as they are kept, and what workers write: starting one, and answering one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.toloka.http.errors import conflict, does_not_exist
from hitl_assets.emulators.toloka.storage.state import REQUESTER_ID, State, dump, load

FOLDERS = ("INBOX", "OUTBOX", "AUTOMATIC_NOTIFICATION", "IMPORTANT", "UNREAD")
# A message to thousands does not list all of them each time that it is read.
MOST_INLINED = 100

Texts = Mapping[str, str]


def write_to_requester(state: State, user_id: str, topic: Texts, text: Texts, assignment_id: str | None = None) -> str:
    """A worker begins a thread, about a suite or in general; its id. `topic` and `text` are by language."""
    form: dict[str, Any] = {"topic": dict(topic)}
    if assignment_id is not None:
        about = state.store.one("SELECT pool_id, project_id FROM assignments WHERE id = ?", assignment_id)
        form["meta"] = {**dict(about), "assignment_id": assignment_id}
    thread_id = begin_thread(state, form, [user_id], ("INBOX", "UNREAD"))
    add_message(state, thread_id, user_id, text)
    return thread_id


def answer_requester(state: State, thread_id: str, user_id: str, text: Texts) -> str:
    """A worker answers a thread; the id of the thread that has the answer.

    What went to several workers gets a thread of its own for each who answers. 409 if it is not to be answered.
    """
    thread = read_thread(state, thread_id)
    if user_id not in load(thread["users"]):
        raise does_not_exist(f"message thread of user {user_id}", thread_id)
    if not thread["answerable"]:
        raise conflict("CONFLICT_STATE", f"Message thread {thread_id} is not to be answered")
    own = thread_id if thread["users"] == dump([user_id]) else _branch(state, thread, user_id)
    add_message(state, own, user_id, text)
    put_into_folders(state, own, ("INBOX", "UNREAD"))
    return own


def begin_thread(
    state: State,
    form: Mapping[str, Any],
    users: Sequence[str],
    folders: Iterable[str],
    is_answerable: bool = True,
    parent_id: str | None = None,
) -> str:
    """Keep a new thread between the requester and these workers; its id."""
    thread_id = state.new_id()
    state.store.run(
        "INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?)",
        thread_id, parent_id, int(is_answerable), state.clock.stamp(), dump(sorted(users)), dump(dict(form)),
    )  # fmt: skip
    put_into_folders(state, thread_id, folders)
    return thread_id


def add_message(state: State, thread_id: str, author_id: str, text: Texts, created: str | None = None) -> None:
    """Keep the next message of a thread."""
    state.store.run(
        "INSERT INTO messages SELECT ?1, COUNT(*), ?2, ?3, ?4 FROM messages WHERE thread_id = ?1",
        thread_id, author_id, created or state.clock.stamp(), dump(dict(text)),
    )  # fmt: skip


def put_into_folders(state: State, thread_id: str, folders: Iterable[str]) -> None:
    """Where the requester finds the thread. What is there already stays there."""
    rows = [(thread_id, folder) for folder in folders]
    state.store.run_many("INSERT OR IGNORE INTO thread_folders VALUES (?, ?)", rows)


def take_from_folders(state: State, thread_id: str, folders: Iterable[str]) -> None:
    """Where the requester finds the thread no more."""
    rows = [(thread_id, folder) for folder in folders]
    state.store.run_many("DELETE FROM thread_folders WHERE thread_id = ? AND folder = ?", rows)


def read_thread(state: State, thread_id: str) -> sqlite3.Row:
    """The thread's row. 404 if there is none."""
    row = state.store.maybe("SELECT * FROM threads WHERE id = ?", thread_id)
    if row is None:
        raise does_not_exist("message thread", thread_id)
    return row


def thread_view(state: State, row: sqlite3.Row) -> dict[str, Any]:
    """A thread as the wire has it, the newest message first."""
    users = load(row["users"])
    messages = state.store.all("SELECT * FROM messages WHERE thread_id = ? ORDER BY number DESC", row["id"])
    folders = state.store.all("SELECT folder FROM thread_folders WHERE thread_id = ? ORDER BY folder", row["id"])
    is_inlined = len(users) <= MOST_INLINED
    view = {
        # Clients read the parts of `meta` of any thread.
        "meta": {},
        **load(row["form"]),
        "id": row["id"],
        "answerable": bool(row["answerable"]),
        "created": row["created"],
        "folders": [one["folder"] for one in folders],
        "interlocutors_inlined": is_inlined,
        "messages_inlined": True,
        "messages": [
            {"text": load(one["text"]), "from": _interlocutor(one["author_id"]), "created": one["created"]}
            for one in messages
        ],
    }
    if is_inlined:
        view["interlocutors"] = [_interlocutor(one) for one in sorted([REQUESTER_ID, *users])]
    return view if row["parent_id"] is None else {**view, "parent_id": row["parent_id"]}


def _branch(state: State, thread: sqlite3.Row, user_id: str) -> str:
    known = state.store.maybe("SELECT id FROM threads WHERE parent_id = ? AND users = ?", thread["id"], dump([user_id]))
    if known is not None:
        return str(known["id"])
    form = {"topic": load(thread["form"])["topic"]}
    own = begin_thread(state, form, [user_id], (), parent_id=thread["id"])
    first = state.store.one("SELECT * FROM messages WHERE thread_id = ? AND number = 0", thread["id"])
    add_message(state, own, first["author_id"], load(first["text"]), first["created"])
    return own


def _interlocutor(key: str) -> dict[str, Any]:
    if key == REQUESTER_ID:
        return {"id": key, "role": "REQUESTER", "myself": True}
    return {"id": key, "role": "USER", "myself": False}
