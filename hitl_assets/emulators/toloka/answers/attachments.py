"""Files that workers attach to their answers: keeping them, listing them, downloading them."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import FieldErrors, does_not_exist
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.storage.state import OWNER, State, load

LISTING = Listing(
    "attachments",
    {name: name for name in ("pool_id", "assignment_id", "user_id", "type")},
    ("id",),
    ("created",),
)
KIND = "ASSIGNMENT_ATTACHMENT"


def attach_file(state: State, assignment_id: str, name: str, media_type: str, content: bytes) -> str:
    """Keep a file of an assignment; its id, which is the answer in a field of type `file`."""
    assignment = state.store.one("SELECT pool_id, user_id FROM assignments WHERE id = ?", assignment_id)
    number = state.store.reserve_numbers("attachment", 1)
    # Made from what it belongs to, as the same requests get the same answers.
    attachment_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{assignment_id}/{number}"))
    state.store.run(
        "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        attachment_id, KIND, assignment["pool_id"], assignment_id, assignment["user_id"], name, media_type,
        state.clock.stamp(),
    )  # fmt: skip
    state.store.run("INSERT INTO attachment_contents VALUES (?, ?)", attachment_id, content)
    return attachment_id


def attached(state: State, assignment_id: str) -> set[str]:
    """The ids of an assignment's files."""
    return {row["id"] for row in state.store.all("SELECT id FROM attachments WHERE assignment_id = ?", assignment_id)}


def detach(state: State, assignment_id: str, kept: Collection[str] = ()) -> None:
    """Drop the files of an assignment, but for some."""
    for attachment_id in sorted(attached(state, assignment_id).difference(kept)):
        state.store.run("DELETE FROM attachment_contents WHERE id = ?", attachment_id)
        state.store.run("DELETE FROM attachments WHERE id = ?", attachment_id)


def attach_answers(
    state: State, assignment_id: str, outputs: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The answers with ids where a simulated worker gave the text of a file: each text becomes a small file."""
    row = state.store.one(
        "SELECT specification, projects.form FROM assignments JOIN pools ON pools.id = assignments.pool_id "
        "JOIN projects ON projects.id = pools.project_id WHERE assignments.id = ?",
        assignment_id,
    )
    names = _file_fields(row["specification"], row["form"])
    if not names:
        return outputs
    return [
        {name: _attached(state, assignment_id, value) if name in names else value for name, value in output.items()}
        for output in outputs
    ]


def list_attachments(state: State, call: Call) -> Reply:
    """GET /attachments. It needs the pool or the assignment."""
    query, errors = dict(call.query), FieldErrors()
    if not {"pool_id", "assignment_id"} & query.keys():
        errors.add("pool_id", "VALUE_REQUIRED", "Give one of pool_id, assignment_id")
    errors.refuse()
    # Not among the listing's own filters: a file's name may have commas.
    name = query.pop("name", None)
    fixed, values = ("", ()) if name is None else ("name = ?", (name,))
    return Reply(200, LISTING.page(state.store, query, lambda rows: [_view(row) for row in rows], fixed, values))


def get_attachment(state: State, call: Call) -> Reply:
    """GET /attachments/{id}."""
    return Reply(200, _view(_read(state, call.path["id"])))


def download_attachment(state: State, call: Call) -> Reply:
    """GET /attachments/{id}/download."""
    attachment = _read(state, call.path["id"])
    content = state.store.one("SELECT content FROM attachment_contents WHERE id = ?", attachment["id"])["content"]
    return Reply(200, content=content)


@lru_cache(maxsize=64)
def _file_fields(specification: str | None, project: str) -> frozenset[str]:
    # A pool may keep to what its project said before.
    declared = (load(project)["task_spec"] if specification is None else load(specification))["output_spec"]
    return frozenset(name for name, field in declared.items() if field["type"] in ("file", "array_file"))


def _attached(state: State, assignment_id: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_attached(state, assignment_id, one) for one in value]
    return attach_file(state, assignment_id, "answer.txt", "text/plain", f"{value}\n".encode())


def _read(state: State, attachment_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM attachments WHERE id = ?", attachment_id)
    if row is None:
        raise does_not_exist("attachment", attachment_id)
    return row


def _view(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "attachment_type": row["type"],
        "name": row["name"],
        "details": {name: row[name] for name in ("user_id", "assignment_id", "pool_id")},
        "created": row["created"],
        "media_type": row["media_type"],
        "owner": OWNER,
    }
