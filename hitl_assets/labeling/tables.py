"""Rows of CSV and TSV files, and back. Every complaint names the file and the row."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What makes a cell need quotes, and what no CSV file can carry: NUL and half characters.
SPECIAL, UNWRITABLE = re.compile(r'[,"\r\n]'), re.compile(r"[\0\ud800-\udfff]")
# What Toloka's own TSV and CSV files put before a column's name.
FORMS = ("", "INPUT:", "GOLDEN:", "OUTPUT:", "HINT:")


class UnreadableFileError(ValueError):
    """A file that cannot be used at all. The message names the file and what to do."""


@dataclass(frozen=True)
class Row:
    """A row as text: its number (the header is row 1, as a spreadsheet counts), and cells by plain column name."""

    number: int
    cells: Mapping[str, str]
    surplus: int = 0


def read_rows(content: bytes, file: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a CSV file (TSV when its name ends so) as text.

    A column may be plain (`headline`) or in Toloka's form (`INPUT:headline`). An optional one may be absent. Further
    columns are left out.

    Raises:
        UnreadableFileError: not UTF-8, empty, without one of the columns, or not CSV.
    """
    lines = csv.reader(io.StringIO(decode(content, file), newline=""), delimiter=delimiter(file), strict=True)
    csv.field_size_limit(2**31 - 1)  # The default aborts the whole file on one huge cell; we reject that row.
    try:
        header = next(lines, [])
        names = [name.strip() for name in header]
        positions = find_columns(names, [*columns, *(name for name in optional if is_column(names, name))], file)
        for number, cells in enumerate(lines, start=2):
            if cells:
                yield Row(number, pick(cells, positions), surplus=max(0, len(cells) - len(header)))
    except csv.Error as error:
        raise UnreadableFileError(f"{file} is not valid CSV near line {lines.line_num}: {error}.") from error


def read_header(content: bytes, file: str) -> list[str]:
    """The names of all columns of a CSV file, as they stand in it."""
    return next(csv.reader(io.StringIO(decode(content, file), newline=""), delimiter=delimiter(file)), [])


def decode(content: bytes, file: str) -> str:
    """The text of a file, without a byte order mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + len(content) - len(error.object)  # The codec counts from behind the byte order mark.
        line = content.count(b"\n", 0, start) + 1
        raise UnreadableFileError(f"{file} is not UTF-8: row {line}, byte {start}. Save it as UTF-8.") from error
    if not text.strip():
        raise UnreadableFileError(f"{file} is empty. It needs a header row and at least one row.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFileError(f"{file} has a NUL character in row {line}. Save it as plain CSV.")
    return text


def delimiter(file: str) -> str:
    """Tab for TSV, comma for the rest."""
    return "\t" if file.endswith(".tsv") else ","


def find_columns(header: Sequence[str], columns: Iterable[str], file: str) -> dict[str, int]:
    """The position of each wanted column, whichever form its name has."""
    positions: dict[str, int] = {}
    for column in columns:
        found = [header.index(form + column) for form in FORMS if form + column in header]
        if not found:
            raise UnreadableFileError(
                f"{file} has no column {column} (nor INPUT:{column} and the like); it has: {', '.join(header)[:300]}."
            )
        if len(found) > 1 or header.count(header[found[0]]) > 1:
            raise UnreadableFileError(f"{file} has more than one column {column}. Keep one of them.")
        positions[column] = found[0]
    return positions


def is_column(header: Sequence[str], name: str) -> bool:
    """Whether the header has the column, in whichever form."""
    return any(form + name in header for form in FORMS)


def pick(cells: Sequence[str], positions: Mapping[str, int]) -> dict[str, str]:
    """The wanted cells by name; a row that is too short has empty ones."""
    return {name: cells[at] if at < len(cells) else "" for name, at in positions.items()}


def format_value(value: Any) -> str:
    """A value as a cell: text as it is, the rest as JSON, nothing for None. `parse_value` reads it back.

    toloka-kit reads numbers with a fraction as Decimal.
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=float)


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file: UTF-8, a header, `\\n` after each row. `read_rows` reads it back, but for NUL and half characters."""
    lines = (",".join(quote_cell(format_value(value)) for value in row) for row in (columns, *rows))
    return "".join((line or '""') + "\n" for line in lines).encode()


def quote_cell(text: str) -> str:
    """A cell as it stands in a file. Not by `csv.writer`: before Python 3.13 it leaves a lone `\\r` bare, which ends
    the row for every reader."""
    text = UNWRITABLE.sub("\ufffd", text)
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text
