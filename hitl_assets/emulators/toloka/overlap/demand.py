"""Which tasks of a pool ask for answers: its end, its progress and what it still costs depend on them."""

from __future__ import annotations

from hitl_assets.emulators.toloka.pools.configuration import Mixer

REAL = "kind = 'REAL'"
EVERY = "kind IN ('REAL', 'GOLDEN', 'TRAINING')"


def asking(mixer: Mixer | None) -> str:
    """The SQL condition of these tasks.

    Beside real tasks, control tasks only measure. In an exam or a survey there is nothing else, and a suite that was
    grouped by hand has one overlap for whatever is in it.
    """
    return REAL if mixer is not None and mixer.real else EVERY


def asking_per_suite(mixer: Mixer) -> int:
    """How many of these tasks somebody's first suite has."""
    return mixer.real_for_newcomers if mixer.real else mixer.golden + mixer.training
