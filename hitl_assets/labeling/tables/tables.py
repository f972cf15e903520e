"""Rows of tables as text: CSV and TSV, workbooks, JSON lines; and CSV back. Every complaint names the file and the
row."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hitl_assets.labeling.tables.encodings import decode
from hitl_assets.labeling.tables.headers import Header, find_below, find_columns, is_column
from hitl_assets.labeling.tables.json_rows import read_objects
from hitl_assets.labeling.tables.separated import find_rows, read_separated
from hitl_assets.labeling.tables.unreadable import UnreadableFileError as UnreadableFileError
from hitl_assets.labeling.values.characters import is_blank
from hitl_assets.labeling.values.identity import convert
from hitl_assets.labeling.written import USUAL, Written

if TYPE_CHECKING:
    from hitl_assets.labeling.tables.workbooks import Sheet

# What makes a cell need quotes, and what no CSV file can carry: NUL and half characters.
SPECIAL, UNWRITABLE = re.compile(r'[,"\r\n]'), re.compile(r"[\0\ud800-\udfff]")
# What is no table, by how it begins: for the message that a column is missing.
OTHERS = {
    "[": "a table, and begins like JSON: write an object a line, in a file named .jsonl",
    "{": "a table, and begins like JSON: write an object a line, in a file named .jsonl",
    "<": "a table, and begins like a web page: save it as CSV UTF-8",
}
WORKBOOK = b"PK\x03\x04"
LINES_OF_JSON = (".jsonl", ".ndjson")


class Row(NamedTuple):
    """A row as text: its number (the first is row 1, as a spreadsheet counts), and cells by plain column name.

    `surplus`: how many cells that are not empty stand behind the last column. `faults`: what is wrong with the whole
    row (under an empty name) or a cell of it. `structured`: of JSON, the cells that are no text and no number.
    """

    number: int
    cells: Mapping[str, str]
    surplus: int = 0
    faults: Mapping[str, str] = {}
    structured: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """The rows of a file behind its header, and as what it was read."""

    rows: Sequence[Row]
    read_as: str


def read_rows(content: bytes, file: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a file as text: see `read_table`."""
    return iter(read_table(content, file, columns, optional).rows)


def read_table(
    content: bytes, file: str, columns: Sequence[str], optional: Sequence[str] = (), written: Written = USUAL
) -> Table:
    """The rows of a file: XLSX by its first bytes, JSON lines by its name (`.jsonl`, `.ndjson`), else a table with
    separators.

    A column may be plain (`headline`) or in Toloka's form (`INPUT:headline`), or called as `written` says. An optional
    one may be absent. Further columns are left out.

    Raises:
        UnreadableFileError: of unknown encoding, empty, without one of the columns, or no table.
    """
    if content.startswith(WORKBOOK):
        from hitl_assets.labeling.tables.workbooks import read_workbook

        return table_of_sheet(read_workbook(content, file, columns, optional, written), file, columns, optional)
    text, name = decode(content, file, written.encoding)
    if file.lower().endswith(LINES_OF_JSON):
        return Table(list(rows_of_objects(text, file, columns, optional, written)), f"JSON lines, {name}")
    dialect, header, rows = read_separated(text, file, columns, optional, written)
    read_as = f"{dialect}, {name}"
    other = next((what for start, what in OTHERS.items() if text.lstrip().startswith(start)), read_as)
    positions = positions_in(header, file, columns, optional, other, find_rows(text))
    behind = enumerate(rows, start=header.number + 1)
    return Table([row_of(number, cells, header, positions) for number, cells in behind if cells], read_as)


def table_of_sheet(sheet: "Sheet", file: str, columns: Sequence[str], optional: Sequence[str]) -> Table:
    """The rows of a sheet. Those without anything in them are none."""
    read_as = f"XLSX, sheet {sheet.name}"
    positions = positions_in(sheet.header, file, columns, optional, read_as, ((n, cells) for n, cells, _ in sheet.rows))
    found = [
        row_of(number, cells, sheet.header, positions, faults)
        for number, cells, faults in sheet.rows
        if cells or faults
    ]
    return Table(found, read_as)


def rows_of_objects(
    text: str, file: str, columns: Sequence[str], optional: Sequence[str], written: Written
) -> Iterator[Row]:
    """The rows of JSON lines; a name that an object lacks is an empty cell."""
    objects = read_objects(text, file)
    whole = header_of_objects(objects, written)
    meant = [*columns, *filter(whole.is_meant, optional)]
    find_columns(whole, [name for name in meant if not is_column(whole.names, name)], file, "JSON lines")
    for number, found in objects:
        if isinstance(found, str):
            yield Row(number, dict.fromkeys(columns, ""), faults={"": found})
            continue
        header, values = Header(number, list(found), (), written), list(found.values())
        wanted = [name for name in (*columns, *optional) if is_column(header.names, name)]
        positions = find_columns(header, wanted, file)
        cells = {name: format_value(values[at]) for name, at in positions.items()}
        structured = {name for name, at in positions.items() if isinstance(values[at], bool | list | dict)}
        yield Row(number, {**dict.fromkeys(columns, ""), **cells}, structured=frozenset(structured))


def header_of_objects(objects: Iterable[tuple[int, Mapping[str, Any] | str]], written: Written) -> Header:
    """All names that objects have."""
    names = (name for _, found in objects if not isinstance(found, str) for name in found)
    return Header(1, list(dict.fromkeys(names)), (), written)


def positions_in(
    header: Header,
    file: str,
    columns: Sequence[str],
    optional: Sequence[str],
    read_as: str,
    rows: Iterable[tuple[int, Sequence[str]]],
) -> dict[str, int]:
    """Where the wanted columns are. `rows` may have them where the header has not: that is told."""
    present = [*filter(header.is_meant, optional)]
    try:
        return find_columns(header, [*columns, *present], file, "" if read_as == COMMON else read_as)
    except UnreadableFileError as error:
        number = find_below(rows, columns, header.written)
        hint = f" Row {number} looks like the header: remove the rows above it." if number else ""
        raise UnreadableFileError(f"{error}{hint}") from None


COMMON = "separated by commas, UTF-8"


def row_of(
    number: int,
    cells: Sequence[str],
    header: Header,
    positions: Mapping[str, int],
    faults: Mapping[int, str] = {},  # never changed
) -> Row:
    """The wanted cells by name; a row that is too short has empty ones. Empty cells behind the header are none."""
    found = {name: faults[at] for name, at in positions.items() if at in faults} if faults else {}
    if cells == header.found:
        found[""] = "the header a second time"
    surplus = sum(not is_blank(cell) for cell in cells[len(header.found) :]) if len(cells) > len(header.found) else 0
    return Row(number, pick(cells, positions), surplus, found)


def read_header(content: bytes, file: str, written: Written = USUAL) -> list[str]:
    """The names of all columns of a table, as the project calls them."""
    if content.startswith(WORKBOOK):
        from hitl_assets.labeling.tables.workbooks import read_workbook

        return list(read_workbook(content, file, [], [], written).header.names)
    text, _ = decode(content, file, written.encoding)
    if file.lower().endswith(LINES_OF_JSON):
        return list(header_of_objects(read_objects(text, file), written).names)
    return list(read_separated(text, file, [], [], written)[1].names)


def has_columns(content: bytes, file: str, names: Iterable[str], written: Written = USUAL) -> bool:
    """Whether a table has these columns. One that cannot be read has none."""
    try:
        header = read_header(content, file, written)
    except UnreadableFileError:
        return False
    return all(is_column(header, name) for name in names)


def renamed_columns(content: bytes, file: str, written: Written) -> dict[str, str]:
    """The columns of a table that have another name in the project, and that name."""
    try:
        names = read_header(content, file, Written(written.encoding)) if written.columns else []
    except UnreadableFileError:
        return {}
    return {name: field for name in names if (field := written.field_of(name)) != name}


def pick(cells: Sequence[str], positions: Mapping[str, int]) -> dict[str, str]:
    """The wanted cells by name; a row that is too short has empty ones."""
    return {name: cells[at] if at < len(cells) else "" for name, at in positions.items()}


def format_value(value: Any) -> str:
    """A value as a cell: text as it is, the rest as JSON, nothing for None. `parse_value` reads it back.

    Equal values are the same text: names are sorted, and 1.0 is 1. toloka-kit reads numbers with a fraction as Decimal.
    """
    if value is None or isinstance(value, str):
        return value or ""
    plain = convert(value, str)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, default=float)


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file: UTF-8, a header, `\\n` after each row. `read_rows` reads it back, but for NUL and half characters."""
    lines = (",".join(quote_cell(format_value(value)) for value in row) for row in (columns, *rows))
    return "".join((line or '""') + "\n" for line in lines).encode()


def quote_cell(text: str) -> str:
    """A cell as it stands in a file. Not by `csv.writer`: before Python 3.13 it leaves a lone `\\r` bare, which ends
    the row for every reader."""
    text = UNWRITABLE.sub("\ufffd", text)
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text
