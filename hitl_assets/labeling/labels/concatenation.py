"""One dataset out of what was labeled before and every batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.labeling.items.items import Specification, parse_row
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import Label, RejectedRow, Values
from hitl_assets.labeling.tables.tables import format_value, read_table
from hitl_assets.labeling.values.values import BadValueError
from hitl_assets.labeling.written import USUAL, Written

# Where the label of a row is from that no batch brought.
BEFORE = "before"


@dataclass(frozen=True)
class LabeledRow:
    """One row of the dataset: input values, label, and where the label is from (see `Label`)."""

    values: Values
    label: Any
    source: str
    batch: str = ""
    item_key: str = ""
    confidence: float | None = None
    partial: bool = False
    votes: Mapping[str, int] = field(default_factory=dict)
    workers: tuple[str, ...] = ()
    pool_id: str = ""
    round: int = 0
    model: str = ""
    method: str = ""
    lower_bound: float = 0.0
    part_confidences: tuple[float, ...] = ()


def read_labeled(
    files: Mapping[str, bytes],
    inputs: Specification,
    kind: Kind,
    written: Written = USUAL,
) -> tuple[tuple[LabeledRow, ...], tuple[RejectedRow, ...]]:
    """The rows of files that hold what was labeled before, and the rows that are no such thing."""
    fields = {**inputs, kind.field: {**kind.spec, "required": True}}
    required = [name for name, spec in fields.items() if spec.get("required", True)]
    optional = [name for name in fields if name not in required]
    rows: list[LabeledRow] = []
    rejected: list[RejectedRow] = []
    for file in sorted(files):
        for row in read_table(files[file], file, required, optional, written).rows:
            parsed = parse_row(row, fields, file)
            if isinstance(parsed, RejectedRow):
                rejected.append(parsed)
            else:
                values = {name: value for name, value in parsed.items() if name != kind.field}
                try:
                    label = kind.receive(parsed[kind.field], values)
                    kind.check(label)
                except BadValueError as error:
                    rejected.append(RejectedRow(file, row.number, kind.field, str(error)))
                else:
                    rows.append(LabeledRow(values, kind.cell(label), BEFORE))
    return tuple(rows), tuple(rejected)


def concatenate(before: Sequence[LabeledRow], batches: Mapping[str, Sequence[Label]]) -> tuple[LabeledRow, ...]:
    """What was labeled before as it was, then each batch's labels in the order of `batches`, but for those that are
    held back."""
    labels = ((batch, label) for batch, every in batches.items() for label in every if not label.held_back)
    return (*before, *(row_of(batch, label) for batch, label in labels))


def row_of(batch: str, label: Label) -> LabeledRow:
    """The row of a batch's label."""
    return LabeledRow(
        values=label.values,
        label=label.label,
        source=label.source,
        batch=batch,
        item_key=label.item_key,
        confidence=label.confidence,
        partial=label.partial,
        votes=label.votes,
        workers=label.workers,
        pool_id=label.pool_id,
        round=label.round,
        model=label.model,
        method=label.method,
        lower_bound=label.lower_bound,
        part_confidences=label.part_confidences,
    )


@dataclass(frozen=True)
class Delta:
    """What a dataset has and an earlier one had not, and the other way round; and whose label is another one."""

    added: int
    removed: int
    changed: int


def compare(earlier: Sequence[LabeledRow], later: Sequence[LabeledRow], kind: Kind) -> Delta:
    """What is new. A row is known by its item, or by its values where it was labeled before us.

    Values are compared as text: that is what comes back from storage. Labels are, as their kind compares them.
    """
    had, has = index(earlier, kind), index(later, kind)
    both = had.keys() & has.keys()
    # Equal rows may be there more than once among those that were labeled before.
    added = sum(max(0, len(has[key]) - len(had.get(key, []))) for key in has)
    removed = sum(max(0, len(had[key]) - len(has.get(key, []))) for key in had)
    alike = (all(map(kind.is_same, had[key], has[key])) for key in both if len(had[key]) == len(has[key]))
    return Delta(added, removed, sum(not each for each in alike))


def count_labeled_before(rows: Sequence[LabeledRow]) -> int:
    """How many rows of batches have the values of a row that was labeled before the first batch, as text."""
    before = {text_of(row) for row in rows if row.source == BEFORE}
    return sum(text_of(row) in before for row in rows if row.source != BEFORE)


def text_of(row: LabeledRow) -> tuple[str, ...]:
    """The values of a row as text, without those that are not there."""
    return tuple(format_value(value) for value in row.values.values() if value not in (None, ""))


def index(rows: Sequence[LabeledRow], kind: Kind) -> Mapping[Any, list[str]]:
    """The labels of each item, sorted."""
    found: dict[Any, list[str]] = {}
    for row in rows:
        key = row.item_key or text_of(row)
        found.setdefault(key, []).append(kind.cell(row.label))
    return {key: sorted(labels) for key, labels in found.items()}
