"""Which marks of several people are about the same thing: the most alike ones first, never two of one person."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Codes


@dataclass(frozen=True)
class Alike:
    """Pairs of marks, by their places, and how alike each pair is: 0 to 1."""

    one: Codes
    other: Codes
    likeness: Array


# Parts of one class belong together though others are a little more alike.
SAME_CLASS = 0.1


def favour_classes(alike: Alike, names: Sequence[str]) -> Alike:
    """The pairs, those of one class a little more alike; `names` are the classes of all parts."""
    every = np.array(names, dtype=object)
    return Alike(alike.one, alike.other, alike.likeness + SAME_CLASS * (every[alike.one] == every[alike.other]))


def group(owners: Sequence[int], alike: Alike) -> list[list[int]]:
    """The places of the marks in each group, in their order: pairs are joined from the most alike down.

    `owners` says whose each mark is. Two groups stay apart if somebody has a mark in both of them.
    """
    of = list(range(len(owners)))
    members = [[place] for place in of]
    people = [{owner} for owner in owners]
    order = np.argsort(-alike.likeness, kind="stable")
    for one, other in zip(alike.one[order].tolist(), alike.other[order].tolist(), strict=True):
        into, gone = of[one], of[other]
        if into == gone or not people[into].isdisjoint(people[gone]):
            continue
        for place in members[gone]:
            of[place] = into
        members[into] += members[gone]
        people[into] |= people[gone]
        members[gone] = []
    return [sorted(each) for each in members if each]


def match(count: int, alike: Alike) -> list[tuple[int, int]]:
    """Of two people's marks, the first one's so many, which are about the same thing: the places in each list."""
    total = max([count, *(alike.other + 1).tolist()])
    groups = group([int(place >= count) for place in range(total)], alike)
    return [(each[0], each[1] - count) for each in groups if len(each) > 1]
