"""Captchas: how often a worker meets one, and who fails them. The results are simulated, also those of people."""

from __future__ import annotations

import hashlib
import sqlite3

from hitl_assets.emulators.toloka.storage.state import State

SHARE_OF_ROBOTS = 0.05
ROBOTS_SOLVE, PEOPLE_SOLVE = 0.3, 0.97


def note_captchas(state: State, pool: sqlite3.Row, user_id: str, number: int, tasks: int, every: int) -> None:
    """A worker submitted the suite with this number and so many tasks: a captcha stands before each `every`-th task."""
    row = state.store.one(
        "SELECT COUNT(*) AS count FROM answers WHERE user_id = ? AND pool_id = ? AND finished IS NOT NULL",
        user_id, pool["id"],
    )  # fmt: skip
    met = row["count"] // every - (row["count"] - tasks) // every
    is_person = state.store.maybe("SELECT 1 FROM workers WHERE user_id = ?", user_id) is None
    state.store.run_many(
        "INSERT INTO captchas VALUES (?, ?, ?, ?, ?)",
        [
            (user_id, pool["id"], number, position, int(is_person or _is_solved(user_id, number, position)))
            for position in range(met)
        ],
    )


def _is_solved(user_id: str, number: int, position: int) -> bool:
    solves = ROBOTS_SOLVE if _draw(user_id, "robot") < SHARE_OF_ROBOTS else PEOPLE_SOLVE
    return _draw(user_id, number, position) < solves


def _draw(*name: object) -> float:
    text = "/".join(map(str, ("captcha", *name)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56
