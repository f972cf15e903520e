"""Labels and the dataset as files in Pachyderm, with where each label comes from."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from typing_extensions import Self

from hitl_assets.labeling.aggregation.batch_calibration import CALIBRATION, StoredCalibration
from hitl_assets.labeling.aggregation.knowledge import Records, read_records, write_records
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.decisions import Audited
from hitl_assets.labeling.model.audits import AuditResult
from hitl_assets.labeling.records import KEY_FIELD, Label, Prediction, UnlabeledItem
from hitl_assets.labeling.storage.file_forms import field_names, header_of, read_unlabeled
from hitl_assets.labeling.storage.files import Files
from hitl_assets.labeling.tables.tables import read_rows, write_rows

# What labels and rows of the dataset say of where they are from, beside confidence and source; and how it is read.
ORIGIN: Mapping[str, Callable[[str], Any]] = {
    "votes": json.loads,
    "workers": lambda text: tuple(json.loads(text)),
    "pool_id": str,
    "partial": "true".__eq__,
    "round": int,
    "model": str,
    "method": str,
    "lower_bound": float,
    "part_confidences": lambda text: tuple(json.loads(text)),
}
# The dataset, and the folder with what a project wants it to be written as, too.
DATASET, EXPORTS = "dataset.csv", "exports/"
AUDIT = (KEY_FIELD, "predicted", "probability", "model", "label", "confidence")
AUDIT_RESULT = "audit.json"
# Older versions did not write these columns.
AUDIT_SINCE = ("asked_again", "is_strange", "agrees", "kind")


@dataclass(frozen=True)
class StoredLabels:
    """A batch's labels and what was learned on the way.

    `labels.csv`: item_key, the input fields, label, confidence, source, votes and workers (JSON), pool_id, partial,
    round, model, method, lower_bound, part_confidences (where labels have any), held_back. `unlabeled.csv`: item_key,
    the input fields, votes, votes_needed. `workers.csv`: what the batch shows of each worker. `audit.csv`: the model's
    predictions that people looked at, with their label. `calibration.json`: what confidence was worth when these labels
    were made. `audit.json`: what was found of the model; older versions did not write it.
    """

    labels: tuple[Label, ...]
    unlabeled: tuple[UnlabeledItem, ...] = ()
    records: Records = field(default_factory=dict)
    audited: tuple[Audited, ...] = ()
    calibration: StoredCalibration | None = None
    audit: AuditResult | None = None

    def to_files(self) -> Files:
        """Content by file name."""
        names = field_names(label.values for label in self.labels)
        columns = [KEY_FIELD, *names, "label", "confidence", "source", *origin_of(self.labels), "held_back"]
        rows = (
            [getattr(label, name) if name not in names else label.values.get(name) for name in columns]
            for label in self.labels
        )
        asked = field_names(item.values for item in self.unlabeled)
        missing = (
            [item.item_key, *(item.values.get(name) for name in asked), item.answers, item.needed]
            for item in self.unlabeled
        )
        return {
            "labels.csv": write_rows(columns, rows),
            "unlabeled.csv": write_rows([KEY_FIELD, *asked, "votes", "votes_needed"], missing),
            "workers.csv": write_records(self.records),
            "audit.csv": write_audit(self.audited),
            **({CALIBRATION: self.calibration.to_json()} if self.calibration else {}),
            **({AUDIT_RESULT: json.dumps(asdict(self.audit), indent=2).encode() + b"\n"} if self.audit else {}),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote; input values come back as text."""
        labels = read_labels(files["labels.csv"])
        return cls(
            labels,
            read_unlabeled(files.get("unlabeled.csv")),
            read_records(files["workers.csv"]) if "workers.csv" in files else {},
            read_audit(files["audit.csv"], labels) if "audit.csv" in files else (),
            StoredCalibration.from_files(files) if CALIBRATION in files else None,
            AuditResult(**json.loads(files[AUDIT_RESULT])) if AUDIT_RESULT in files else None,
        )


@dataclass(frozen=True)
class StoredDataset:
    """`dataset.csv`: the input fields, the label under its field's name, then source, batch (the commit of the raw
    data), item_key, confidence, votes and workers (JSON), pool_id, partial, round, model, method, lower_bound, and
    part_confidences where labels have any.
    `exports/<form>/...`: the same in the forms that the project wants."""

    rows: tuple[LabeledRow, ...]
    label: str
    exports: Files = field(default_factory=dict)

    def to_files(self) -> Files:
        """Content by file name."""
        return {DATASET: self.table, **{f"{EXPORTS}{name}": content for name, content in self.exports.items()}}

    @property
    def table(self) -> bytes:
        """The rows as CSV."""
        names = field_names(row.values for row in self.rows)
        own = ["source", "batch", KEY_FIELD, "confidence", *origin_of(self.rows)]
        rows = (
            [*(row.values.get(name) for name in names), row.label, *(getattr(row, name) for name in own)]
            for row in self.rows
        )
        return write_rows([*names, self.label, *own], rows)

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote, without the exports; values come back as text."""
        columns = header_of(files[DATASET])
        last = columns.index("source") - 1  # No field may have that name.
        names, label = columns[:last], columns[last]
        rows = (row.cells for row in read_rows(files[DATASET], DATASET, columns))
        return cls(
            tuple(
                LabeledRow(
                    values={name: cells[name] for name in names},
                    label=cells[label],
                    source=cells["source"],
                    batch=cells["batch"],
                    item_key=cells[KEY_FIELD],
                    confidence=float(cells["confidence"]) if cells["confidence"] else None,
                    **read_origin(cells),
                )
                for cells in rows
            ),
            label,
        )


def origin_of(labeled: Iterable[Label | LabeledRow]) -> list[str]:
    """The columns that say where labels are from. Most kinds of labels have no parts."""
    has_parts = any(each.part_confidences for each in labeled)
    return [name for name in ORIGIN if name != "part_confidences" or has_parts]


def read_labels(content: bytes) -> tuple[Label, ...]:
    """The labels of a `labels.csv`; input values come back as text."""
    columns = header_of(content)
    inputs = columns[1 : columns.index("label")]  # No input may have that name.
    return tuple(
        Label(
            item_key=cells[KEY_FIELD],
            values={name: cells[name] for name in inputs},
            label=cells["label"],
            confidence=float(cells["confidence"]),
            source=cells.get("source", "crowd"),
            held_back=cells.get("held_back") == "true",
            **read_origin(cells),
        )
        for cells in (row.cells for row in read_rows(content, "labels.csv", columns))
    )


def read_origin(cells: Mapping[str, str]) -> dict[str, Any]:
    """Where a label is from, as far as it is there: files of earlier versions lack the later columns."""
    return {name: read(cells[name]) for name, read in ORIGIN.items() if name in cells}


def write_audit(audited: tuple[Audited, ...]) -> bytes:
    """The audited predictions as CSV."""
    rows = (
        [
            *(p.item_key, p.label, p.probability, p.model, label.label, label.confidence),
            *(each.asked_again, each.is_strange, each.is_confirmed, each.kind),
        ]
        for p, label, each in ((each.prediction, each.label, each) for each in audited)
    )
    return write_rows((*AUDIT, *AUDIT_SINCE), rows)


def read_audit(content: bytes, labels: Iterable[Label]) -> tuple[Audited, ...]:
    """The audited predictions that `write_audit` wrote, with their labels."""
    by_key = {label.item_key: label for label in labels}
    rows = (row.cells for row in read_rows(content, "audit.csv", AUDIT, AUDIT_SINCE))
    return tuple(
        Audited(
            Prediction(cells[KEY_FIELD], cells["predicted"], float(cells["probability"]), cells["model"]),
            by_key[cells[KEY_FIELD]],
            cells.get("asked_again", "true") == "true",
            cells.get("is_strange") == "true",
            cells["agrees"] == "true" if "agrees" in cells else None,
            cells.get("kind", ""),
        )
        for cells in rows
        if cells[KEY_FIELD] in by_key
    )
