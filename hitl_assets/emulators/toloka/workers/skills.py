"""Skills, and the values that workers have in them."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.quality.revocation import is_anybody_watching, note_skill_change
from hitl_assets.emulators.toloka.storage.state import OWNER, State, dump, load
from hitl_assets.emulators.toloka.workers.global_skills import LANGUAGES, global_skill_view

SKILLS = Listing("skills", {"name": "name"}, ("id",), ("created",))
USER_SKILLS = Listing(
    "user_skills", {"user_id": "user_id", "skill_id": "skill_id"}, ("id",), ("created", "modified"), most=1000
)


def set_skill(state: State, skill_id: str, user_id: str, value: Decimal) -> bool:
    """Give a worker a value in a skill, 0 to 100; whether it is their first in it."""
    before = skills_of(state, user_id) if is_anybody_watching(state) else None
    now = state.clock.stamp()
    changed = state.store.run(
        "UPDATE user_skills SET exact_value = ?, modified = ? WHERE skill_id = ? AND user_id = ?",
        str(value), now, skill_id, user_id,
    )  # fmt: skip
    if not changed:
        state.store.run(
            "INSERT INTO user_skills VALUES (?, ?, ?, ?, ?, ?)",
            state.new_id(), skill_id, user_id, str(value), now, now,
        )  # fmt: skip
    if before is not None:
        note_skill_change(state, user_id, skill_id, before, {**before, skill_id: value})
    return not changed


def skills_of(state: State, user_id: str) -> dict[str, Decimal]:
    """Skill id -> value."""
    rows = state.store.all("SELECT skill_id, exact_value FROM user_skills WHERE user_id = ?", user_id)
    return {row["skill_id"]: Decimal(row["exact_value"]) for row in rows}


def create_skill(state: State, call: Call) -> Reply:
    """POST /skills."""
    form = Form.of(call.body)
    name = form.text("name", required=True)
    form.errors.refuse()
    skill_id = state.new_id()
    state.store.run(
        "INSERT INTO skills VALUES (?, ?, ?, ?)", skill_id, name, state.clock.stamp(), dump(dict(form.values))
    )
    return Reply(201, _skill(_read(state, skill_id)))


def get_skill(state: State, call: Call) -> Reply:
    """GET /skills/{id}."""
    if call.path["id"] in LANGUAGES:
        return Reply(200, global_skill_view(call.path["id"]))
    return Reply(200, _skill(_read(state, call.path["id"])))


def update_skill(state: State, call: Call) -> Reply:
    """PUT /skills/{id}."""
    form = Form.of(call.body)
    name = form.text("name", required=True)
    form.errors.refuse()
    _read(state, call.path["id"])
    state.store.run("UPDATE skills SET name = ?, form = ? WHERE id = ?", name, dump(dict(form.values)), call.path["id"])
    return Reply(200, _skill(_read(state, call.path["id"])))


def list_skills(state: State, call: Call) -> Reply:
    """GET /skills: those of the requester, or with `global` those of Toloka, which are few enough for one page."""
    query = dict(call.query)
    if query.pop("global", "false") == "true":
        return Reply(200, {"items": [global_skill_view(skill_id) for skill_id in sorted(LANGUAGES)], "has_more": False})
    return Reply(200, SKILLS.page(state.store, query, lambda rows: [_skill(row) for row in rows]))


def put_user_skill(state: State, call: Call) -> Reply:
    """PUT /user-skills."""
    form = Form.of(call.body)
    skill_id, user_id = form.text("skill_id", required=True), form.text("user_id", required=True)
    value = form.money("value", Decimal(0), Decimal(100), required=True)
    form.errors.refuse()
    _read(state, str(skill_id))
    is_new = set_skill(state, str(skill_id), str(user_id), Decimal(value or 0))
    row = state.store.one("SELECT * FROM user_skills WHERE skill_id = ? AND user_id = ?", skill_id, user_id)
    return Reply(201 if is_new else 200, _user_skill(row))


def get_user_skill(state: State, call: Call) -> Reply:
    """GET /user-skills/{id}."""
    return Reply(200, _user_skill(_read_user_skill(state, call.path["id"])))


def list_user_skills(state: State, call: Call) -> Reply:
    """GET /user-skills."""
    return Reply(200, USER_SKILLS.page(state.store, call.query, lambda rows: [_user_skill(row) for row in rows]))


def delete_user_skill(state: State, call: Call) -> Reply:
    """DELETE /user-skills/{id}."""
    row = _read_user_skill(state, call.path["id"])
    before = skills_of(state, row["user_id"])
    state.store.run("DELETE FROM user_skills WHERE id = ?", row["id"])
    note_skill_change(state, row["user_id"], row["skill_id"], before, skills_of(state, row["user_id"]))
    return Reply(204)


def _read(state: State, skill_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM skills WHERE id = ?", skill_id)
    if row is None:
        raise does_not_exist("skill", skill_id)
    return row


def _read_user_skill(state: State, user_skill_id: str) -> sqlite3.Row:
    row = state.store.maybe("SELECT * FROM user_skills WHERE id = ?", user_skill_id)
    if row is None:
        raise does_not_exist("user skill", user_skill_id)
    return row


def _skill(row: sqlite3.Row) -> dict[str, Any]:
    own = {"id": row["id"], "created": row["created"], "owner": OWNER, "global": False}
    return {"hidden": True, **load(row["form"]), **own}


def _user_skill(row: sqlite3.Row) -> dict[str, Any]:
    exact = Decimal(row["exact_value"])
    return {
        "id": row["id"],
        "skill_id": row["skill_id"],
        "user_id": row["user_id"],
        "value": round(exact),
        "exact_value": float(exact),
        "created": row["created"],
        "modified": row["modified"],
    }
