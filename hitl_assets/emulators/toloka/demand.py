"""Which tasks of a pool ask for answers: its end, its progress and what it still costs depend on them."""

from __future__ import annotations

from hitl_assets.emulators.toloka.configuration import Mixer
from hitl_assets.emulators.toloka.state import State

REAL = "kind = 'REAL'"
EVERY = "kind IN ('REAL', 'GOLDEN', 'TRAINING')"


def asking(state: State, pool_id: str) -> str:
    """The SQL condition of these tasks: the real ones; all in a pool without real tasks, or one of suites by hand.

    Beside real tasks, control tasks only measure. In an exam or a survey there is nothing else, and a suite that was
    grouped by hand has one overlap for whatever is in it.
    """
    row = state.store.one(
        "SELECT EXISTS (SELECT 1 FROM tasks WHERE pool_id = ?1 AND kind = 'REAL') AS has_real, "
        "EXISTS (SELECT 1 FROM suites WHERE pool_id = ?1) AS is_by_hand",
        pool_id,
    )
    return REAL if row["has_real"] and not row["is_by_hand"] else EVERY


def asking_per_suite(mixer: Mixer) -> int:
    """How many of these tasks somebody's first suite has."""
    return mixer.real_for_newcomers if mixer.real else mixer.golden + mixer.training
