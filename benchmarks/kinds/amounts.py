"""Numbers that people read off, with slips of digits; the median beside the mean."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.number import Number

# Numbers that are so near say the same.
SAME = 1.0
KIND = Number(FIELD, {"type": "float"}, SAME)
# How far off a worker reads (standard deviation), and how often with a slip: a digit more or less, or two swapped.
READS: Mapping[str, tuple[float, float]] = {"careful": (0.2, 0.03), "sloppy": (0.4, 0.12), "lazy": (4.0, 0.15)}


def say(true: float, sort: str, chance: np.random.Generator) -> float:
    """The number that a worker gives."""
    if sort == "random":
        return round(float(chance.uniform(0, 1000)), 1)
    blur, slips = READS[sort]
    read = true + chance.normal(0, blur)
    return slip(read, chance) if chance.random() < slips else round(float(read), 1)


def slip(read: float, chance: np.random.Generator) -> float:
    """A number with the point in another place, or a digit that is another one."""
    if chance.random() < 0.5:
        return round(float(read * chance.choice([0.1, 10])), 1)
    return round(float(read + chance.choice([-1, 1]) * 10 ** chance.integers(1, 3)), 1)


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Numbers from 10 to 1000, and what a crowd says of them."""
    chance = np.random.default_rng(seed)
    truths = [round(float(10 ** chance.uniform(1, 3)), 1) for _ in range(ITEMS + GOLDEN)]
    return simulate(truths, say, crowd, overlap, seed)


def plain(given: Given, centre: Callable[[Sequence[float]], float]) -> float:
    """The share of items for which a plain mean or median is within the tolerance."""
    said: dict[str, list[float]] = {}
    for each in counted(given.answers, KIND):
        said.setdefault(each.item_key, []).append(float(each.values[FIELD]))
    return float(np.mean([abs(centre(said[key]) - true) <= SAME for key, true in given.truth.items()]))


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)
