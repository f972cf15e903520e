"""Rows of files that are about items: each names one by its `item_key` or by its input values."""

from hitl_assets.labeling.items.items import Specification, parse_row
from hitl_assets.labeling.records import KEY_FIELD, RejectedRow, Values
from hitl_assets.labeling.tables.tables import Row, format_value
from hitl_assets.labeling.values.identity import Identity, every_key


def find_keys(row: Row, fields: Specification, file: str, identity: Identity) -> frozenset[str] | RejectedRow:
    """The keys of the item that a row is about."""
    key = row.cells.get(KEY_FIELD, "").strip()
    if key:
        return frozenset({key})
    cells = {name: row.cells.get(name, "") for name in fields}
    values = parse_row(Row(row.number, cells, row.surplus, row.faults), fields, file)
    return values if isinstance(values, RejectedRow) else keys_of(values, identity)


def keys_of(values: Values, identity: Identity) -> frozenset[str]:
    """The keys of an item, and those of its values as text: that is what comes back from files."""
    texts = {name: format_value(value) for name, value in values.items() if value not in (None, "")}
    return frozenset({*every_key(values, identity), *every_key(texts, identity)})
