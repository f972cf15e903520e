"""What is seen of the model: what it has learned, how good it is, what it says of a batch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.events import BY_PEOPLE, LABELS_TO_LEARN, ROWS_TO_LEARN
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.model.evaluation import calibrate
from hitl_assets.labeling.model.files import StoredEvaluation, StoredPredictions
from hitl_assets.labeling.model.stored_classifier import StoredClassifier
from hitl_assets.labeling.records import Item
from hitl_assets.reports import plots
from hitl_assets.reports.tables import ROWS, Metadata, count_table, markdown, table
from hitl_assets.steps.training import count_by_people

CALIBRATION = [("probability", "float"), ("accuracy", "float"), ("rows", "int")]


def learnable(rows: Sequence[LabeledRow]) -> Metadata:
    """What a classifier could learn from the dataset."""
    counts = Counter(str(row.label) for row in rows)
    return {
        ROWS_TO_LEARN: len(rows),
        LABELS_TO_LEARN: sum(count > 1 for count in counts.values()),
        BY_PEOPLE: count_by_people(rows),
    }


def classifier(trained: StoredClassifier) -> Metadata:
    """What the classifier has learned from."""
    training = trained.training
    return {
        "class": training.classifier,
        "labels": ", ".join(training.labels),
        ROWS_TO_LEARN: training.rows,
        BY_PEOPLE: training.by_people,
        "dataset_version": training.dataset,
        "model_bytes": len(trained.model),
    }


def evaluation(found: StoredEvaluation) -> Metadata:
    """The scores, what was judged, and which classifier is approved."""
    judgments = [{"question": each.name, "passed": each.passed, "why": each.description} for each in found.judgments]
    return {
        "approved": "none" if found.approved is None else str(found.approved),
        "is_approved": found.approved == found.classifier,
        "judgments": dg.MetadataValue.md(markdown(judgments)),
        "evidence": len(found.evidence),
        **{name: value for kind, scores in found.scores.items() for name, value in scored(kind, scores).items()},
    }


def scored(kind: str, scores: Mapping[str, Any]) -> Metadata:
    """The scores on one kind of rows (`test` or `cross_validation`)."""
    numbers = {name: round(value, 4) for name, value in scores.items() if isinstance(value, float)}
    bins = [(round(each["probability"], 4), round(each["accuracy"], 4), each["rows"]) for each in scores["calibration"]]
    confusion = [{"label": label, **row} for label, row in scores["confusion"].items()]
    return {
        f"{kind}_rows": scores["rows"],
        **{f"{kind}_{name}": value for name, value in numbers.items()},
        f"{kind}_calibration": table(CALIBRATION, bins),
        f"{kind}_calibration_plot": plots.calibration([each[0] for each in bins], [each[1] for each in bins]),
        f"{kind}_confusion": dg.MetadataValue.md(markdown(confusion)),
    }


def predictions(found: StoredPredictions, items: Sequence[Item], kind: Kind) -> Metadata:
    """How many items are predicted, what, how surely, and by which version."""
    probabilities = [each.probability for each in found.predictions]
    bins = calibrate(probabilities, [True] * len(probabilities)) if probabilities else ()
    return {
        "items": len(items),
        "predicted": len(probabilities),
        "model": ", ".join(sorted({each.model for each in found.predictions})) or "none",
        "evidence": len(found.evidence),
        "labels": count_table("label", "items", kind.count(each.label for each in found.predictions)),
        **({"mean_probability": round(sum(probabilities) / len(probabilities), 4)} if probabilities else {}),
        "probabilities": table(
            [("probability", "float"), ("items", "int")], [(round(each.probability, 4), each.rows) for each in bins]
        ),
    }


def unreadable(files: Sequence[tuple[str, str]]) -> Metadata:
    """The first files that the model left out, and why; nothing if there are none."""
    return {"unreadable_files": table([("file", "string"), ("reason", "string")], files[:ROWS])} if files else {}
