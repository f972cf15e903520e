"""The product's own labels on simulated answers, as sure as golden tasks show such labels to be."""

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.kinds.crowd import Given
from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.calibration import calibrate
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.aggregation.trials import golden_trials
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.declaration import Aggregation

SURE = 0.95
BINS = 10


@dataclass(frozen=True)
class Made:
    """Labels (`cells`), by item: whether each is right, and how sure it is; and how long the labels took."""

    right: np.ndarray
    confidence: np.ndarray
    seconds: float
    cells: tuple[str, ...] = ()

    @property
    def calibration_error(self) -> float:
        """How far confidence is from the share that is right, on average over tenths of confidence."""
        bins = np.minimum((self.confidence * BINS).astype(int), BINS - 1)
        parts = (bins == each for each in np.unique(bins))
        return float(sum(abs(self.right[part].sum() - self.confidence[part].sum()) for part in parts) / len(bins))

    @property
    def sure(self) -> tuple[float, float]:
        """Which share of the items is at least so sure as SURE, and which share of these is right."""
        among = self.confidence >= SURE
        return float(among.mean()), float(self.right[among].mean()) if among.any() else 1.0


def label(given: Given, kind: Kind) -> Made:
    """The labels by the project's own method, with what golden tasks tell."""
    method, votes = Aggregation(), counted(given.answers, kind)
    knowledge = Knowledge(golden_records(given.answers, kind), {}, kind.labels)
    calibration = calibrate(golden_trials(given.answers, votes, kind, method, knowledge))
    start = time.perf_counter()
    labels = aggregate_answers(votes, {key: {} for key in given.truth}, kind, method, knowledge, calibration)
    seconds = time.perf_counter() - start
    right = [kind.is_same(each.label, kind.cell(given.truth[each.item_key])) for each in labels]
    sure = np.array([each.confidence for each in labels])
    return Made(np.array(right, dtype=float), sure, seconds, tuple(each.label for each in labels))
