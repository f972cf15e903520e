"""Where a table begins, and which of its columns are wanted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.characters import is_blank, normalize_text

# What Toloka's own TSV and CSV files put before a column's name.
FORMS = ("", "INPUT:", "GOLDEN:", "OUTPUT:", "HINT:")
# How many rows above the header may be empty or a comment.
MOST_ABOVE = 20


class Header(NamedTuple):
    """The names of a table's columns, which row they are in (the first is 1), and how they are written there."""

    number: int
    names: Sequence[str]
    raw: Sequence[str] = ()

    def count(self, columns: Iterable[str]) -> int:
        """How many of these columns there are."""
        return sum(is_column(self.names, name) for name in columns)


def find_header(rows: Iterator[Sequence[str]], wanted: Sequence[str]) -> Header:
    """The first row that is not empty, and no comment that stands above the header; `rows` goes on behind it."""
    for number, cells in enumerate(rows, start=1):
        header = Header(number, [normalize_text(cell) for cell in cells], cells)
        is_above = all(map(is_blank, cells)) or (cells[0].lstrip().startswith("#") and not header.count(wanted))
        if not is_above or number == MOST_ABOVE:
            return header
    return Header(1, [])


def find_below(rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str]) -> int:
    """The number of a row near the beginning that has all of these columns; 0 if there is none."""
    near = ((number, [normalize_text(cell) for cell in cells]) for number, cells in rows if number <= MOST_ABOVE)
    return next(
        (number for number, names in near if columns and Header(number, names).count(columns) == len(columns)), 0
    )


def find_columns(header: Header, columns: Iterable[str], file: str, read_as: str = "") -> dict[str, int]:
    """The position of each wanted column, whichever form its name has.

    Raises:
        UnreadableFileError: one is missing, or there twice.
    """
    names, positions = header.names, {}
    for column in columns:
        found = [names.index(form + column) for form in FORMS if form + column in names]
        if not found:
            where = f"its header, row {header.number}," if header.number > 1 else "it"
            how = f" (read as {read_as})" if read_as else ""
            raise UnreadableFileError(
                f"{file} has no column {column} (nor INPUT:{column} and the like); {where} has: "
                f"{', '.join(names)[:300]}{how}.{alike(names, column)}"
            )
        if len(found) > 1 or names.count(names[found[0]]) > 1:
            raise UnreadableFileError(f"{file} has more than one column {column}. Keep one of them.")
        positions[column] = found[0]
    return positions


def alike(names: Sequence[str], column: str) -> str:
    """A column that is called nearly so."""
    forms = {(form + column).casefold() for form in FORMS}
    found = next((name for name in names if name.casefold() in forms), None)
    return f" Rename {found} to {column}." if found else ""


def is_column(header: Sequence[str], name: str) -> bool:
    """Whether the header has the column, in whichever form."""
    return any(form + name in header for form in FORMS)
