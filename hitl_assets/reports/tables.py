"""Tables, and text from outside in them: cut, escaped, storable."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.labeling.tables.tables import UNWRITABLE

Metadata = Mapping[str, Any]
ROWS = 20
LONGEST_CELL = 200


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> dg.TableMetadataValue:
    """Rows as the UI shows them."""
    names = [name for name, _ in columns]
    schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in columns])
    records = [dg.TableRecord(dict(zip(names, map(cell, row), strict=True))) for row in rows]
    return dg.MetadataValue.table(records, schema)


def count_table(name: str, unit: str, counts: Counter[str]) -> dg.TableMetadataValue:
    """How often there is what: in alphabetical order, the most frequent ones if there are many."""
    return table([(name, "string"), (unit, "int")], sorted(counts.most_common(ROWS)))


def cell(value: Any) -> Any:
    """A cell as it can be stored and shown: a long text cut, without half characters. The UI shows text as text."""
    if not isinstance(value, str):
        return value
    text = UNWRITABLE.sub("\ufffd", value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}... ({len(text)} characters)"


def shown(values: Mapping[str, Any]) -> str:
    """Input values in one short line."""
    return " | ".join(str(value)[:120] for value in values.values())[:120]


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table; what comes from outside cannot leave its cell."""
    if not rows:
        return "none"
    names = list(rows[0])
    lines = [[escape(row.get(name)) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in [names, ["---"] * len(names), *lines])


def escape(value: Any) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    text = "" if value is None else str(cell(str(value)))
    for character, entity in {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.items():
        text = text.replace(character, entity)
    for character in "\\`*_[]()|#!":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
