"""Speed or quality: which workers a pool is shown to, by a forecast of how well they will do."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.overlap.dynamics import Choice
from hitl_assets.emulators.toloka.storage.state import State


def is_chosen(state: State, user_id: str, profile: Mapping[str, Any], pool: sqlite3.Row, choice: Choice) -> bool:
    """Whether a worker is among those whom the pool takes: the best share, or the first who are there at a time."""
    if choice.share is not None:
        return forecast(user_id, profile) >= 1 - choice.share
    row = state.store.one(
        "SELECT COUNT(DISTINCT user_id) AS count, COALESCE(MAX(user_id = ?), 0) AS is_here FROM assignments "
        "WHERE pool_id = ? AND status = 'ACTIVE'",
        user_id, pool["id"],
    )  # fmt: skip
    return bool(row["is_here"] or choice.count is None or row["count"] < choice.count)


def might_be_chosen(profile: Mapping[str, Any], choice: Choice | None) -> bool:
    """Whether a newcomer with this profile can be among them, as far as the profile tells."""
    known = profile.get("quality_forecast")
    return choice is None or choice.share is None or known is None or known >= 1 - choice.share


def forecast(user_id: str, profile: Mapping[str, Any]) -> float:
    """The share of all workers, 0 to 1, whom this one is expected to surpass.

    The real forecast is a secret. Here it is what the crowd says of its workers (`quality_forecast`); of people nothing
    is known, and each has some lot.
    """
    known = profile.get("quality_forecast")
    if known is not None:
        return float(known)
    return int.from_bytes(hashlib.blake2b(user_id.encode(), digest_size=7).digest(), "big") / 2**56
