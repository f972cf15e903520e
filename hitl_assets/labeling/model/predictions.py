"""What a model says of a batch's items: the project's classifier, or predictions that somebody brings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_assets.labeling.classifier import Classifier
from hitl_assets.labeling.items.items import Specification, parse_row
from hitl_assets.labeling.items.naming import find_keys
from hitl_assets.labeling.items.places import path_in_repo, read_place
from hitl_assets.labeling.project.automation import OwnPredictions
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD, Item, Prediction, RejectedRow
from hitl_assets.labeling.tables.parquet import SUFFIX, as_json_lines
from hitl_assets.labeling.tables.tables import Row, UnreadableFileError, has_columns, read_header, read_table
from hitl_assets.labeling.values.values import BadValueError
from hitl_assets.labeling.written import Written

PROBABILITY: Mapping[str, Any] = {"type": "float", "required": True, "min_value": 0, "max_value": 1}


@dataclass(frozen=True)
class Brought:
    """Predictions that somebody brought, the rows that are none, and those that are about no item of the batch."""

    predictions: tuple[Prediction, ...]
    rejected: tuple[RejectedRow, ...] = ()
    elsewhere: tuple[RejectedRow, ...] = ()


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
    rows = {
        (file, row.number): row
        for file, content in files.items()
        for row in read_table(content, file, [], [own.label, own.probability], project.written).rows
    }
    found = ((item, rows.get((item.file, item.row))) for item in items)
    return collect_predictions([(item, item.file, row) for item, row in found if row], project, own, version)


def predictions_apart(
    items: Iterable[Item], files: Mapping[str, bytes], project: Project, own: OwnPredictions, version: str
) -> Brought:
    """The predictions in files of their own, which name each item by its `item_key`, its input values or the path of
    its file; of two for an item the last one counts."""
    finder, written = Finder(items, project), written_apart(project)
    found: list[tuple[Item, str, Row]] = []
    rejected: list[RejectedRow] = []
    elsewhere: list[RejectedRow] = []
    for file in sorted(files):
        for row in read_named(files[file], file, finder.columns, [own.label, own.probability], written):
            item = finder.find(row, file) if is_predicted(row, own) else None
            if isinstance(item, RejectedRow):
                rejected.append(item)
            elif item is not None:
                found.append((item, file, row))
            elif is_predicted(row, own):
                elsewhere.append(RejectedRow(file, row.number, "", "is about no item of the batch"))
    brought = collect_predictions(found, project, own, version)
    return Brought(brought.predictions, (*rejected, *brought.rejected), tuple(elsewhere))


def is_predicted(row: Row, own: OwnPredictions) -> bool:
    """Whether a row says anything of its item."""
    return any(row.cells.get(name) for name in (own.label, own.probability))


class Finder:
    """Finds the item that a row is about."""

    def __init__(self, items: Iterable[Item], project: Project) -> None:
        self.project, self.field = project, project.configuration.source.field
        self.by_key: dict[str, Item] = {}
        self.by_path: dict[str, Item] = {}
        for item in items:
            self.by_key[item.item_key] = item
            self.by_path |= {item.file: item, str(item.values.get(self.field or "")): item} if self.field else {}

    @property
    def columns(self) -> Specification:
        """The columns by which items are told apart, beside their key."""
        inputs = self.project.inputs
        return {self.field: inputs[self.field]} if self.field else inputs

    def find(self, row: Row, file: str) -> Item | RejectedRow | None:
        """The item; None if it is not among these, a rejected row if the row does not say which one it is."""
        path = row.cells.get(self.field, "").strip() if self.field else ""
        if path and not row.cells.get(KEY_FIELD, "").strip():
            own = path if read_place(path) else path_in_repo(f"/{path.lstrip('/')}")
            return self.by_path.get(own)
        keys = find_keys(row, self.columns, file, self.project.identity)
        if isinstance(keys, RejectedRow):
            return keys
        return next((self.by_key[key] for key in keys if key in self.by_key), None)


def read_named(
    content: bytes, file: str, fields: Specification, optional: Sequence[str], written: Written
) -> Iterator[Row]:
    """The rows of a file that name items by the values of `fields`, or by `item_key`; also of a Parquet file.

    Raises:
        UnreadableFileError: it is no table, or has neither.
    """
    content, name = as_table(content, file)
    required = [field for field, spec in fields.items() if spec.get("required", True)]
    if has_columns(content, name, [KEY_FIELD], written):
        required = [KEY_FIELD]
    others = [field for field in fields if field not in required]
    yield from read_table(content, name, required, [*others, *optional], written).rows


def read_names(content: bytes, file: str, project: Project) -> set[str]:
    """The names of a file's columns; none of what is no table."""
    try:
        return set(read_header(*as_table(content, file), written_apart(project)))
    except UnreadableFileError:
        return set()


def as_table(content: bytes, file: str) -> tuple[bytes, str]:
    """The content and name of a file as tables are read: a Parquet file is one of JSON lines there."""
    is_parquet = file.lower().endswith(SUFFIX)
    return (as_json_lines(content, file), f"{file} as .jsonl") if is_parquet else (content, file)


def written_apart(project: Project) -> Written:
    """How files of predictions are written."""
    raw, model = project.configuration.source, project.configuration.model
    own = model.predictions.source if model and model.predictions else None
    return own.written_beside(raw) if own else raw.written


def prediction_fields(project: Project, own: OwnPredictions) -> Specification:
    """The two columns of a prediction. A label may be left out where that is one: nothing drawn, nothing ticked."""
    spec = {**project.outputs[project.label], "required": not project.kind.is_label(None)}
    return {own.label: spec, own.probability: PROBABILITY}


def collect_predictions(
    rows: Iterable[tuple[Item, str, Row]], project: Project, own: OwnPredictions, version: str
) -> Brought:
    """The predictions of rows, each with its item and its file. Rows in which both columns are empty have none."""
    specification = prediction_fields(project, own)
    found: dict[str, Prediction] = {}
    rejected: list[RejectedRow] = []
    for item, file, row in rows:
        if not is_predicted(row, own):
            continue
        cells = {name: row.cells.get(name, "") for name in specification}
        parsed = parse_row(Row(row.number, cells, structured=row.structured), specification, file)
        if isinstance(parsed, RejectedRow):
            rejected.append(parsed)
            continue
        try:
            label = read_label(parsed.get(own.label), item, project)
        except BadValueError as error:
            rejected.append(RejectedRow(file, row.number, own.label, str(error)))
            continue
        found[item.item_key] = Prediction(item.item_key, label, float(parsed[own.probability]), version)
    return Brought(tuple(found.values()), tuple(rejected))


def read_label(value: Any, item: Item, project: Project) -> str:
    """The cell of a label that somebody predicts of an item; None stands for one that was left out.

    Raises:
        BadValueError: it is none of the project's kind, or does not fit the item.
    """
    kind = project.kind
    received = kind.receive(value, item.values)
    if received is not None:
        kind.check(received)
    if not kind.is_label(received):
        raise BadValueError(f"{received!r:.80} is no label of the kind {kind.name}")
    return kind.cell(kind.plain(received))
