"""What people found out about a model's predictions in earlier batches: evidence that costs nothing more."""

from collections.abc import Iterable, Mapping

from hitl_assets.labeling.labels.files import AUDIT, AUDIT_SINCE
from hitl_assets.labeling.model.evidence import AUDITED, Evidence, compare, reconsider
from hitl_assets.labeling.model.routing import CROWD
from hitl_assets.labeling.records import Label, Prediction
from hitl_assets.labeling.tables.tables import read_rows


def audited_evidence(content: bytes, model: str = "") -> tuple[Evidence, ...]:
    """What the audit of a batch (its `audit.csv`) says of a model; without a version of all its predictions.

    Nothing if the batch was of another kind than the model knows: that says nothing of what it knows.
    """
    rows = (row.cells for row in read_rows(content, "audit.csv", AUDIT, AUDIT_SINCE))
    return tuple(
        (compare if cells.get("asked_again") == "false" else reconsider)(
            float(cells["probability"]), cells["predicted"] == cells["label"], float(cells["confidence"]), AUDITED
        )
        for cells in rows
        if model in ("", cells["model"]) and cells.get("is_strange") != "true"
    )


def unaided_evidence(predictions: Iterable[Prediction], labels: Iterable[Label]) -> tuple[Evidence, ...]:
    """What the labels of a batch say of its predictions: labels by people that no prediction had a say in."""
    decided: Mapping[str, Label] = {label.item_key: label for label in labels if label.source == CROWD}
    return tuple(
        compare(each.probability, label.label == each.label, label.confidence)
        for each in predictions
        if (label := decided.get(each.item_key)) is not None and not label.model
    )
