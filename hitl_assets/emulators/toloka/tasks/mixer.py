"""How many tasks of each kind the next suite gets."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_assets.emulators.toloka.pools.configuration import Mixer


@dataclass(frozen=True)
class Counts:
    """Tasks of each kind: what is there for a worker, or what a suite gets."""

    real: int
    golden: int
    training: int


def suite_counts(mixer: Mixer, available: Counts, left_in_pool: int, waited: float) -> Counts | None:
    """The next suite for a worker, or None if there is none now.

    `available` counts what this worker has not seen, `left_in_pool` the real tasks that anybody still has to
    answer, `waited` the simulated seconds since the pool last got tasks.
    """
    if available.golden < mixer.min_golden or available.training < mixer.min_training:
        return None
    real = min(mixer.real, available.real)
    if mixer.real and real == 0:
        return None
    if real < mixer.min_real:
        is_last = left_in_pool < mixer.min_real
        if not (is_last and mixer.force_last and waited >= mixer.force_last_delay):
            return None
    counts = Counts(real, min(mixer.golden, available.golden), min(mixer.training, available.training))
    return counts if counts.real + counts.golden + counts.training else None
