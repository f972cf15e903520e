"""A CSV file for a spreadsheet: no cell of it is run as a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence

from hitl_assets.labeling.tables.tables import quote_cell

# What a spreadsheet takes for a formula: OWASP's list for CSV injection, with the full-width forms, also behind spaces.
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write_safe(lines: Iterable[Sequence[str]]) -> Iterator[tuple[bytes, int]]:
    """Each line as CSV, with an apostrophe before each cell that a spreadsheet would run, and how many those are.

    Plain numbers stay as they are. A byte order mark goes first: Excel takes the file for UTF-8 then.
    """
    yield BYTE_ORDER_MARK, 0
    for cells in lines:
        dangerous = [is_run(cell) for cell in cells]
        safe = (f"'{cell}" if is_dangerous else cell for cell, is_dangerous in zip(cells, dangerous, strict=True))
        line = ",".join(map(quote_cell, safe)) or '""'
        yield f"{line}\n".encode(), sum(dangerous)


def is_run(cell: str) -> bool:
    """Whether a spreadsheet might run a cell."""
    return FORMULA.match(cell) is not None and NUMBER.fullmatch(cell) is None
