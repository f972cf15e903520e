"""How often workers are near a wrong label by chance, where labels are not equal or not, but near or far."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs

# It is worth so many answers of each worker.
WEIGHT = 4.0


def with_chance(beliefs: Beliefs, workers: Iterable[int], chance: float) -> Beliefs:
    """What is known of these workers (codes) and others, and that they are near a wrong label with this chance. The
    outcomes are far and near, in this order."""
    row = WEIGHT * np.array([[1 - chance, chance], [0, 0]])
    nothing = np.zeros((2, 2))
    every = {*workers, *beliefs.workers}
    return replace(beliefs, workers={each: beliefs.workers.get(each, nothing) + row for each in every})
