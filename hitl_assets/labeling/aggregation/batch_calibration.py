"""The calibration of a batch: what its items and those of batches before say of the method; how that is stored."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.aggregation.calibration import (
    TOLERANCE,
    Calibration,
    Trial,
    align,
    calibrate,
    confidence_of,
    items_needed,
    weigh,
)
from hitl_assets.labeling.aggregation.gathering import NO_RECORDS, gather, try_method
from hitl_assets.labeling.aggregation.knowledge import Records
from hitl_assets.labeling.aggregation.trials import audited_trials, settled_trials
from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.model.routing import AUDIT
from hitl_assets.labeling.project.declaration import Aggregation, Project
from hitl_assets.labeling.records import Answer, Prediction, Task
from hitl_assets.labeling.storage.files import Files
from hitl_assets.labeling.tables.tables import read_rows, write_rows

# Another number when a method makes other probabilities of the same answers: evidence from before is left out then.
VERSION = 2
COLUMNS = ("item", "source", "answers", "right", "weight", "stated", "engine")
CALIBRATION, EVIDENCE = "calibration.json", "evidence.csv"
# The upper ends of the steps in which the curve is drawn.
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Point:
    """Items about as sure as each other: what was stated on average, what calibration makes of it, the share that is
    right, and how many items that is (several trials of one count as one)."""

    stated: float
    confidence: float
    right: float
    items: float


@dataclass(frozen=True)
class StoredCalibration:
    """`evidence.csv`: the trials of this batch (item, source, answers, right, weight, stated as JSON, engine;
    of a label that is composed `stated` has pairs: of each question how sure it was, and whether it is right).
    `calibration.json`: what they and those of other `batches` make of the engine's probabilities.

    Labels of this batch stand on its golden items, and on everything of the batches before.
    """

    engine: str
    calibration: Calibration
    curve: tuple[Point, ...] = ()
    batches: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()

    def to_files(self) -> Files:
        """Content by file name."""
        return {CALIBRATION: self.to_json(), EVIDENCE: write_trials(self.trials, self.engine)}

    def to_json(self) -> bytes:
        """All but the trials."""
        written = {
            "engine": self.engine,
            "temperature": round(self.calibration.temperature, 4),
            "lapse": round(self.calibration.lapse, 4),
            "batches": self.batches,
            "curve": [asdict(point) for point in self.curve],
            **asdict(self.calibration),
        }
        return json.dumps(written, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        written = json.loads(files[CALIBRATION])
        calibration = Calibration(
            tuple(written["weights"]),
            tuple(written["lapses"]),
            tuple((least, limit) for least, limit in written["limits"]),
            written["items"],
        )
        trials = read_trials(files[EVIDENCE], written["engine"]) if EVIDENCE in files else ()
        curve = tuple(Point(**point) for point in written["curve"])
        return cls(written["engine"], calibration, curve, tuple(written["batches"]), tuple(trials))


def engine_of(aggregation: Aggregation, kind: Kind) -> str:
    """Whose probabilities evidence is about, and of which labels."""
    rounds = "" if aggregation.has_priors else f" {aggregation.iterations}"
    return f"{aggregation.method}{rounds} v{VERSION}{kind.evidence}"


def calibrate_batch(
    project: Project,
    tasks: Sequence[Task],
    answers: Iterable[Answer],
    predictions: Mapping[str, Prediction],
    earlier: Records = NO_RECORDS,
    before: Mapping[str, Sequence[Trial]] | None = None,
) -> StoredCalibration:
    """What confidence is worth in a batch.

    Args:
        project: how answers become labels.
        tasks: the batch's, with their routes.
        answers: all that were given, to golden tasks too.
        predictions: by item key; empty without a model.
        earlier: what earlier batches showed of the workers.
        before: the trials of earlier batches, by batch.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    gathered, aggregation = gather(project, tasks, answers, earlier), project.configuration.aggregation
    golden = try_method(project, gathered)
    known = [*(trial for trials in (before or {}).values() for trial in trials), *golden]
    calibration = calibrate(known)
    audits = {task.item_key for task in tasks if task.route == AUDIT}
    audited = {key: each for key, each in predictions.items() if key in audits}
    given = (gathered.votes, project.kind, aggregation, gathered.knowledge)
    weaker = [*audited_trials(*given, audited, calibration), *settled_trials(*given, calibration)]
    stands_on = tuple(batch for batch, trials in (before or {}).items() if trials)
    return StoredCalibration(
        engine_of(aggregation, project.kind), calibration, draw_curve(known, calibration), stands_on, (*golden, *weaker)
    )


def draw_curve(trials: Sequence[Trial], calibration: Calibration) -> tuple[Point, ...]:
    """How many are right of those that are how sure, from the least sure up."""
    if not trials:
        return ()
    stated, weights = align(trials), weigh(trials)
    right, confidence = np.array([trial.right for trial in trials]), confidence_of(trials, calibration)
    steps = np.searchsorted(STEPS, confidence.round(9))
    return tuple(
        Point(
            stated=mean(stated[among, 0], weights[among]),
            confidence=mean(confidence[among], weights[among]),
            right=mean(right[among], weights[among]),
            items=round(float(weights[among].sum()), 2),
        )
        for among in (steps == step for step in sorted(set(steps)))
    )


def mean(values: Array, weights: Array) -> float:
    """The weighted mean, to four digits."""
    return round(float(np.average(values, weights=weights)), 4)


def describe_calibration(calibration: Calibration, target: float | None = None) -> str:
    """On what confidence stands, in a sentence; with a target also whether that is enough for it."""
    counts = ", ".join(f"{count} {source}" for source, count in calibration.items.items()) or "no golden"
    noun = "item" if sum(calibration.items.values()) == 1 else "items"
    if not calibration.items:
        return f"Not calibrated: {counts} {noun}{needed_for(target)}. Confidence is a cautious guess."
    if target is not None and not supports(calibration, target):
        return f"Not calibrated: {counts} {noun}{needed_for(target)}."
    return f"Calibrated by {counts} {noun}: of the surest labels at least {calibration.highest_limit:.1%} are right."


def needed_for(target: float | None) -> str:
    """How many items a target takes, if it is one."""
    return "" if target is None else f", {items_needed(target)} without an error needed for {target}"


def supports(calibration: Calibration, target: float) -> bool:
    """Whether any label can be as sure as that by this evidence."""
    return calibration.highest_limit >= target - TOLERANCE and calibration.highest_confidence >= target


def write_trials(trials: Iterable[Trial], engine: str) -> bytes:
    """The trials as CSV."""
    rows = (
        (
            each.item,
            each.source,
            each.answers,
            round(each.right, 4),
            round(each.weight, 4),
            json.dumps(shorten(each.parts or each.stated)),
            engine,
        )
        for each in trials
    )
    return write_rows(COLUMNS, rows)


def read_trials(content: bytes, engine: str) -> list[Trial]:
    """The trials of this engine that `write_trials` wrote; those of others say nothing of it."""
    return [
        Trial(
            cells["item"],
            int(cells["answers"]),
            stated,
            float(cells["right"]),
            cells["source"],
            float(cells["weight"]),
            parts,
        )
        for cells in (row.cells for row in read_rows(content, EVIDENCE, COLUMNS))
        if cells["engine"] == engine
        for stated, parts in [read_stated(json.loads(cells["stated"]))]
    ]


def shorten(shares: Any) -> Any:
    """Shares, or pairs of them, with four digits that count."""
    return [shorten(share) if isinstance(share, tuple) else float(f"{share:.4g}") for share in shares]


def read_stated(stated: list[Any]) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    """What was stated of a label; and of its questions with how surely each is right, if that is written instead."""
    if not stated or not isinstance(stated[0], list):
        return tuple(stated), ()
    sure = math.prod(each for each, _ in stated)
    return (sure, 1 - sure), tuple((each, right) for each, right in stated)
