"""Classifiers that learn from numbers, which an embedding makes of pictures or texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.classifier import calibrated, learnable_rows

# What hardly differs among the rows says little, and is not to say much because it is divided by little.
LEAST_SPREAD = 0.01
# How freely weights may grow: less than usual, for there are about as many numbers as rows.
FREEDOM = 0.01


class LinearClassifier:
    """Numbers, each by how far it is from its mean, weighed by a linear model with calibrated probabilities.

    The calibration is that of `TextClassifier`."""

    takes = "numbers"

    def fit(self, X: np.ndarray, y: Sequence[str]) -> Self:  # noqa: N803  # scikit-learn's names
        """Learn from a row of numbers for each label. One that occurs once only is left out, if two others remain."""
        from sklearn.linear_model import LogisticRegression

        labels, numbers = np.asarray(y), np.asarray(X, dtype=float)
        taught, is_enough = learnable_rows(labels)
        self.mean_ = numbers[taught].mean(axis=0)
        self.spread_ = numbers[taught].std(axis=0) + LEAST_SPREAD
        self.model_: Any = calibrated(labels[taught], FREEDOM) if is_enough else LogisticRegression(C=FREEDOM)
        self.model_.fit(self.centre(numbers[taught]), labels[taught])
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:  # noqa: N803  # scikit-learn's names
        """For each row, how likely each of `classes_` is."""
        return np.asarray(self.model_.predict_proba(self.centre(np.asarray(X, dtype=float))))

    def centre(self, numbers: np.ndarray) -> np.ndarray:
        """The numbers as distances from the mean of what was learned from."""
        return np.asarray((numbers - self.mean_) / self.spread_)


class PictureClassifier(LinearClassifier):
    """What learns from pictures where a project names no class.

    It takes the 288 numbers of `PictureNumbers`, or those of `model.embedding`."""
