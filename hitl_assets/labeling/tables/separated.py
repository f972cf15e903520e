"""Rows of text files with separators: which one it is, how cells are quoted, and what stands where when that fails."""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hitl_assets.labeling.tables.headers import MOST_ABOVE, Header, find_header
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.written import Written

NAMES: Mapping[str, str] = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Excel's own line, which it does not show: `sep=;`.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
# A backslash that means something else than a quote.
OTHER_BACKSLASH = re.compile(r'\\[^"\\]|\\$')

csv.field_size_limit(2**31 - 1)  # The default aborts the whole file on one huge cell; we reject that row.


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    separator: str
    quotes: str = "doubled"

    @property
    def options(self) -> Mapping[str, Any]:
        """For `csv.reader`."""
        quoting: Mapping[str, Mapping[str, Any]] = {
            "doubled": {},
            "backslash": {"escapechar": "\\", "doublequote": False},
            "none": {"quoting": csv.QUOTE_NONE},
            "spaced": {"skipinitialspace": True},
        }
        return {"delimiter": self.separator, **quoting[self.quotes]}

    def __str__(self) -> str:
        how = {
            "doubled": "",
            "backslash": ", quotes behind backslashes",
            "none": ", quotes are text",
            "spaced": ", spaces behind them",
        }
        return f"separated by {NAMES.get(self.separator, repr(self.separator))}{how[self.quotes]}"


def read_separated(
    text: str, file: str, columns: Sequence[str], optional: Sequence[str], written: Written
) -> tuple[Dialect, Header, list[list[str]]]:
    """How the file is written, its header, and the cells of all rows behind it.

    The separator is the one by which the wanted columns are there; a comma (in TSV a tab) if that says nothing.

    Raises:
        UnreadableFileError: a quote is where none may be.
    """
    line = SEPARATOR_LINE.match(text)
    own = "\t" if file.lower().endswith((".tsv", ".tab")) else ","
    separators = [line[1]] if line else list(dict.fromkeys([own, *NAMES]))
    text = text[line.end() :] if line else text
    headers = {each: header_by(text, each, [*columns, *optional], written) for each in separators}

    def fit(separator: str) -> tuple[bool, int]:
        header = headers[separator]
        return header.count(columns) == len(columns), header.count([*columns, *optional])

    best = max(separators, key=fit)
    if fit(best)[1] == 0:  # None of the columns is there: most of them are shown.
        best = max(separators, key=lambda each: len(headers[each].found))
    quotes = "spaced" if is_spaced(text, best, headers[best]) else "doubled"
    dialect, rows = read_quoted(text, file, Dialect(best, quotes), headers[best])
    return dialect, headers[best], rows


def is_spaced(text: str, separator: str, header: Header) -> bool:
    """Whether a space follows each separator of the header, and quotes may stand behind one."""
    is_header = len(header.raw) > 1 and all(cell.startswith(" ") for cell in header.raw[1:])
    return is_header and f'{separator} "' in text


def header_by(text: str, separator: str, wanted: Sequence[str], written: Written) -> Header:
    """The header, if this is the separator."""
    return find_header(csv.reader(io.StringIO(text, newline=""), delimiter=separator), wanted, written)


def find_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The first rows of a text by every separator, to look for a header: their numbers and cells."""
    for separator in NAMES:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        yield from itertools.islice(enumerate(rows, start=1), MOST_ABOVE)


def read_quoted(text: str, file: str, dialect: Dialect, header: Header) -> tuple[Dialect, list[list[str]]]:
    """The rows behind the header; by another way of quoting where the usual one fails and the other one fits."""
    try:
        return dialect, list(read_strict(text, file, dialect, header.number))
    except UnreadableFileError as error:
        for quotes, may_be in (("backslash", is_backslashed(text)), ("none", dialect.separator == "\t")):
            other = replace(dialect, quotes=quotes)
            rows = read_even(text, file, other, header) if may_be else None
            if rows is not None:
                return other, rows
        raise error from None


def read_strict(text: str, file: str, dialect: Dialect, header: int) -> Iterator[list[str]]:
    """The cells of each row behind the header."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, **dialect.options)
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            if number > header:
                yield cells
    except csv.Error as error:
        is_open = "unexpected end" in str(error)
        what = "a quote is opened and never closed" if is_open else "a quote stands inside of a quoted cell"
        raise UnreadableFileError(
            f"{file} is not valid CSV in row {number + 1} (line {lines.line_num}): {what}. Write two quotes for one "
            "inside of a cell that has quotes around it."
        ) from error


def read_even(text: str, file: str, dialect: Dialect, header: Header) -> list[list[str]] | None:
    """The rows, if each has as many cells as the header, and none looks as if it had quotes around it; else None."""
    try:
        rows = list(read_strict(text, file, dialect, header.number))
    except UnreadableFileError:
        return None
    cells = itertools.chain.from_iterable(rows) if dialect.quotes == "none" else ()
    is_quoted = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)
    is_even = all(len(row) == len(header.found) for row in rows if row)
    return rows if is_even and not is_quoted else None


def is_backslashed(text: str) -> bool:
    """Whether backslashes stand before quotes, and nowhere else."""
    return '\\"' in text and not OTHER_BACKSLASH.search(text)
