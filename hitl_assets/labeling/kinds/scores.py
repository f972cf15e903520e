"""Scores of what was compared in pairs, by crowd-kit's NoisyBradleyTerry: it learns who always prefers one side.

Model: Bugakova, Fedorova, Gusev and Drutsa, Aggregation of pairwise comparisons with reduction of biases (2019).
"""

from collections.abc import Sequence
from typing import NamedTuple

# Beyond so many answers it takes minutes.
MOST_ANSWERS = 10_000


class Comparison(NamedTuple):
    """What a worker preferred of two things."""

    worker: str
    first: str
    second: str
    preferred: str


def score(comparisons: Sequence[Comparison]) -> dict[str, float]:
    """How good each thing is, 0 to 1, the best one first; nothing without comparisons, or with too many of them."""
    usable = [each for each in comparisons if each.first != each.second]
    if not usable or len(usable) > MOST_ANSWERS:
        return {}
    import pandas as pd
    from crowdkit.aggregation import NoisyBradleyTerry

    frame = pd.DataFrame(usable, columns=["worker", "left", "right", "label"])
    found = NoisyBradleyTerry().fit_predict(frame).sort_values(ascending=False, kind="stable")
    return {str(thing): round(float(each), 4) for thing, each in found.items()}
