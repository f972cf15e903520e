"""The torture corpus, and the books: nothing is dropped without being counted."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hitl_assets.labeling.items.items import collect_items
from hitl_assets.labeling.records import item_key
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.written import Written
from hitl_assets_tests.labeling.tables.corpus import CASES, FIELDS, Case

# A cell that is text, a number, nothing, or trouble.
CELLS = st.one_of(
    st.sampled_from(["one", "two", "one ", "one\u200b", "ONE", "", " ", "\u200b", "x" * 10_001, "a,b;c\td|e", '"b" c']),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x85\u2028\u2029"), max_size=4),
)
ROWS = st.lists(st.tuples(CELLS, st.sampled_from(["", "1", "x"])), min_size=1, max_size=12)
FORMS = st.sampled_from([(s, e, n) for s in ",;\t|" for e in ("utf-8", "utf-8-sig", "utf-16") for n in ("\n", "\r\n")])


@pytest.mark.parametrize("case", [each for each in CASES if not each.refused], ids=lambda case: case.name)
def test_a_file_brings_its_rows(case: Case) -> None:
    """Each as an item with its place, or put aside with the reason."""
    found = collect_items({case.file: case.content}, FIELDS, ())
    assert [(item.row, item.values["text"]) for item in found.items] == list(case.items)
    assert [(row.row, row.column) for row in found.rejected] == [(row, column) for row, column, _ in case.rejected]
    for row, (_, _, words) in zip(found.rejected, case.rejected, strict=True):
        assert words in row.reason
    assert not case.read_as or found.files[0].read_as == case.read_as
    assert not case.numbers or [item.values.get("n") for item in found.items] == list(case.numbers)
    assert found.files[0].rows == len(found.items) + len(found.rejected)


@pytest.mark.parametrize("case", [each for each in CASES if each.refused], ids=lambda case: case.name)
def test_a_file_that_is_refused_says_why_and_what_to_do(case: Case) -> None:
    """In a line or two, with its name first."""
    with pytest.raises(UnreadableFileError) as caught:
        collect_items({case.file: case.content}, FIELDS, ())
    said = str(caught.value)
    assert said.startswith(case.file)
    assert all(words in said for words in case.refused), said
    assert len(said) < 400


def test_a_project_may_name_the_encoding() -> None:
    """The message for a file in cp1252 says how."""
    content = "text\ncafé\n".encode("cp1252")
    with pytest.raises(UnreadableFileError, match=r"the source\.encoding in which this is right: cp1252 'café'"):
        collect_items({"/a.csv": content}, FIELDS, ())
    found = collect_items({"/a.csv": content}, FIELDS, (), written=Written("cp1252"))
    assert [item.values["text"] for item in found.items] == ["café"]
    assert found.files[0].read_as == "separated by commas, cp1252"


def test_an_encoding_is_used_for_the_message_as_well() -> None:
    """A table without the columns is not told to be in an unknown encoding."""
    fields = {"a": {"required": False}}
    with pytest.raises(UnreadableFileError, match="has none of the columns a; it has: caf\u00e9"):
        collect_items({"/a.csv": "caf\u00e9\none\n".encode("cp1252")}, fields, (), written=Written("cp1252"))


def test_utf_8_is_read_as_such_whatever_the_project_says() -> None:
    """No text in another encoding happens to be UTF-8."""
    found = collect_items({"/a.csv": "text\ncafé\n".encode()}, FIELDS, (), written=Written("cp1252"))
    assert [item.values["text"] for item in found.items] == ["café"]


def test_a_table_without_any_of_the_fields_is_refused() -> None:
    """Though none of them is required: its rows would be put aside one by one."""
    with pytest.raises(UnreadableFileError, match=r"/a\.csv has none of the columns a, b; it has: x, y\."):
        collect_items({"/a.csv": b"x;y\n1;2\n"}, {name: {"required": False} for name in "ab"}, ())


@pytest.mark.slow
@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(ROWS, FORMS, st.booleans())
def test_rows_of_a_table_are_items_known_or_put_aside(
    rows: list[tuple[str, str]], form: tuple[str, str, str], is_known: bool
) -> None:
    """However it is written."""
    separator, encoding, end = form
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([("text", "n"), *rows])
    check_books("/a.csv", text.getvalue().encode(encoding), len(rows), is_known)


@pytest.mark.slow
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(ROWS, st.booleans())
def test_rows_of_json_lines_are_items_known_or_put_aside(rows: list[tuple[str, str]], is_known: bool) -> None:
    """An object is a row."""
    content = "".join(json.dumps({"text": text, "n": n}) + "\n" for text, n in rows).encode()
    check_books("/a.jsonl", content, len(rows), is_known)


@pytest.mark.slow
@settings(max_examples=30, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from(["one", "one ", "ONE", "7", "#N/A", "=1+1"]), min_size=1, max_size=8), st.booleans())
def test_rows_of_a_workbook_are_items_known_or_put_aside(rows: list[str], is_known: bool) -> None:
    """Errors and formulas, too."""
    book, saved = Workbook(), io.BytesIO()
    for text in ["text", *rows]:
        book.worksheets[0].append([text])
    book.save(saved)
    check_books("/a.xlsx", saved.getvalue(), len(rows), is_known)


def check_books(file: str, content: bytes, rows: int, is_known: bool) -> None:
    """Every row is in one of the three places."""
    known = {item_key({"text": "one"})} if is_known else set()
    found = collect_items({file: content}, FIELDS, known)
    assert len(found.items) + found.known + len(found.rejected) == found.files[0].rows == rows
