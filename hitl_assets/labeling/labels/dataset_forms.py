"""The dataset in the forms that people train on: CSV as it is, JSON lines and Parquet with the types of the fields."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.records import canonical_json
from hitl_assets.labeling.storage.file_forms import write_lines
from hitl_assets.labeling.tables.spreadsheets import write_safe
from hitl_assets.labeling.tables.tables import read_header, read_rows
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import TEXTUAL, BadValueError, parse_value

FILE = "dataset.csv"
FORMS = ("csv", "jsonl", "parquet")
# The types of the columns that the dataset has beside the fields. All others hold text.
OWN: Specification = {
    "confidence": {"type": "float"},
    "lower_bound": {"type": "float"},
    "votes": {"type": "json"},
    "workers": {"type": "json"},
    "part_confidences": {"type": "json"},
    "partial": {"type": "boolean"},
    "round": {"type": "integer"},
}
UNKNOWN: Specification = {}
# What a field's type is in Arrow; JSON and everything else is text.
ARROW = {"integer": pa.int64(), "float": pa.float64(), "boolean": pa.bool_()}


def convert(content: bytes, form: str, is_spreadsheet: bool, fields: Specification = UNKNOWN) -> tuple[bytes, str]:
    """The dataset in the form that was asked for (one of FORMS), and what there is to say about it.

    `fields` are the project's: their cells get the types of the fields, the text stays where they are not known.
    """
    if form == "jsonl":
        return write_lines(typed_rows(content, fields)), ""
    if form == "parquet":
        return write_parquet(content, fields)
    if is_spreadsheet:
        safe, changed = write_safe(content)
        return (
            safe,
            f"{plural(changed, 'cell has', 'cells have')} an apostrophe in front, or a spreadsheet would run them.",
        )
    return content, ""


def typed_rows(content: bytes, fields: Specification) -> Iterator[dict[str, Any]]:
    """The rows of a dataset.csv, each cell as a value of its field."""
    specs = {**OWN, **fields}
    for row in read_rows(content, FILE, read_header(content, FILE)):
        yield {name: typed(cell, specs.get(name, {})) for name, cell in row.cells.items()}


def typed(cell: str, spec: Mapping[str, Any]) -> Any:
    """A cell as a value of its field; None if it is empty. What doesn't fit, since the field was another one once, or
    the text is too long to be asked about, stays text."""
    kind = str(spec.get("type", "string"))
    if not cell or kind in TEXTUAL:
        return cell or None
    try:
        return parse_value(cell, {"type": kind, "required": False})
    except BadValueError:
        return cell


def write_parquet(content: bytes, fields: Specification) -> tuple[bytes, str]:
    """The dataset as Parquet: integers are int64, floats float64, booleans bool, all else is text, JSON as JSON.

    A column with a cell that doesn't fit its type is text as a whole, which is told.
    """
    rows, specs = list(typed_rows(content, fields)), {**OWN, **fields}
    columns, mixed = {}, []
    for name in read_header(content, FILE):
        wanted = ARROW.get(str(specs.get(name, {}).get("type")), pa.string())
        values = [row[name] for row in rows]
        if wanted != pa.string() and not all(fits(value, wanted) for value in values):
            mixed.append(name)
            wanted = pa.string()
        columns[name] = pa.array([as_text(v) for v in values] if wanted == pa.string() else values, wanted)
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue(), f"Text, since not all cells fit the type: {', '.join(mixed)}." if mixed else ""


def fits(value: Any, wanted: pa.DataType) -> bool:
    """Whether a value is one of the type; nothing always is."""
    if value is None or wanted == pa.bool_():
        return value is None or isinstance(value, bool)
    if wanted == pa.float64():
        return isinstance(value, float)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def as_text(value: Any) -> str | None:
    """A value of a text column: JSON where it is no text."""
    return value if value is None or isinstance(value, str) else canonical_json(value)
