"""Workers as the requester may know them: what their profile and their device say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.storage.state import State, dump, load

DEVICE = (
    "client_type", "user_agent_type", "device_category", "os_family", "os_version", "os_version_major",
    "os_version_minor",
)  # fmt: skip


def remember_user(state: State, user_id: str, profile: Mapping[str, Any]) -> None:
    """Keep who works here. People may change what they say about themselves."""
    state.store.run(
        "INSERT INTO profiles VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET profile = excluded.profile "
        "WHERE profile != excluded.profile",
        user_id, dump(dict(profile)),
    )  # fmt: skip


def profile_of(state: State, user_id: str) -> dict[str, Any] | None:
    """The profile of somebody who has worked here, as the filters read it."""
    row = state.store.maybe("SELECT profile FROM profiles WHERE user_id = ?", user_id)
    if row is None:
        return None
    # JSON has no tuples, by which filters know that an attribute has several values.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in load(row["profile"]).items()}


def get_user(state: State, call: Call) -> Reply:
    """GET /user-metadata/{id}."""
    profile = profile_of(state, call.path["id"])
    if profile is None:
        raise does_not_exist("user", call.path["id"])
    country = profile.get("country")
    attributes = {name: profile[name] for name in DEVICE if profile.get(name) is not None}
    return Reply(
        200,
        {
            "id": call.path["id"],
            "country": country,
            "languages": list(profile.get("languages") or ()),
            "adult_allowed": bool(profile.get("adult_allowed")),
            "attributes": {"country_by_phone": country, "country_by_ip": country, **attributes},
        },
    )
