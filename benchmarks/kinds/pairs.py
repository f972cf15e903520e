"""Which of two is better, with judges who always say left; beside crowd-kit's BradleyTerry."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import BradleyTerry
from scipy.stats import kendalltau

from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.preference import Preference

THINGS = 30
SIDES = ("left", "right")
BETWEEN = ("one", "other")
KIND = Preference(FIELD, {"type": "string", "allowed_values": list(SIDES)}, BETWEEN)
# How steep a judge sees differences; the lazy one always says left.
SEES: Mapping[str, float] = {"careful": 8.0, "sloppy": 3.0}


def draw(crowd: str, overlap: int, seed: int) -> tuple[Given, np.ndarray]:
    """Pairs of things and what a crowd says of them; and how good each thing is."""
    chance = np.random.default_rng(seed)
    worth = chance.normal(size=THINGS)
    pairs = [chance.choice(THINGS, 2, replace=False) for _ in range(ITEMS + GOLDEN)]

    def say(true: Any, sort: str, chance: np.random.Generator) -> str:
        if sort == "lazy":
            return SIDES[0]
        steep = SEES.get(sort, 0.0)
        return SIDES[int(chance.random() > 1 / (1 + np.exp(-steep * true)))]

    differences = [float(worth[one] - worth[other]) for one, other in pairs]
    given = simulate(differences, say, crowd, overlap, seed)
    right = [SIDES[int(each < 0)] for each in differences]
    inputs = [dict(zip(BETWEEN, map(str, pair), strict=True)) for pair in pairs]
    answers = tuple(
        replace(each, inputs=inputs[int(each.item_key)], known=({FIELD: right[int(each.item_key)]},) * each.is_golden)
        for each in given.answers
    )
    return Given(answers, {key: right[int(key)] for key in given.truth}), worth


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)


def tau(scores: Mapping[str, float], worth: np.ndarray) -> float:
    """How far scores bring things into their order (Kendall)."""
    return float(kendalltau([scores.get(str(thing), 0.0) for thing in range(len(worth))], worth)[0])


def noisy(given: Given) -> Mapping[str, float]:
    """The product's scores: crowd-kit's NoisyBradleyTerry."""
    votes = counted(given.answers, KIND)
    return KIND.score((each.worker_id, each.inputs, each.values[FIELD]) for each in votes)


def plain(given: Given) -> Mapping[str, float]:
    """The scores of crowd-kit's BradleyTerry, which knows no workers."""
    rows = []
    for each in counted(given.answers, KIND):
        pair = [each.inputs[name] for name in BETWEEN]
        rows.append((each.worker_id, *pair, pair[SIDES.index(each.values[FIELD])]))
    frame = pd.DataFrame(rows, columns=["worker", "left", "right", "label"])
    return {str(thing): float(score) for thing, score in BradleyTerry(n_iter=100).fit_predict(frame).items()}


def majority(given: Given) -> float:
    """The share of pairs for which more than half say what is right."""
    said: dict[str, list[str]] = {}
    for each in counted(given.answers, KIND):
        said.setdefault(each.item_key, []).append(each.values[FIELD])
    return float(np.mean([said[key].count(true) > len(said[key]) / 2 for key, true in given.truth.items()]))
