"""A CSV file for a spreadsheet: no cell of it is run as a formula."""

import csv
import io
import re

from hitl_assets.labeling.tables.tables import quote_cell

# What a spreadsheet takes for a formula: OWASP's list for CSV injection, with the full-width forms, also behind spaces.
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write_safe(content: bytes) -> tuple[bytes, int]:
    """The CSV file with an apostrophe before each cell that a spreadsheet would run, and how many those are.

    Plain numbers stay as they are. A byte order mark goes first: Excel takes the file for UTF-8 then.
    """
    changed = 0
    lines = []
    csv.field_size_limit(2**31 - 1)
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True):
        dangerous = [is_run(cell) for cell in row]
        changed += sum(dangerous)
        cells = (f"'{cell}" if is_dangerous else cell for cell, is_dangerous in zip(row, dangerous, strict=True))
        lines.append(",".join(map(quote_cell, cells)) or '""')
    return BYTE_ORDER_MARK + "".join(f"{line}\n" for line in lines).encode(), changed


def is_run(cell: str) -> bool:
    """Whether a spreadsheet might run a cell."""
    return FORMULA.match(cell) is not None and NUMBER.fullmatch(cell) is None
