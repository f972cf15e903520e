"""Chance that repeats: numbers that follow from a seed and a name, in every process alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TypeVar

Item = TypeVar("Item")


def chance(seed: int, *name: object) -> float:
    """A number in [0, 1), uniform over names."""
    text = "\x1f".join(map(str, (seed, *name)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56


def pick(items: Sequence[Item], seed: int, *name: object) -> Item:
    """One of the items, all equally likely."""
    return items[int(chance(seed, *name) * len(items))]


def between(low: float, high: float, seed: int, *name: object) -> float:
    """A number in [low, high), uniform."""
    return low + (high - low) * chance(seed, *name)


def choose(weights: Mapping[Item, float], seed: int, *name: object) -> Item:
    """One of the items, as likely as its weight says."""
    left = chance(seed, *name) * sum(weights.values())
    for item, weight in weights.items():
        left -= weight
        if left < 0:
            return item
    return item


def normal(seed: int, *name: object) -> float:
    """A number of the standard normal distribution."""
    return NormalDist().inv_cdf(max(chance(seed, *name), 2**-57))
