"""What people found out about a model's predictions in earlier batches: evidence that costs nothing more."""

from collections.abc import Iterable, Mapping

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.labels.files import AUDIT, AUDIT_SINCE
from hitl_assets.labeling.model.evidence import AUDITED, Evidence, compare, reconsider
from hitl_assets.labeling.model.routing import CROWD
from hitl_assets.labeling.records import Label, Prediction
from hitl_assets.labeling.tables.tables import read_rows
from hitl_assets.labeling.values.values import BadValueError


def audited_evidence(content: bytes, model: str = "", kind: str = "") -> tuple[Evidence, ...]:
    """What the audit of a batch (its `audit.csv`) says of a model; without a version of all its predictions.

    Nothing if the batch was of another kind than the model knows: that says nothing of what it knows. Nor what was
    found when other labels were the same (`kind`: see `Kind.evidence`).
    """
    rows = (row.cells for row in read_rows(content, "audit.csv", AUDIT, AUDIT_SINCE))
    return tuple(
        (compare if cells.get("asked_again") == "false" else reconsider)(
            float(cells["probability"]), agrees(cells), float(cells["confidence"]), AUDITED
        )
        for cells in rows
        if model in ("", cells["model"]) and cells.get("is_strange") != "true" and cells.get("kind", "") == kind
    )


def agrees(cells: Mapping[str, str]) -> bool:
    """Whether people said what was predicted, in a row of an `audit.csv`; before there were kinds, by equal texts."""
    return cells["agrees"] == "true" if "agrees" in cells else cells["predicted"] == cells["label"]


def unaided_evidence(predictions: Iterable[Prediction], labels: Iterable[Label], kind: Kind) -> tuple[Evidence, ...]:
    """What the labels of a batch say of its predictions: labels by people that no prediction had a say in.

    Nothing where either is of a time when the label was of another kind.
    """
    decided: Mapping[str, Label] = {label.item_key: label for label in labels if label.source == CROWD}
    return tuple(
        compare(each.probability, kind.is_same(label.label, each.label), label.confidence)
        for each in predictions
        if (label := decided.get(each.item_key)) is not None and not label.model
        if is_cell(label.label, kind) and is_cell(each.label, kind)
    )


def is_cell(text: str, kind: Kind) -> bool:
    """Whether a text can be a label's cell."""
    try:
        kind.read_cell(text)
    except BadValueError:
        return False
    return True
