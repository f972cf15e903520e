"""Simulated crowds: ten workers of four sorts, each item by some of them, golden tasks by all who come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_assets.labeling.records import Answer

ITEMS, GOLDEN, WORKERS = 200, 40, 10
FIELD = "label"
# How probable which sort of worker is: careful, sloppy, lazy, random.
CROWDS: Mapping[str, Sequence[float]] = {
    "careful": (0.7, 0.3, 0.0, 0.0),
    "mixed": (0.4, 0.3, 0.2, 0.1),
    "hostile": (0.2, 0.3, 0.3, 0.2),
}
SORTS = ("careful", "sloppy", "lazy", "random")

# From the truth of an item, the sort of a worker and chance to what the worker says.
Say = Callable[[Any, str, np.random.Generator], Any]


@dataclass(frozen=True)
class Given:
    """The answers of a crowd, golden tasks among them, and what is right of each item that is not golden."""

    answers: tuple[Answer, ...]
    truth: Mapping[str, Any]


def simulate(truths: Sequence[Any], say: Say, crowd: str, overlap: int, seed: int) -> Given:
    """What a crowd answers: each item `overlap` times, each golden one by four workers. The first truths are golden."""
    chance = np.random.default_rng(seed)
    sorts = chance.choice(SORTS, WORKERS, p=CROWDS[crowd])
    answers = []
    for number, true in enumerate(truths):
        is_golden = number < GOLDEN
        for worker in chance.choice(WORKERS, 4 if is_golden else overlap, replace=False):
            given = say(true, str(sorts[worker]), chance)
            known = ({FIELD: true},) if is_golden else ()
            answers.append(
                Answer(str(number), {FIELD: given}, f"w{worker}", "", "", "", "ACCEPTED", is_golden, "", "", known)
            )
    return Given(tuple(answers), {str(number): true for number, true in enumerate(truths) if number >= GOLDEN})
