"""CSV and TSV in, cells out, and back."""

from typing import Any

import pytest

from hitl_assets.labeling.tables.tables import Row, UnreadableFileError, read_rows, write_rows
from hitl_assets_tests.labeling.texts import HOSTILE


def rows(text: str | bytes, *columns: str, file: str = "fruit.csv", optional: tuple[str, ...] = ()) -> list[Row]:
    """The rows of a file with this content."""
    return list(read_rows(text if isinstance(text, bytes) else text.encode(), file, columns, optional))


def cells(text: str | bytes, *columns: str, **options: Any) -> list[dict[str, str]]:
    """The cells of these rows."""
    return [dict(row.cells) for row in rows(text, *columns, **options)]


def test_a_plain_column_is_found_by_its_name() -> None:
    """Other columns are left out, and the order is the file's affair."""
    assert cells("id,kind,text\n1,apple,Cox\n", "text", "kind") == [{"text": "Cox", "kind": "apple"}]


@pytest.mark.parametrize("form", ["INPUT:text", "GOLDEN:text", "OUTPUT:text", "HINT:text", " text "])
def test_a_column_may_be_named_as_in_tolokas_files(form: str) -> None:
    """People have such files from Toloka's own interface; spreadsheets add spaces."""
    assert cells(f"{form}\nCox\n", "text") == [{"text": "Cox"}]


def test_a_tsv_file_has_tabs() -> None:
    """Commas are then text."""
    assert cells("text\tkind\nCox, red\tapple\n", "text", "kind", file="a.tsv") == [
        {"text": "Cox, red", "kind": "apple"}
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    """Excel writes one before UTF-8."""
    assert cells("\ufefftext\nCox\n", "text") == [{"text": "Cox"}]


def test_a_file_that_is_not_utf_8_is_named_with_the_row() -> None:
    """So that the cell can be found and the file saved again."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv is not UTF-8: row 3, byte 14\. Save it as UTF-8"):
        rows(b"text\nCox\npoire\xe9\n", "text")


def test_a_byte_order_mark_does_not_shift_the_place_of_the_error() -> None:
    """The codec counts from behind the mark; people count from the start."""
    with pytest.raises(UnreadableFileError, match="row 3, byte 12"):
        rows(b"\xef\xbb\xbftext\nCox\n\xe9\n", "text")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_what_it_needs(content: bytes) -> None:
    """An empty upload is a mistake, not an empty batch."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv is empty\. It needs a header row"):
        rows(content, "text")


def test_a_file_with_only_a_header_has_no_rows() -> None:
    """Its author said which columns there are, and that there is nothing in them."""
    assert rows("text,kind\n", "text") == []


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    """Most often it is there under another name."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv has no column text .*it has: title, kind\."):
        rows("title,kind\nCox,apple\n", "text")


def test_names_of_columns_have_cases() -> None:
    """`Text` and `text` could both be there."""
    with pytest.raises(UnreadableFileError, match="no column text"):
        rows("Text\nCox\n", "text")


def test_an_optional_column_may_be_absent() -> None:
    """It has no cell then, which is not the same as an empty one."""
    assert cells("text\nCox\n", "text", optional=("hint",)) == [{"text": "Cox"}]
    assert cells("text,hint\nCox,\n", "text", optional=("hint",)) == [{"text": "Cox", "hint": ""}]


@pytest.mark.parametrize("header", ["text,text", "text,INPUT:text", "INPUT:text,INPUT:text", "GOLDEN:text,OUTPUT:text"])
def test_a_column_may_not_be_there_twice(header: str) -> None:
    """We would have to guess which one is meant."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv has more than one column text\. Keep one of them\."):
        rows(f"{header}\nCox,Cox\n", "text")


def test_other_columns_may_be_there_twice() -> None:
    """Spreadsheets leave unnamed columns behind."""
    assert cells("text,,\nCox,,\n", "text") == [{"text": "Cox"}]


def test_a_short_row_has_empty_cells() -> None:
    """Spreadsheets drop the commas at the end of a row."""
    assert cells("text,kind\nCox\n", "text", "kind") == [{"text": "Cox", "kind": ""}]


def test_a_long_row_says_how_many_cells_are_too_many() -> None:
    """Most often a comma without quotes: whoever uses the row must know."""
    assert [row.surplus for row in rows("text,kind\nCox,apple\nCox,red,sweet,apple\n", "text")] == [0, 2]


def test_rows_are_numbered_as_a_spreadsheet_counts() -> None:
    """The header is row 1; a blank row counts; a cell with line breaks is one row."""
    numbered = rows('text\n"two\nlines"\n\nCox\n', "text")
    assert [(row.number, row.cells["text"]) for row in numbered] == [(2, "two\nlines"), (4, "Cox")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_system(end: str) -> None:
    """Files come from Windows and from old Macs too."""
    assert cells(f"text{end}Cox{end}Boskoop{end}", "text") == [{"text": "Cox"}, {"text": "Boskoop"}]


def test_the_last_row_needs_no_line_end() -> None:
    """Editors leave it out."""
    assert cells("text\nCox", "text") == [{"text": "Cox"}]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_line_ends_end_a_row(separator: str) -> None:
    """Python's own splitlines would cut here."""
    assert cells(f"text\na{separator}b\n", "text") == [{"text": f"a{separator}b"}]


def test_quotes_keep_commas_quotes_and_line_breaks() -> None:
    """RFC 4180."""
    assert cells('text,kind\n"Cox, ""the"" \r\napple",apple\n', "text") == [{"text": 'Cox, "the" \r\napple'}]


def test_an_open_quote_is_named_with_its_row() -> None:
    """Everything behind it would be one cell."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv is not valid CSV in row 2 \(line 3\): a quote is"):
        rows('text\n"Cox\nBoskoop\n', "text")


def test_a_nul_is_named_with_the_row() -> None:
    """Such a file is no text: UTF-16, or a workbook under a wrong name."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv has a NUL character in row 2\."):
        rows("text\nC\0x\n", "text")


def test_a_huge_cell_can_be_read() -> None:
    """So that its row is put aside, and not the whole file."""
    assert [len(row["text"]) for row in cells(f"text\n{'x' * 1_000_000}\nCox\n", "text")] == [1_000_000, 3]


@pytest.mark.parametrize("columns", [["text"], ["id", "text"]])
def test_what_is_written_is_read_back(columns: list[str]) -> None:
    """To the character, in a file of one column too, where an empty cell is an empty row."""
    texts = [*HOSTILE, ""]
    content = write_rows(columns, [[text] * len(columns) for text in texts])
    assert [row["text"] for row in cells(content, "text")] == texts


def test_a_written_file_has_plain_rows() -> None:
    """The same bytes on every Python: equal content makes no new commit."""
    content = write_rows(["text", "n"], [["Cox", 1], ["a,b", None], ["old\rMac", True]])
    assert content == b'text,n\nCox,1\n"a,b",\n"old\rMac",true\n'


def test_what_csv_cannot_carry_is_replaced() -> None:
    """Half a character or a NUL in one answer must not stop a batch that is paid."""
    assert cells(write_rows(["text"], [["a\0b\ud800c"]]), "text") == [{"text": "a\ufffdb\ufffdc"}]
