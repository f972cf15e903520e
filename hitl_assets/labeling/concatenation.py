"""One dataset out of what was labeled before and every batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.items import Specification, parse_row
from hitl_assets.labeling.records import Label, RejectedRow, Values
from hitl_assets.labeling.tables import read_rows

# Where a row's label is from.
BEFORE, CROWD = "before", "crowd"


@dataclass(frozen=True)
class LabeledRow:
    """One row of the dataset: input values, label, and where the label is from."""

    values: Values
    label: Any
    source: str
    batch: str = ""
    item_key: str = ""
    confidence: float | None = None
    partial: bool = False


def read_labeled(
    files: Mapping[str, bytes], inputs: Specification, label: str, answers: Specification
) -> tuple[tuple[LabeledRow, ...], tuple[RejectedRow, ...]]:
    """The rows of files that hold what was labeled before, and the rows that are no such thing."""
    fields = {**inputs, label: {**answers[label], "required": True}}
    rows: list[LabeledRow] = []
    rejected: list[RejectedRow] = []
    for file in sorted(files):
        for row in read_rows(files[file], file, list(fields)):
            parsed = parse_row(row, fields, file)
            if isinstance(parsed, RejectedRow):
                rejected.append(parsed)
            else:
                values = {name: value for name, value in parsed.items() if name != label}
                rows.append(LabeledRow(values, parsed[label], BEFORE))
    return tuple(rows), tuple(rejected)


def concatenate(before: Sequence[LabeledRow], batches: Mapping[str, Sequence[Label]]) -> tuple[LabeledRow, ...]:
    """What was labeled before as it was, then each batch's labels in the order of `batches`."""
    rows = list(before)
    for batch, labels in batches.items():
        rows += [
            LabeledRow(label.values, label.label, CROWD, batch, label.item_key, label.confidence, label.partial)
            for label in labels
        ]
    return tuple(rows)
