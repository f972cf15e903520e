"""How good a classifier is: its predictions beside the labels of rows that it has not learned from, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.model.evidence import Evidence, compare

BINS = 10
# A probability of 0 for what is true would make the log loss infinite.
LEAST = 1e-6


@dataclass(frozen=True)
class Tried:
    """Predictions for rows whose label is known: the probabilities (a column for each of `classes`), the labels, and
    how sure each label is (0 to 1)."""

    classes: tuple[str, ...]
    probabilities: np.ndarray
    labels: tuple[str, ...]
    confidences: tuple[float, ...]

    @property
    def predicted(self) -> tuple[str, ...]:
        """The most likely label of each row."""
        return tuple(self.classes[at] for at in self.probabilities.argmax(axis=1)) if self.labels else ()

    @property
    def is_right(self) -> tuple[bool, ...]:
        """Whether it is the row's label."""
        return tuple(one == other for one, other in zip(self.predicted, self.labels, strict=True))

    @property
    def surest(self) -> tuple[float, ...]:
        """The probability of the most likely label."""
        return tuple(float(each) for each in self.probabilities.max(axis=1)) if self.labels else ()

    def evidence(self) -> tuple[Evidence, ...]:
        """What the labels say of the predictions."""
        rows = zip(self.surest, self.is_right, self.confidences, strict=True)
        return tuple(compare(probability, agrees, confidence) for probability, agrees, confidence in rows)


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same probability: how many, how probable on average, how many of them are right."""

    rows: int
    probability: float
    accuracy: float


@dataclass(frozen=True)
class Scores:
    """How good the predictions for some rows are.

    `f1` is the mean of the labels' F1. `log_loss` (natural logarithm) and `brier` (sum over the labels, 0 to 2) are
    means, less is better. `calibration_error` is how far probability and accuracy of a bin are apart on average.
    `confusion` counts predictions by label, then by what was predicted.
    """

    rows: int
    accuracy: float
    f1: float
    log_loss: float
    brier: float
    calibration_error: float
    calibration: tuple[Bin, ...]
    confusion: Mapping[str, Mapping[str, int]]


def score(tried: Tried) -> Scores | None:
    """The scores of predictions; None if there are none."""
    if not tried.labels:
        return None
    classes = sorted({*tried.classes, *tried.labels})
    probabilities = np.zeros((len(tried.labels), len(classes)))
    probabilities[:, [classes.index(label) for label in tried.classes]] = tried.probabilities
    truth = np.array([classes.index(label) for label in tried.labels])
    is_true = np.eye(len(classes))[truth]
    confusion = count_confusion(classes, tried)
    bins = calibrate(tried.surest, tried.is_right)
    return Scores(
        rows=len(truth),
        accuracy=float(np.mean(tried.is_right)),
        f1=mean_f1(confusion),
        log_loss=float(-np.log(np.clip(probabilities[np.arange(len(truth)), truth], LEAST, 1)).mean()),
        brier=float(((probabilities - is_true) ** 2).sum(axis=1).mean()),
        calibration_error=sum(each.rows * abs(each.probability - each.accuracy) for each in bins) / len(truth),
        calibration=bins,
        confusion=confusion,
    )


def count_confusion(classes: Sequence[str], tried: Tried) -> Mapping[str, Mapping[str, int]]:
    """How often what was predicted for which label."""
    counts = {label: dict.fromkeys(classes, 0) for label in classes}
    for label, predicted in zip(tried.labels, tried.predicted, strict=True):
        counts[label][predicted] += 1
    return counts


def mean_f1(confusion: Mapping[str, Mapping[str, int]]) -> float:
    """The mean F1 of the labels that occur: the harmonic mean of precision and recall."""
    found = []
    for label, row in confusion.items():
        right = row[label]
        either = sum(row.values()) + sum(other[label] for other in confusion.values())
        if either:
            found.append(2 * right / either)
    return sum(found) / len(found)


def calibrate(probabilities: Sequence[float], is_right: Sequence[bool]) -> tuple[Bin, ...]:
    """The bins that are not empty, by rising probability."""
    values, right = np.array(probabilities), np.array(is_right, dtype=float)
    numbers = np.clip((values * BINS).astype(int), 0, BINS - 1)
    chosen = (numbers == number for number in sorted(set(numbers)))
    return tuple(Bin(int(rows.sum()), float(values[rows].mean()), float(right[rows].mean())) for rows in chosen)
