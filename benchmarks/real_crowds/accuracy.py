"""How often labels are right: every method on the same draws, item by item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from benchmarks.real_crowds.crowds import ALL, DataSet, Draw, draw
from benchmarks.real_crowds.methods import label_items

COUNTS = (1, 2, 3, 5, ALL)
# More than this many answers take the slow methods minutes: they get one draw of such a set, ours gets all.
LARGE, SLOW = 30_000, ("one_coin_dawid_skene", "glad", "mace", "zero_based_skill", "kos", "mmsr")


@dataclass(frozen=True)
class Result:
    """One method on one draw: by task code, whether the label is right (0 or 1), and its confidence."""

    data: str
    answers: int
    golden: bool
    method: str
    right: "pd.Series[float]"
    confidence: "pd.Series[float]"


def run_methods(data: DataSet, methods: Sequence[str], seeds: int, golden: bool) -> Iterator[Result]:
    """Every method on every draw of a data set. All answers without golden tasks are drawn once."""
    for answers in COUNTS:
        for seed in range(seeds if golden or answers != ALL else 1):
            drawn = draw(data, answers, seed, golden)
            for method in methods:
                if seed and method in SLOW and len(drawn.votes) > LARGE:
                    continue
                yield from judge(data, drawn, answers, golden, method)


def judge(data: DataSet, drawn: Draw, answers: int, golden: bool, method: str) -> Iterator[Result]:
    """One method on one draw; nothing where it cannot handle the answers."""
    labels = label_items(method, drawn.votes, drawn.beliefs)
    if labels is not None:
        labels = labels.reindex(drawn.truth.index)
        right = (labels["label"] == drawn.truth).astype(float)
        yield Result(data.name, answers, golden, method, right, labels["confidence"])


def accuracy_of(results: Sequence[Result]) -> float:
    """The share of right labels in %, each draw counting the same; NaN without any."""
    return 100 * float(pd.Series([result.right.mean() for result in results]).mean())


def gain(ours: Sequence[Result], theirs: Sequence[Result]) -> tuple[float, float]:
    """How many points more of our labels are right, and the standard error: paired over items, each the mean of its
    draws."""
    own, other = (pd.concat([result.right for result in each]).groupby(level=0).mean() for each in (ours, theirs))
    differences = 100 * (own - other).dropna()
    return float(differences.mean()), float(differences.std() / len(differences) ** 0.5)
