"""How far a method's confidence can be trusted: as it is stated, and as the product calibrates it by golden tasks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.real_crowds.accuracy import COUNTS, LARGE, SLOW
from benchmarks.real_crowds.crowds import ALL, DataSet, Draw, draw
from benchmarks.real_crowds.tables import count_name, header, row
from hitl_assets.labeling.aggregation.aggregation import AggregationError, as_coded, judge
from hitl_assets.labeling.aggregation.calibration import TOLERANCE, Calibration, calibrate
from hitl_assets.labeling.aggregation.trials import try_golden
from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.project.declaration import Aggregation

SURE = (0.9, 0.95, 0.99)
# Fewer labels than this in each draw say nothing.
LEAST = 30
STATED, CALIBRATED, SUPPORTED = "as stated", "calibrated", "calibrated, with evidence"


@dataclass(frozen=True)
class Judgment:
    """One method on one draw, by one reading of its confidence. For each label: whether it is right (0 or 1), how sure
    it is, and how many labels so sure are right at least (1 where nobody asks for that)."""

    data: str
    answers: int
    method: str
    reading: str
    right: Array
    confidence: Array
    lower_bound: Array


def run_reliability(data: DataSet, methods: Sequence[str], seeds: int, golden: bool) -> Iterator[Judgment]:
    """Every method on every draw of a data set. All answers without golden tasks are drawn once."""
    for answers in COUNTS:
        for seed in range(seeds if golden or answers != ALL else 1):
            drawn = draw(data, answers, seed, golden)
            for method in methods:
                if not (seed and method in SLOW and len(drawn.votes) > LARGE):
                    yield from read_confidence(data, drawn, answers, method)


def read_confidence(data: DataSet, drawn: Draw, answers: int, method: str) -> Iterator[Judgment]:
    """One method on one draw, as stated, calibrated, and as far as evidence supports it; nothing where it cannot handle
    the answers."""
    aggregation = Aggregation.model_validate({"method": method})
    try:
        judged = judge(drawn.votes, aggregation, drawn.beliefs)
        calibration = calibrate(
            try_golden(as_coded(drawn.votes, drawn.beliefs), drawn.golden, drawn.known, aggregation)
        )
    except AggregationError:
        return
    is_known = np.isin(judged.tasks, drawn.truth.index)
    right = (drawn.truth[judged.tasks[is_known]].to_numpy() == judged.labels[is_known]).astype(float)
    stated = judged.stated[is_known]
    first = Judgment(data.name, answers, method, STATED, right, stated[:, 0], np.ones(len(right)))
    yield first
    yield from by_evidence(first, stated, calibration)


def by_evidence(first: Judgment, stated: Array, calibration: Calibration) -> Iterator[Judgment]:
    """The same labels with the confidence that the product gives them, without and with its lower bound."""
    confidence = calibration.confidence(stated).round(6)
    yield replace(first, reading=CALIBRATED, confidence=confidence)
    bounds = calibration.lower_bounds(confidence)
    yield replace(first, reading=SUPPORTED, confidence=confidence, lower_bound=bounds)


def select(judgments: Sequence[Judgment], **wanted: object) -> list[Judgment]:
    """Those with these values."""
    return [each for each in judgments if all(getattr(each, name) == value for name, value in wanted.items())]


def reliability_table(judgments: Sequence[Judgment]) -> Iterator[str]:
    """Of labels that say so much, how many are right, and how many labels that are."""
    yield from header("answers", "method", "confidence", "over-sure, points", *(f">= {sure}" for sure in SURE))
    methods = list(dict.fromkeys(each.method for each in judgments))
    for answers in COUNTS:
        for method in methods:
            for reading in (STATED, CALIBRATED, SUPPORTED):
                found = select(judgments, answers=answers, method=method, reading=reading)
                if found:
                    yield row(count_name(answers), method, reading, *describe(found))


def describe(judgments: Sequence[Judgment]) -> Iterator[str]:
    """Medians of the sets: mean confidence minus accuracy; for each promise the share that is right and where it is
    kept."""
    sets = [select(judgments, data=data) for data in dict.fromkeys(each.data for each in judgments)]
    over = [100 * float(np.concatenate([each.confidence - each.right for each in every]).mean()) for every in sets]
    yield f"{np.median(over):+.1f}" if judgments[0].reading != SUPPORTED else ""
    for sure in SURE:
        found = [promise(every, sure) for every in sets]
        shares = [share for _, share in found]
        right = [each for each, _ in found if not np.isnan(each)]
        if right:
            kept = sum(each >= 100 * (sure - TOLERANCE) - 1e-9 for each in right)
            share = f"{np.median(shares):.0f} % of labels"
            yield f"{np.median(right):.1f} % right (kept on {kept} of {len(right)}); {share}"
        else:
            yield "too few"


def promise(judgments: Sequence[Judgment], sure: float) -> tuple[float, float]:
    """Of the labels of one set that say so much, how many are right (NaN where they are few); and how many of all they
    are. In %."""
    right, confidence, bounds = (
        np.concatenate([getattr(each, name) for each in judgments]) for name in ("right", "confidence", "lower_bound")
    )
    says = (confidence >= sure) & (bounds >= sure - TOLERANCE)
    enough = says.sum() >= LEAST * len(judgments)
    return 100 * float(right[says].mean()) if enough else np.nan, 100 * float(says.mean())
