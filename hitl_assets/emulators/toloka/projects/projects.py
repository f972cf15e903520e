"""Projects, and the requester whose they are."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import conflict, does_not_exist, inappropriate_status
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.money.billing import read_account
from hitl_assets.emulators.toloka.pools.validation import check_project
from hitl_assets.emulators.toloka.storage.state import OWNER, REQUESTER_ID, State, dump, load

LISTING = Listing(
    "projects", {"status": "status", "owner": f"'{REQUESTER_ID}'"}, ("id",), ("created",),
    choices={"status": ("ACTIVE", "ARCHIVED")},
    sorts={name: f"json_extract(form, '$.{name}')" for name in ("public_name", "private_comment")},
)  # fmt: skip
READ_ONLY = ("id", "status", "created", "owner")


def get_requester(state: State, call: Call) -> Reply:
    """GET /requester."""
    balance = float(read_account(state.store).balance)
    return Reply(200, {"id": REQUESTER_ID, "balance": balance, "public_name": {"EN": "Emulated requester"}})


def create_project(state: State, call: Call) -> Reply:
    """POST /projects."""
    form = Form.of(call.body)
    check_project(form)
    project_id = state.new_id()
    state.store.run(
        "INSERT INTO projects VALUES (?, 'ACTIVE', ?, ?)",
        project_id,
        state.clock.stamp(),
        dump(with_collector_ids(kept(form.values))),
    )
    return Reply(201, project_view(read_project(state, project_id)))


def get_project(state: State, call: Call) -> Reply:
    """GET /projects/{id}."""
    return Reply(200, project_view(read_project(state, call.path["id"])))


def list_projects(state: State, call: Call) -> Reply:
    """GET /projects."""
    return Reply(200, LISTING.page(state.store, call.query, lambda rows: [project_view(row) for row in rows]))


def archive_project(state: State, call: Call) -> Reply:
    """POST /projects/{id}/archive. 409 if one of its pools is not archived."""
    project = read_project(state, call.path["id"])
    if project["status"] == "ARCHIVED":
        return Reply(204)
    pools = state.store.all(
        "SELECT id FROM pools WHERE project_id = ? AND type = 'REGULAR' AND status != 'ARCHIVED'", project["id"]
    )
    if pools:
        raise conflict("UNARCHIVED_POOLS_CONFLICT", f"Archive the pools of project {project['id']} first")
    state.store.run("UPDATE projects SET status = 'ARCHIVED' WHERE id = ?", project["id"])
    return Reply(202, record(state, "PROJECT.ARCHIVE", {"project_id": project["id"]}))


def read_project(state: State, project_id: str) -> sqlite3.Row:
    """The project's row. 404 if there is none."""
    row = state.store.maybe("SELECT * FROM projects WHERE id = ?", project_id)
    if row is None:
        raise does_not_exist("project", project_id)
    return row


def active_project(state: State, project_id: str) -> sqlite3.Row:
    """The project's row. 404 if there is none, 409 if it is archived."""
    row = read_project(state, project_id)
    if row["status"] != "ACTIVE":
        raise inappropriate_status(f"Project {project_id}", row["status"], ["ACTIVE"])
    return row


def specification_of(state: State, pool: sqlite3.Row) -> dict[str, Any]:
    """The `task_spec` that a pool's tasks follow: its project's, or the one before the project broke with it."""
    return dict(read_specification(specification_text(state, pool)))


def specification_text(state: State, pool: sqlite3.Row) -> str:
    """What `read_specification` reads: equal for all pools whose tasks follow the same."""
    return str(pool["specification"] or read_project(state, pool["project_id"])["form"])


@lru_cache(maxsize=64)
def read_specification(text: str) -> Mapping[str, Any]:
    """A `task_spec`, or that of a project's form. It is shared: to be read only."""
    form = load(text)
    return dict(form.get("task_spec", form))


def kept(values: Mapping[str, Any], read_only: tuple[str, ...] = READ_ONLY) -> dict[str, Any]:
    """What the server keeps of a form: everything but what is the server's own to say."""
    return {name: value for name, value in values.items() if name not in read_only}


def with_collector_ids(form: dict[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A project's or pool's form whose collectors have ids; who sent none keeps the one that was in its place."""
    control = form.get("quality_control") or {}
    old = ((before or {}).get("quality_control") or {}).get("configs") or []
    for number, config in enumerate(control.get("configs") or []):
        collector, place = config["collector_config"], old[number]["collector_config"] if number < len(old) else {}
        if collector.get("uuid") is None:
            is_same = place.get("type") == collector["type"]
            collector["uuid"] = place["uuid"] if is_same and place.get("uuid") else str(uuid.uuid4())
    return form


def project_view(row: sqlite3.Row) -> dict[str, Any]:
    """A project as the wire has it."""
    return {**load(row["form"]), "id": row["id"], "status": row["status"], "created": row["created"], "owner": OWNER}
