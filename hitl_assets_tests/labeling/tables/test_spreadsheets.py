"""CSV for spreadsheets."""

import csv
import io

import pytest

from hitl_assets.labeling.tables.spreadsheets import write_safe as write_safe_lines
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets_tests.labeling.texts import HOSTILE


def write_safe(content: bytes) -> tuple[bytes, int]:
    """A whole file, and how many cells of it were changed."""
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    written, changed = zip(*write_safe_lines(lines), strict=True)
    return b"".join(written), sum(changed)


def cells(content: bytes) -> list[str]:
    """The only column of a file, without its header, as a spreadsheet sees it."""
    return [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\uff1d1",
        "-",
        "--1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_has_an_apostrophe(text: str) -> None:
    """OWASP's list, with the full-width forms, also behind spaces. The text behind it is unchanged."""
    safe, changed = write_safe(write_rows(["text"], [[text]]))
    assert (cells(safe), changed) == ([f"'{text}"], 1)


@pytest.mark.parametrize("text", ["", "1", "-1", "+0.5", "-1e-05", "a=b", "'=1", "x\n=1", "груша 🍐", "\u200f=1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    """A negative number is no formula."""
    content = write_rows(["text", "more"], [[text, ""]])
    assert write_safe(content) == (b"\xef\xbb\xbf" + content, 0)


def test_a_whole_file_stays_a_file() -> None:
    """Line breaks, quotes and commas in cells make no cells of their own."""
    safe, changed = write_safe(write_rows(["text"], [[text] for text in HOSTILE]))
    assert [cell.removeprefix("'") for cell in cells(safe)] == [text.removeprefix("'") for text in HOSTILE]
    assert changed == sum(cell.startswith("'") and text != "'" for cell, text in zip(cells(safe), HOSTILE, strict=True))
    assert changed > 3


def test_a_formula_in_the_header_is_no_formula_either() -> None:
    """Whoever names a column is not more trusted than whoever fills it."""
    assert write_safe(b"=1,b\n") == (b"\xef\xbb\xbf'=1,b\n", 1)
