"""Rows of XLSX workbooks, as text: what a person sees in the cell, dates in ISO's form."""

import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hitl_assets.labeling.tables.headers import Header, find_header
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.written import Written

# Unpacked. More is an attack, or nothing for a sheet.
MOST_BYTES = 1 << 30
# What openpyxl lets through of a file that is damaged.
DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, zlib.error, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, OSError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
ZEROS = re.compile("0+")
# A spreadsheet keeps 15 digits of a number.
ROUNDED = 10**15


class Sheet(NamedTuple):
    """A sheet: its name, its header, and for each row its number, its cells, and what is wrong with some of them (by
    position)."""

    name: str
    header: Header
    rows: list[tuple[int, list[str], Mapping[int, str]]]


def read_workbook(
    content: bytes, file: str, columns: Sequence[str], optional: Sequence[str], written: Written
) -> Sheet:
    """The sheet that has the columns.

    Raises:
        UnreadableFileError: it is damaged, or more than one sheet has them.
    """
    try:
        check_size(content, file)
        sheets = list(read_sheets(content, [*columns, *optional], written))
    except DAMAGED as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(f"{file} is a damaged workbook: {error!s:.200}. Save it anew.") from error
    if not sheets:
        raise UnreadableFileError(f"{file} is empty. It needs a header row and at least one row.")
    fit = [each for each in sheets if each.header.count(columns) == len(columns)]
    fit = [each for each in fit if each.header.count(optional)] or fit
    if len(fit) > 1:
        raise UnreadableFileError(
            f"{file} has {plural(len(fit), 'sheet')} with these columns: {', '.join(each.name for each in fit)}. "
            "Keep one."
        )
    return (fit or sheets)[0]


def check_size(content: bytes, file: str) -> None:
    """Refuse what is another archive, or unpacks to more than a sheet may have."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size, names = sum(each.file_size for each in archive.infolist()), archive.namelist()
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableFileError(
            f"{file} is an archive with {', '.join(names)[:100]}, and no XLSX: unpack it, or save its table as XLSX or "
            "as CSV UTF-8."
        )
    if size > MOST_BYTES:
        raise UnreadableFileError(f"{file} has {size} bytes when it is unpacked. Save it as CSV UTF-8.")


def read_sheets(content: bytes, wanted: Sequence[str], written: Written) -> Iterator[Sheet]:
    """Each visible sheet that has a row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that don't matter here
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
        for sheet in values.worksheets:
            if sheet.sheet_state != "visible":
                continue
            other = formulas[sheet.title]
            for each in (sheet, other):
                each.reset_dimensions()  # Some programs write wrong ones.
            read = [read_cells(*pair) for pair in zip(sheet.rows, other.rows, strict=True)]
            rows = iter([cells for cells, _ in read])
            header = find_header(rows, wanted, written)
            if header.found:
                behind = list(enumerate(read, start=1))[header.number :]
                yield Sheet(sheet.title, header, [(number, cells, faults) for number, (cells, faults) in behind])


def read_cells(values: Sequence[Any], formulas: Sequence[Any]) -> tuple[list[str], Mapping[int, str]]:
    """The cells of a row as text, and which of them cannot be used."""
    faults = {}
    for position, (value, formula) in enumerate(zip(values, formulas, strict=True)):
        if value.data_type == "e":
            faults[position] = f"the cell shows the error {value.value}"
        elif formula.data_type == "f" and value.value is None:
            faults[position] = "the cell is a formula whose value was not saved: open the file in a spreadsheet, save"
        elif isinstance(value.value, int | float) and abs(value.value) >= ROUNDED:
            faults[position] = "the number has more than 15 digits, which a spreadsheet rounds: write it as text"
    cells = [format_cell(each.value, str(getattr(each, "number_format", ""))) for each in values]
    while cells and not cells[-1] and len(cells) - 1 not in faults:
        cells.pop()  # What was formatted and never filled.
    return cells, faults


def format_cell(value: Any, form: str = "") -> str:
    """The value of a cell as text. A number with leading zeros keeps them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int) and ZEROS.fullmatch(form):
        return str(value).zfill(len(form))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
