"""Where a span begins and ends, by several people who do not quite agree: the edges that most votes speak for."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY, FIRST_WEIGHT
from hitl_assets.labeling.kinds.texts.span_reading import Span

# An edge that is wrong is one of so many near the right one.
WRONG = 4
ROUNDS = 3


@dataclass(frozen=True)
class Edges:
    """What the votes say of one edge: how probable each place is. What is missing to 1 is that all are wrong."""

    shares: Mapping[int, float]

    @property
    def best(self) -> int:
        """The place with most votes."""
        return max(self.shares, key=lambda place: (self.shares[place], -place))


def decide_edges(groups: Sequence[Sequence[Span]], workers: Sequence[Sequence[int]]) -> list[tuple[Edges, Edges]]:
    """Start and end of each group of spans, by those who (by code) marked them. A vote is worth what the worker's other
    edges are: how often they are where most votes are."""
    size = 1 + max((max(people) for people in workers), default=0)
    accuracy = np.full(size, FIRST_ACCURACY)
    found: list[tuple[Edges, Edges]] = []
    for _ in range(ROUNDS):
        found = [
            (
                weigh([span.start for span in spans], accuracy[list(people)]),
                weigh([s.end for s in spans], accuracy[list(people)]),
            )
            for spans, people in zip(groups, workers, strict=True)
        ]
        accuracy = learn(groups, workers, found, size)
    return found


def weigh(places: Sequence[int], accuracy: Array) -> Edges:
    """How probable each of the places is that people of these accuracies chose; that all are wrong is possible, too."""
    wrong = np.log((1 - accuracy) / WRONG)
    gain = np.log(accuracy) - wrong
    odds: dict[int, float] = defaultdict(float)
    for place, each in zip(places, gain, strict=True):
        odds[place] += float(each)
    # As many places as are wrong at all may be right where nobody is.
    others = np.log(max(1, WRONG + 1 - len(odds)))
    highest = max([others, *odds.values()])
    total = sum(np.exp(each - highest) for each in odds.values()) + np.exp(others - highest)
    return Edges({place: float(np.exp(each - highest) / total) for place, each in odds.items()})


def learn(
    groups: Sequence[Sequence[Span]],
    workers: Sequence[Sequence[int]],
    decided: Sequence[tuple[Edges, Edges]],
    size: int,
) -> Array:
    """How often each worker's edges are right, by groups in which somebody else has a span, too."""
    right, total = np.full(size, FIRST_ACCURACY * FIRST_WEIGHT), np.full(size, FIRST_WEIGHT)
    for spans, people, (starts, ends) in zip(groups, workers, decided, strict=True):
        if len(spans) < 2:
            continue
        for span, worker in zip(spans, people, strict=True):
            right[worker] += starts.shares[span.start] + ends.shares[span.end]
            total[worker] += 2
    found: Array = np.clip(right / total, 0.05, 0.99)
    return found


def share_within(starts: Edges, ends: Edges, is_near: Callable[[int, int], bool]) -> float:
    """How probable it is that the right start and end are such as `is_near` says."""
    return sum(
        first * second
        for start, first in starts.shares.items()
        for end, second in ends.shares.items()
        if is_near(start, end)
    )
