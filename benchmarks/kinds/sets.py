"""Tags: sets of names that people forget and add to; beside crowd-kit's BinaryRelevance over Dawid-Skene."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene
from crowdkit.aggregation.multilabel.binary_relevance import BinaryRelevance

from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.tags import Tags

TAGS = ("apple", "pear", "plum", "cherry", "peach", "quince")
# How frequent each is.
SHARES = (0.6, 0.4, 0.3, 0.2, 0.1, 0.05)
# How often who forgets a tag, and adds one.
SLIPS: Mapping[str, tuple[float, float]] = {"careful": (0.03, 0.01), "sloppy": (0.12, 0.04), "lazy": (0.45, 0.02)}
KIND = Tags(FIELD, {"type": "array_string", "allowed_values": list(TAGS)})
SEVERAL = 20


def say(true: Sequence[str], sort: str, chance: np.random.Generator) -> list[str]:
    """The tags that a worker gives."""
    if sort == "random":
        return [tag for tag in TAGS if chance.random() < 0.3]
    forgets, adds = SLIPS[sort]
    return [tag for tag in TAGS if chance.random() < (1 - forgets if tag in true else adds)]


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Items with some of the tags each, and what a crowd says of them."""
    chance = np.random.default_rng(seed)
    truths = [
        [t for t, share in zip(TAGS, SHARES, strict=True) if chance.random() < share] for _ in range(ITEMS + GOLDEN)
    ]
    return simulate(truths, say, crowd, overlap, seed)


def peer(given: Given) -> tuple[float, float]:
    """The share of sets that crowd-kit gets wholly right, and its seconds. It has to leave out empty sets."""
    votes = counted(given.answers, KIND)
    frame = pd.DataFrame(
        [(each.item_key, each.worker_id, each.values[FIELD]) for each in votes], columns=["task", "worker", "label"]
    )
    start = time.perf_counter()
    found = BinaryRelevance(DawidSkene(n_iter=100)).fit_predict(frame)
    seconds = time.perf_counter() - start
    right = [set(found.get(key, [])) == set(true) for key, true in given.truth.items()]
    return float(np.mean(right)), seconds


def majority(given: Given) -> float:
    """The share of sets that are wholly right where each tag is what more than half say."""
    said: dict[str, list[list[str]]] = {}
    for each in counted(given.answers, KIND):
        said.setdefault(each.item_key, []).append(each.values[FIELD])
    found = {key: {tag for tag in TAGS if sum(tag in one for one in own) > len(own) / 2} for key, own in said.items()}
    return float(np.mean([found[key] == set(true) for key, true in given.truth.items()]))


def unaided(given: Given) -> Made:
    """The product's labels without golden tasks, which the peers don't know of either."""
    answers = tuple(each for each in given.answers if not each.is_golden)
    return label(Given(answers, given.truth), KIND)


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)
