"""How sure one may be of an answer that several workers gave: Toloka's formula for dynamic overlap, as arithmetic."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

# The weight of one right and one wrong answer that everybody is thought to have given before the first.
PRIOR = 0.5
# Nobody is trusted or distrusted without limit: two infallible workers may still differ.
LEAST_DOUBT = 1e-9


@dataclass(frozen=True)
class Vote:
    """One answer, and how often its worker is right, 0 to 1."""

    answer: Hashable
    quality: float


def estimate_confidence(votes: Sequence[Vote], options: Sequence[Hashable]) -> tuple[Hashable, float]:
    """The answer with the most weight, and the probability, 0 to 1, that it is right.

    `options` are the answers that could be given; of two with the same weight the earlier one wins. Every option is
    thought to be as likely before the first vote, and a worker who errs to choose each wrong option as often.
    ValueError without votes. The formula is the one of the guide's page on dynamic overlap (reference 2.8).
    """
    if not votes:
        raise ValueError("there is no confidence in no votes")
    every = dict.fromkeys([*options, *(vote.answer for vote in votes)])
    # Logarithms, as the product of thousands of votes would be zero; and how much likelier an answer gets by a vote
    # for it than by one for another, as what all answers have in common cancels out.
    weights, gains = dict.fromkeys(every, 0.0), dict.fromkeys(every, 0.0)
    for vote in votes:
        doubt = min(max(1 - vote.quality, LEAST_DOUBT), 1 - LEAST_DOUBT)
        weights[vote.answer] += vote.quality
        gains[vote.answer] += math.log((1 - doubt) / doubt * max(len(every) - 1, 1))
    winner, most = max(every, key=weights.__getitem__), max(gains.values())
    return winner, math.exp(gains[winner] - most) / math.fsum(math.exp(gain - most) for gain in gains.values())


def quality_of_skill(value: float | None) -> float:
    """The quality of a worker by the value of their skill, 0 to 100; None: they do not have it."""
    return quality_of_counts(0, 0) if value is None else value / 100


def quality_of_counts(correct: float, total: int) -> float:
    """The quality of a worker by their answers to control tasks, drawn towards one half while they are few."""
    return (PRIOR + correct) / (2 * PRIOR + total)
