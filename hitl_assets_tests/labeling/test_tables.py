"""CSV and TSV in, typed values out, and back."""

from typing import Any

import pytest

from hitl_assets.labeling.tables import (
    BadValueError,
    Row,
    UnreadableFileError,
    format_value,
    parse_value,
    read_rows,
    write_rows,
)

from .texts import HOSTILE


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


def test_an_open_quote_is_named_with_the_line() -> None:
    """Everything behind it would be one cell."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv is not valid CSV near line 3"):
        rows('text\n"Cox\nBoskoop\n', "text")


def test_a_nul_is_named_with_the_row() -> None:
    """Such a file is no text: UTF-16, or a workbook under a wrong name."""
    with pytest.raises(UnreadableFileError, match=r"fruit\.csv has a NUL character in row 2\."):
        rows("text\nC\0x\n", "text")


def test_a_huge_cell_can_be_read() -> None:
    """So that its row is put aside, and not the whole file."""
    assert [len(row["text"]) for row in cells(f"text\n{'x' * 1_000_000}\nCox\n", "text")] == [1_000_000, 3]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", " Cox ", " Cox "),
        ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("file", "cox.png", "cox.png"),
        ("coordinates", "52.5,13.4", "52.5,13.4"),
        ("boolean", "TRUE", True),
        ("boolean", " 0 ", False),
        ("integer", " -12 ", -12),
        ("float", "1.5e3", 1500.0),
        ("number", "2", 2.0),
        ("json", '{"a": [1, null]}', {"a": [1, None]}),
        ("array_string", '["a", "ж"]', ["a", "ж"]),
        ("array_integer", "[1, 2]", [1, 2]),
        ("array_float", "[1, 2.5]", [1, 2.5]),
        ("array_boolean", "[true]", [True]),
        ("array_json", '[{"a": 1}, 2]', [{"a": 1}, 2]),
    ],
)
def test_a_cell_becomes_a_value_of_its_fields_type(kind: str, text: str, value: Any) -> None:
    """Toloka refuses an upload in which a number is a text."""
    parsed = parse_value(text, {"type": kind})
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("boolean", "yes", "'yes' is not true or false"),
        ("integer", "1.5", "'1.5' is not a whole number"),
        ("integer", "1_000", "'1_000' is not a whole number"),
        ("integer", "9" * 5000, "is not a whole number"),
        ("float", "1,5", "'1,5' is not a number"),
        ("float", "1_0.5", "'1_0.5' is not a number"),
        ("float", "nan", "'nan' is not a finite number"),
        ("float", "1e999", "'1e999' is not a finite number"),
        ("json", "{a: 1}", "is not JSON"),
        ("json", "NaN", "'NaN' is not JSON"),
        ("json", "[1e999]", "is not JSON"),
        ("json", '"\\ud800"', "is not JSON"),
        ("json", "[" * 9999, "is not JSON"),
        ("array_string", "a, b", "is not JSON"),
        ("array_string", "5", "'5' is not a JSON array"),
        ("array_string", "[5]", "5 in the array is not of type string"),
        ("array_integer", "[1, true]", "True in the array is not of type integer"),
    ],
)
def test_a_cell_of_another_type_says_so(kind: str, text: str, reason: str) -> None:
    """The reason stands beside the row; what cannot be sent as JSON is of no type."""
    with pytest.raises(BadValueError) as refused:
        parse_value(text, {"type": kind})
    assert reason in str(refused.value)


@pytest.mark.parametrize("text", ["", "   ", "\t", "\u2003"])
def test_an_empty_cell_of_a_required_field_is_refused(text: str) -> None:
    """Fields are required unless they say otherwise, as in Toloka."""
    with pytest.raises(BadValueError, match="value is missing"):
        parse_value(text, {"type": "string"})


def test_an_empty_cell_of_an_optional_field_is_none() -> None:
    """Whatever its type."""
    assert parse_value(" ", {"type": "integer", "required": False}) is None


def test_a_value_must_be_among_the_allowed_ones() -> None:
    """The message has the value and what is allowed."""
    with pytest.raises(BadValueError, match="'plum' is not one of apple, pear"):
        parse_value("plum", {"type": "string", "allowed_values": ["apple", "pear"]})


def test_allowed_values_have_the_fields_type() -> None:
    """`2` in the file is the number 2 of the specification."""
    assert parse_value("2", {"type": "integer", "allowed_values": [1, 2]}) == 2


def test_allowed_values_of_an_array_are_those_of_its_members() -> None:
    """An array as a whole is never among them."""
    spec = {"type": "array_string", "allowed_values": ["apple", "pear"]}
    assert parse_value('["pear", "apple"]', spec) == ["pear", "apple"]
    with pytest.raises(BadValueError, match="'plum' is not one of apple, pear"):
        parse_value('["pear", "plum"]', spec)


@pytest.mark.parametrize(
    ("spec", "fits", "reason"),
    [
        ({"type": "string", "max_length": 3}, ("Cox", "Coxs"), "value has 4 characters, more than 3"),
        ({"type": "string", "min_length": 3}, ("Cox", "Co"), "value has 2 characters, less than 3"),
        ({"type": "integer", "max_value": 5}, ("5", "6"), "value is 6, more than 5"),
        ({"type": "float", "min_value": 0}, ("0", "-0.5"), "value is -0.5, less than 0"),
        ({"type": "array_integer", "max_size": 1}, ("[7]", "[7, 8]"), "value has 2 members, more than 1"),
        ({"type": "array_integer", "max_value": 7}, ("[7, 7]", "[7, 8]"), "value is 8, more than 7"),
        ({"type": "array_string", "max_length": 3}, ('["Cox", "Cox"]', '["Coxs"]'), "4 characters, more than 3"),
    ],
)
def test_a_value_must_be_within_its_fields_bounds(spec: dict[str, Any], fits: tuple[str, str], reason: str) -> None:
    """One value out of bounds would make Toloka refuse the whole upload."""
    inside, outside = fits
    assert parse_value(inside, spec) is not None
    with pytest.raises(BadValueError) as refused:
        parse_value(outside, spec)
    assert reason in str(refused.value)


@pytest.mark.parametrize("spec", [{}, {"max_length": 2_000_000}, {"type": "json"}])
def test_no_value_is_longer_than_ten_thousand_characters(spec: dict[str, Any]) -> None:
    """It is a mistake in the file; one request to Toloka holds a million bytes."""
    with pytest.raises(BadValueError, match="value has 10001 characters, more than 10000"):
        parse_value("x" * 10_001, spec)


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


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "boolean"), (-3, "integer"), (0.1, "float"), ({"a": ["ж"]}, "json"), (["a", "b"], "array_string")],
)
def test_a_value_is_read_back_from_its_cell(value: Any, kind: str) -> None:
    """Whatever its type."""
    assert parse_value(format_value(value), {"type": kind}) == value


def test_nothing_is_an_empty_cell() -> None:
    """And an empty cell is nothing."""
    assert format_value(None) == ""
    assert parse_value(format_value(None), {"required": False}) is None
