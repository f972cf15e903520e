"""Scores are what their names say, by numbers that a person can check."""

import math

import numpy as np
import pytest

from hitl_assets.labeling.model.evaluation import Bin, Tried, score
from hitl_assets.labeling.model.evidence import Evidence


def tried(rows: list[tuple[float, str]], confidence: float = 1.0) -> Tried:
    """Predictions of `bait` or `news`: for each row the probability of `bait`, and the label that it has."""
    probabilities = np.array([[bait, 1 - bait] for bait, _ in rows]).reshape(len(rows), 2)
    return Tried(("bait", "news"), probabilities, tuple(label for _, label in rows), (confidence,) * len(rows))


def test_scores_by_hand() -> None:
    """Four rows, one of them wrong."""
    scores = score(tried([(0.9, "bait"), (0.8, "bait"), (0.6, "news"), (0.2, "news")]))
    assert scores is not None
    assert (scores.rows, scores.accuracy) == (4, 0.75)
    assert scores.confusion == {"bait": {"bait": 2, "news": 0}, "news": {"bait": 1, "news": 1}}
    assert scores.f1 == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert scores.log_loss == pytest.approx(-sum(map(math.log, (0.9, 0.8, 0.4, 0.8))) / 4)
    assert scores.brier == pytest.approx(2 * (0.01 + 0.04 + 0.36 + 0.04) / 4)


def test_calibration_compares_probability_and_accuracy() -> None:
    """Ten rows at 0.85, of which six are right: a quarter too sure."""
    scores = score(tried([(0.85, "bait")] * 6 + [(0.85, "news")] * 4))
    assert scores is not None
    (only,) = scores.calibration
    assert only == Bin(10, pytest.approx(0.85), pytest.approx(0.6))  # type: ignore[arg-type]  # approximately
    assert scores.calibration_error == pytest.approx(0.25)


def test_a_label_that_the_classifier_has_never_seen_is_wrong_not_an_error() -> None:
    """The file for the test may have it all the same, and the loss stays a number."""
    scores = score(tried([(0.9, "satire"), (0.9, "bait")]))
    assert scores is not None
    assert scores.accuracy == 0.5
    assert scores.confusion["satire"]["bait"] == 1
    assert scores.log_loss < 10


def test_nothing_tried_has_no_scores() -> None:
    """Rather than a perfect or a terrible one."""
    assert score(tried([])) is None


def test_evidence_knows_that_labels_may_be_wrong() -> None:
    """Whether or not they agree with the model."""
    assert tried([(0.7, "bait"), (0.7, "news")], confidence=0.75).evidence() == (
        Evidence(0.7, 1.0, noise=0.25),
        Evidence(0.7, 0.0, noise=0.25),
    )
