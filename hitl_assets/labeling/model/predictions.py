"""What a model says of a batch's items: the project's classifier, or predictions that somebody brings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_assets.labeling.classifier import Classifier, text_key
from hitl_assets.labeling.items.items import Specification, parse_row
from hitl_assets.labeling.project.automation import OwnPredictions
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item, Prediction, RejectedRow
from hitl_assets.labeling.tables.tables import Row, format_value, read_table

PROBABILITY: Mapping[str, Any] = {"type": "float", "required": True, "min_value": 0, "max_value": 1}


@dataclass(frozen=True)
class Brought:
    """Predictions that somebody brought, and the rows that are none."""

    predictions: tuple[Prediction, ...]
    rejected: tuple[RejectedRow, ...] = ()


def predict_items(
    model: Classifier,
    X: Any,  # noqa: N803  # scikit-learn's names
    items: Sequence[Item],
    version: str,
) -> tuple[Prediction, ...]:
    """The most likely label of each item; `X` is what the model takes of them, the version the hash of its files."""
    if not items:
        return ()
    probabilities = np.asarray(model.predict_proba(X))
    likely = probabilities.argmax(axis=1)
    return tuple(
        Prediction(item.item_key, str(model.classes_[at]), float(row[at]), version)
        for item, row, at in zip(items, probabilities, likely, strict=True)
    )


def predictions_beside(
    items: Iterable[Item], files: Mapping[str, bytes], project: Project, own: OwnPredictions, version: str
) -> Brought:
    """The predictions in further columns of the files that brought the items (content by path). A row may have none."""
    specification = prediction_fields(project, own)
    rows = {
        (file, row.number): row
        for file, content in files.items()
        for row in read_table(content, file, [], list(specification), project.written).rows
    }
    found = ((item, rows.get((item.file, item.row))) for item in items)
    keyed = [(item.item_key, item.file, row) for item, row in found if row is not None and any(row.cells.values())]
    return collect_predictions(keyed, specification, own, version)


def predictions_apart(
    items: Iterable[Item], files: Mapping[str, bytes], project: Project, own: OwnPredictions, version: str
) -> Brought:
    """The predictions in files of their own, which have the input fields as well; of two for an item the last one."""
    keys = {text_key(item.values): item.item_key for item in items}
    specification = prediction_fields(project, own)
    columns = [name for name, spec in project.inputs.items() if spec.get("required", True)]
    optional = [*(name for name in project.inputs if name not in columns), *specification]
    raw = project.configuration.source
    written = own.source.written_beside(raw) if own.source else raw.written
    keyed = []
    for file in sorted(files):
        for row in read_table(files[file], file, columns, optional, written).rows:
            cells = {name: row.cells[name] for name in project.inputs if name in row.cells}
            key = keys.get(text_key(cells))
            if key is not None:
                about = {name: cell for name, cell in row.cells.items() if name in specification}
                keyed.append((key, file, Row(row.number, about, row.surplus)))
    return collect_predictions(keyed, specification, own, version)


def prediction_fields(project: Project, own: OwnPredictions) -> Specification:
    """The two columns of a prediction."""
    return {own.label: {**project.outputs[project.label], "required": True}, own.probability: PROBABILITY}


def collect_predictions(
    rows: Iterable[tuple[str, str, Row]], specification: Specification, own: OwnPredictions, version: str
) -> Brought:
    """The predictions of rows, each with its item's key and its file."""
    found: dict[str, Prediction] = {}
    rejected: list[RejectedRow] = []
    for key, file, row in rows:
        parsed = parse_row(
            Row(row.number, {name: row.cells.get(name, "") for name in specification}), specification, file
        )
        if isinstance(parsed, RejectedRow):
            rejected.append(parsed)
        else:
            label, probability = format_value(parsed[own.label]), float(parsed[own.probability])
            found[key] = Prediction(key, label, probability, version)
    return Brought(tuple(found.values()), tuple(rejected))
