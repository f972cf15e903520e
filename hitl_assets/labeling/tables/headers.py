"""Where a table begins, and which of its columns are wanted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.characters import is_blank, normalize_text
from hitl_assets.labeling.written import FORMS, USUAL, Written, as_mapping, split_form

# How many rows above the header may be empty or a comment.
MOST_ABOVE = 20


@dataclass(frozen=True)
class Header:
    """The names of a table's columns as they stand in it, which row they are in (the first is 1), and what they are to
    the project. `raw` are the cells."""

    number: int
    found: Sequence[str]
    raw: Sequence[str] = ()
    written: Written = USUAL

    @cached_property
    def names(self) -> Sequence[str]:
        """The names that the project has for the columns, where it has its own."""
        return [self.written.field_of(name) for name in self.found] if self.written.columns else self.found

    def count(self, columns: Iterable[str]) -> int:
        """How many of these columns there are."""
        return sum(is_column(self.names, name) for name in columns)

    def is_meant(self, column: str) -> bool:
        """Whether the column is there, or one that `columns` nearly names: that is a mistake, and no absence."""
        if is_column(self.names, column):
            return True
        return bool(self.written.names_of(column) and self.written.alike(self.found, column))


def find_header(rows: Iterator[Sequence[str]], wanted: Sequence[str], written: Written = USUAL) -> Header:
    """The first row that is not empty, and no comment that stands above the header; `rows` goes on behind it."""
    for number, cells in enumerate(rows, start=1):
        header = Header(number, [normalize_text(cell) for cell in cells], cells, written)
        is_above = all(map(is_blank, cells)) or (cells[0].lstrip().startswith("#") and not header.count(wanted))
        if not is_above or number == MOST_ABOVE:
            return header
    return Header(1, [])


def find_below(rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], written: Written = USUAL) -> int:
    """The number of a row near the beginning that has all of these columns; 0 if there is none."""
    near = ((number, [normalize_text(cell) for cell in cells]) for number, cells in rows if number <= MOST_ABOVE)
    return next(
        (
            number
            for number, found in near
            if columns and Header(number, found, (), written).count(columns) == len(columns)
        ),
        0,
    )


def find_columns(header: Header, columns: Iterable[str], file: str, read_as: str = "") -> dict[str, int]:
    """The position of each wanted column, whichever form its name has.

    Raises:
        UnreadableFileError: one is missing, or there twice.
    """
    names, positions = header.names, {}
    for column in columns:
        forms = [form + column for form in FORMS]
        found = [place for place, name in enumerate(names) if name in forms]
        if not found:
            raise UnreadableFileError(describe_missing(header, column, file, read_as))
        if len(found) > 1:
            of = f" ({', '.join(header.found[place] for place in found)})" if header.written.columns else ""
            raise UnreadableFileError(f"{file} has more than one column {column}{of}. Keep one of them.")
        positions[column] = found[0]
    return positions


def describe_missing(header: Header, column: str, file: str, read_as: str) -> str:
    """That a file lacks a column, which ones it has, and what to do if one of them may be meant."""
    where = f"its header, row {header.number}," if header.number > 1 else "it"
    how = f" (read as {read_as})" if read_as else ""
    other = "".join(f"nor {name}, " for name in header.written.names_of(column))
    return (
        f"{file} has no column {column} ({other}nor INPUT:{column} and the like); {where} has: "
        f"{', '.join(header.found)[:300]}{how}.{suggest(header, column)}"
    )


def suggest(header: Header, column: str) -> str:
    """What to do about a column that is called nearly so."""
    found = header.written.alike(header.found, column)
    if not found:
        return ""
    mapping = as_mapping(split_form(found)[1], column)
    return f" Rename {found} to {column}, or map it in the project's YAML: source: {{{mapping}}}."


def is_column(header: Sequence[str], name: str) -> bool:
    """Whether the header has the column, in whichever form."""
    return any(form + name in header for form in FORMS)
