"""What is known of a model: its predictions beside labels by other means, and how surely those labels are right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Where evidence is from: rows that the classifier has not learned from, or the audit of a batch that it labeled.
EVALUATION, AUDITED = "", "audit"


@dataclass(frozen=True)
class Evidence:
    """A prediction whose item has a label by other means: how probable the model found its own, and how surely it was
    right, both 0 to 1.

    `weight`: for how many items it stands (one of ten that was audited: 10). `noise`: how probably the other label is
    wrong, 0 to 1, whether or not it agrees; 0 for golden tasks, where the truth is known, and in what older versions
    wrote. `source`: `audit`, or empty.
    """

    probability: float
    is_right: float
    weight: float = 1.0
    noise: float = 0.0
    source: str = EVALUATION


def compare(probability: float, agrees: bool, confidence: float, source: str = EVALUATION) -> Evidence:
    """What a label by people, with its confidence, says of a prediction.

    People may be wrong whether or not they agree with the model: who disagrees is not therefore right. Mistakes that
    both make can't be seen without the truth.
    """
    return Evidence(probability, float(agrees), noise=1 - confidence, source=source)


def reconsider(probability: float, agrees: bool, confidence: float, source: str = EVALUATION) -> Evidence:
    """What a label says that was asked about again wherever it contradicted the model.

    People's mistakes are found so, except those that the model makes too: who agrees is right, and who disagrees is
    wrong as surely as the label is right by now.
    """
    return Evidence(probability, 1.0 if agrees else 1 - confidence, source=source)


@dataclass(frozen=True)
class Counts:
    """Evidence as numbers, one of each for each prediction: disagreements (0 to 1; a part of one where older versions
    wrote one), noise, and how many observations it counts for."""

    wrong: np.ndarray
    noise: np.ndarray
    size: np.ndarray

    @property
    def total(self) -> float:
        """How many observations there are."""
        return float(self.size.sum())

    @property
    def disagreements(self) -> float:
        """How many of them are disagreements."""
        return float((self.wrong * self.size).sum())

    @property
    def mistakes(self) -> float:
        """How many labels by people are wrong, by what they say themselves."""
        return float((self.noise * self.size).sum())

    def first(self, number: int) -> "Counts":
        """The first ones."""
        return Counts(self.wrong[:number], self.noise[:number], effective(self.size[:number]))


def count(evidence: Sequence[Evidence]) -> Counts:
    """Evidence as numbers, in its order."""
    wrong = np.array([1 - each.is_right for each in evidence], dtype=float)
    noise = np.array([each.noise for each in evidence], dtype=float)
    return Counts(wrong, noise, effective(np.array([each.weight for each in evidence], dtype=float)))


def effective(weights: np.ndarray) -> np.ndarray:
    """How many observations each weight counts for: one that stands for ten is not ten (Kish, 1965)."""
    return weights * weights.sum() / (weights**2).sum() if len(weights) else weights
