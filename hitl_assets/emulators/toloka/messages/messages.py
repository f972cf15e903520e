"""Messages between the requester and the workers, as the requester sends, finds and files them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.admission.admission import skills_of
from hitl_assets.emulators.toloka.admission.filters import admits, check_filter
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import FieldErrors, conflict
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.messages.threads import (
    FOLDERS,
    add_message,
    begin_thread,
    put_into_folders,
    read_thread,
    take_from_folders,
    thread_view,
)
from hitl_assets.emulators.toloka.storage.state import REQUESTER_ID, State, dump
from hitl_assets.emulators.toloka.workers.users import profile_of

LISTING = Listing("threads", {}, ("id",), ("created",))
IN_FOLDER = "(SELECT thread_id FROM thread_folders WHERE folder IN (SELECT value FROM json_each(?)))"


def compose(state: State, call: Call) -> Reply:
    """POST /message-threads/compose. 409 if nobody would get it."""
    form = Form.of(call.body)
    topic, text = form.texts("topic", required=True), form.texts("text", required=True)
    answerable = form.flag("answerable")
    kind = form.choice("recipients_select_type", ("DIRECT", "FILTER", "ALL"), required=True)
    if kind == "DIRECT":
        _check_recipients(state, form)
    elif kind == "FILTER":
        form.part("recipients_filter", required=True)
        check_filter(form, "recipients_filter")
    form.errors.refuse()
    recipients = _recipients(state, form.values)
    if not recipients:
        raise conflict("CONFLICT_STATE", "No worker would get this message")
    names = ("recipients_select_type", "recipients_ids", "recipients_filter")
    details = {name: form.values[name] for name in names if form.values.get(name) is not None}
    thread_id = begin_thread(
        state, {"topic": topic, "compose_details": details}, recipients, ("OUTBOX",), answerable is not False
    )
    add_message(state, thread_id, REQUESTER_ID, text)
    return _reply(state, thread_id, 201)


def list_threads(state: State, call: Call) -> Reply:
    """GET /message-threads, those in any of `folder`, without those in any of `folder_ne`."""
    query, errors = dict(call.query), FieldErrors()
    clauses, values = [], []
    for name, operator in (("folder", "IN"), ("folder_ne", "NOT IN")):
        folders = [one for one in query.pop(name, "").split(",") if one]
        for folder in folders:
            if folder not in FOLDERS:
                errors.add(name, "UNKNOWN_ENUM_VALUE", f"{folder} is none of {', '.join(FOLDERS)}")
        if folders:
            clauses.append(f"id {operator} {IN_FOLDER}")
            values.append(dump(folders))
    errors.refuse()
    page = LISTING.page(
        state.store, query, lambda rows: [thread_view(state, row) for row in rows], " AND ".join(clauses), tuple(values)
    )
    return Reply(200, page)


def reply(state: State, call: Call) -> Reply:
    """POST /message-threads/{id}/reply. Who replies has read it."""
    thread, form = read_thread(state, call.path["id"]), Form.of(call.body)
    text = form.texts("text", required=True)
    form.errors.refuse()
    add_message(state, thread["id"], REQUESTER_ID, text)
    take_from_folders(state, thread["id"], ("UNREAD",))
    return _reply(state, thread["id"])


def add_to_folders(state: State, call: Call) -> Reply:
    """POST /message-threads/{id}/add-to-folders."""
    thread, folders = read_thread(state, call.path["id"]), _folders(call)
    put_into_folders(state, thread["id"], folders)
    return _reply(state, thread["id"])


def remove_from_folders(state: State, call: Call) -> Reply:
    """POST /message-threads/{id}/remove-from-folders."""
    thread, folders = read_thread(state, call.path["id"]), _folders(call)
    take_from_folders(state, thread["id"], folders)
    return _reply(state, thread["id"])


def _reply(state: State, thread_id: str, status: int = 200) -> Reply:
    return Reply(status, thread_view(state, read_thread(state, thread_id)))


def _folders(call: Call) -> list[str]:
    form = Form.of(call.body)
    folders = form.values.get("folders")
    if not isinstance(folders, list) or not folders:
        form.refuse("folders", "VALUE_REQUIRED", "Name at least one folder")
    elif any(folder not in FOLDERS for folder in folders):
        form.refuse("folders", "UNKNOWN_ENUM_VALUE", f"Must be of {', '.join(FOLDERS)}", allowed=list(FOLDERS))
    form.errors.refuse()
    return list(folders or ())


def _check_recipients(state: State, form: Form) -> None:
    ids = form.values.get("recipients_ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        form.refuse("recipients_ids", "VALUE_REQUIRED", "Name at least one worker")
        return
    for index, user_id in enumerate(ids):
        if state.store.maybe("SELECT 1 FROM assignments WHERE user_id = ?", user_id) is None:
            form.refuse(f"recipients_ids.{index}", "ENTITY_DOES_NOT_EXIST", f"Nobody with the id {user_id} has worked")


def _recipients(state: State, values: Mapping[str, Any]) -> list[str]:
    if values["recipients_select_type"] == "DIRECT":
        return sorted(set(values["recipients_ids"]))
    everybody = [row["user_id"] for row in state.store.all("SELECT DISTINCT user_id FROM assignments")]
    if values["recipients_select_type"] == "ALL":
        return sorted(everybody)
    wanted = values["recipients_filter"]
    return sorted(
        user_id for user_id in everybody if admits(wanted, profile_of(state, user_id) or {}, skills_of(state, user_id))
    )
