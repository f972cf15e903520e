"""The torture corpus: source files as people make them, each with its right rows or the one sentence that is said.

Files are made here, none is stored. The project has the fields `text` (required) and `n` (a whole number).
"""

import datetime
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "required": True},
    "n": {"type": "integer", "required": False},
}


@dataclass(frozen=True)
class Case:
    """A file and what comes of it: items as (row, text), what is put aside as (row, column, words); or, of a file that
    is refused, the words of the message."""

    name: str
    content: bytes
    items: Sequence[tuple[int, str]] = ()
    rejected: Sequence[tuple[int, str, str]] = ()
    read_as: str = ""
    refused: Sequence[str] = ()
    numbers: Sequence[int | None] = field(default=())

    @property
    def file(self) -> str:
        """Its path in the commit."""
        return f"/{self.name}" if "." in self.name else f"/{self.name}.csv"


def workbook(*sheets: Sequence[Sequence[Any]], titles: Sequence[str] = ("Items", "More"), form: str = "") -> bytes:
    """A workbook with these sheets. `form` is the number format of the second column."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in zip(titles, sheets, strict=False):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if form:
            for number in range(1, len(rows) + 1):
                sheet.cell(number, 2).number_format = form
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def archive(*names: str) -> bytes:
    """A ZIP archive of other files."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as packed:
        for name in names:
            packed.writestr(name, "text\none\n")
    return saved.getvalue()


def lines(*objects: Any) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(each) + "\n" for each in objects).encode()


def table(header: str, *rows: str, end: str = "\n", encoding: str = "utf-8") -> bytes:
    """A text file."""
    return end.join([header, *rows, ""]).encode(encoding)


TWO = ((2, "one"), (3, "two"))
WIDE = ",".join(["text", *(f"c{number}" for number in range(299))])
COMMAS, TABS = "separated by commas, UTF-8", "separated by tabs, UTF-8"
CASES = (
    # Separators
    Case("commas", table("text,n", "one,1", "two,2"), TWO, read_as=COMMAS, numbers=(1, 2)),
    Case(
        "semicolons",
        table("text;n", "one;1", "two, 2;2"),
        ((2, "one"), (3, "two, 2")),
        read_as="separated by semicolons, UTF-8",
    ),
    Case("tabs", table("text\tn", "one\t1", "two\t2"), TWO, read_as=TABS),
    Case("bars", table("n|text", "1|one", "2|two"), TWO, read_as="separated by bars, UTF-8"),
    Case("commas_in.tsv", table("text,n", "one,1", "two,2"), TWO, read_as=COMMAS),
    Case("tabs_in.TSV", table("text\tn", "one\t1"), ((2, "one"),), read_as=TABS),
    Case("one_column_with_semicolons", table("text", "one; and", "two"), ((2, "one; and"), (3, "two")), read_as=COMMAS),
    Case("sep_line", table("sep=;", "text;n", "one;1", "two;2"), TWO, read_as="separated by semicolons, UTF-8"),
    Case("sep_line_of_windows", table("sep=;", "text;n", "one;1", "two;2", end="\r\n"), TWO),
    Case("sep_line_that_lies", table("sep=|", "text;n", "one;1"), refused=("no column text", "has: text;n", "bars")),
    Case("decimal_commas", table("text;n", "one;1,5"), rejected=((2, "n", "'1,5' is not a whole number"),)),
    # Line ends
    Case("windows", table("text,n", "one,1", "two,2", end="\r\n"), TWO),
    Case("old_mac", table("text,n", "one,1", "two,2", end="\r"), TWO),
    Case("mixed_ends", b"text,n\r\none,1\ntwo,2\r", TWO),
    Case("no_last_end", b"text\none\ntwo", TWO),
    Case("lines_in_cells", b'text,n\r\n"one\r\nline",1\r\ntwo,2\r\n', ((2, "one\r\nline"), (3, "two"))),
    # Encodings
    Case("mark", table("\ufefftext", "one", "two"), TWO, read_as=COMMAS),
    Case("two_marks", table("\ufeff\ufefftext", "one", "two"), TWO),
    Case(
        "utf_16",
        table("text", "one", "żółw", encoding="utf-16"),
        ((2, "one"), (3, "żółw")),
        read_as="separated by commas, UTF-16",
    ),
    Case("utf_16_big", b"\xfe\xff" + table("text", "one", encoding="utf-16-be"), ((2, "one"),)),
    Case("utf_16_bare", table("text", "one", "two", encoding="utf-16-le"), TWO, read_as="separated by commas, UTF-16"),
    Case("utf_16_bare_big", table("text", "one", "two", encoding="utf-16-be"), TWO),
    Case("utf_16_excel.txt", table("text\tn", "one\t1", "two\t2", encoding="utf-16"), TWO),
    Case("utf_32", table("text", "one", "two", encoding="utf-32"), TWO, read_as="separated by commas, UTF-32"),
    Case(
        "cp1252",
        table("text", "one", "café crème", encoding="cp1252"),
        refused=("not UTF-8: row 3, byte 12", "Save it as UTF-8"),
    ),
    Case("few_letters", table("text", "Grün", encoding="cp1252"), refused=("cp1252 'Grün'", "cp1251 'Grьn'")),
    Case("russian", table("text", "Привет", encoding="cp1251"), refused=("cp1251 'Привет'",)),
    Case("cut_utf_8", table("text", "one", "two é")[:-2], refused=("not UTF-8: row 3",)),
    Case("cut_utf_16", table("text", "one", encoding="utf-16")[:-1], refused=("begins as UTF-16 and is not: row",)),
    Case("nul", b"text\none\0\n", refused=("NUL character in row 2", "Save it as plain CSV")),
    # Headers
    Case("empty", b"", refused=("is empty", "needs a header row")),
    Case("blank_lines", b"\n \n", refused=("is empty",)),
    Case("header_alone", table("text,n"), (), read_as=COMMAS),
    Case("empty_first_rows", table("", ",", "text,n", "one,1"), ((4, "one"),)),
    Case("comment_first", table("# exported, today", "text,n", "one,1"), ((3, "one"),)),
    Case("header_with_spaces", table(" text ,n\u00a0", "one,1"), ((2, "one"),), numbers=(1,)),
    Case("header_with_unseen", table("text\u200b,n", "one,1"), ((2, "one"),)),
    Case("header_of_toloka", table("GOLDEN:x,INPUT:text", ",one"), ((2, "one"),)),
    Case(
        "header_twice",
        table("text,n", "one,1", "text,n", "two,2"),
        ((2, "one"), (4, "two")),
        ((3, "", "the header a second time"),),
    ),
    Case(
        "title_above",
        table("Export of today", "", "id;text", "1;one"),
        refused=("no column text", "Row 3 looks like the header: remove the rows above it"),
    ),
    Case("title_above.xlsx", workbook([["Export"], ["text", "n"], ["one"]]), refused=("Row 2 looks like the header",)),
    Case("header_in_small_letters", table("input:text", "one"), refused=("Rename input:text to text",)),
    Case("header_missing", table("one", "two"), refused=("no column text", "it has: one")),
    Case("header_in_capitals", table("Text", "one"), refused=("no column text", "it has: Text", "Rename Text to text")),
    Case("column_twice", table("text,text", "one,two"), refused=("more than one column text", "Keep one")),
    Case("no_header_but_semicolons", table("a;b", "c;d"), refused=("it has: a, b", "separated by semicolons")),
    # Rows
    Case(
        "ragged",
        table("n,text", "1", "1,one", "2,two,three", "2,two,"),
        ((3, "one"), (5, "two")),
        ((2, "text", "value is missing"), (4, "", "1 more cell than the header")),
    ),
    Case("trailing_commas", table("text", "one,", "two,,,"), TWO),
    Case("trailing_commas_too", table("text,", "one,", "two,"), TWO),
    Case("trailing_comment", table("text", "one,", "two,really"), ((2, "one"),), ((3, "", "1 more cell"),)),
    Case(
        "blank_rows",
        b'text\n\none\n""\n \ntwo\n',
        ((3, "one"), (6, "two")),
        ((4, "text", "missing"), (5, "text", "missing")),
    ),
    Case(
        "twice",
        table("text", "one", "one ", "ONE"),
        ((2, "one"), (4, "ONE")),
        ((3, "", "same values as row 2, but for what nobody sees"),),
    ),
    Case("comment_rows", table("text", "# one", "two"), ((2, "# one"), (3, "two"))),
    Case("three_hundred_columns", table(WIDE, "one" + ",x" * 299, "two" + ",y" * 299), TWO),
    Case("three_hundred_columns_short", table(WIDE, "one", "two"), TWO),
    Case(
        "huge_cell",
        table("text", "x" * 1_000_000, "two"),
        ((3, "two"),),
        ((2, "text", "value has 1000000 characters, more than 10000"),),
    ),
    Case("huge_other_cell", table("text,more", f"one,{'x' * 1_000_000}", "two,"), TWO),
    # Quotes
    Case("quotes", table("text,n", '"one, ""1""",1'), ((2, 'one, "1"'),)),
    Case("quotes_inside", table("text,n", 'one "1",1'), ((2, 'one "1"'),)),
    Case(
        "backslash_quotes",
        table("text,n", r'"say \"hi\"",1'),
        ((2, 'say "hi"'),),
        read_as="separated by commas, quotes behind backslashes, UTF-8",
    ),
    Case(
        "backslash_quotes_and_paths",
        table("text,n", r'"say \"hi\"",1', r'"C:\new",2'),
        refused=("in row 2", "two quotes for one"),
    ),
    Case(
        "quotes_in.tsv",
        table("text\tn", '"Alien" is back\t1'),
        ((2, '"Alien" is back'),),
        read_as="separated by tabs, quotes are text, UTF-8",
    ),
    Case(
        "quotes_of_two_kinds.tsv",
        table("text\tn", '"Alien" is back\t1', '"two"\t2'),
        refused=("in row 2 (line 2)", "inside of a quoted cell"),
    ),
    Case(
        "quote_open",
        table("text,n", "one,1", '"two,2', "three,3"),
        refused=("in row 3", "opened and never closed", "two quotes for one"),
    ),
    Case("quote_in_quotes", table("text,n", '"one" two,1'), refused=("in row 2", "inside of a quoted cell")),
    Case(
        "spaces_behind_commas",
        table("n, text", '1, "one, two"', "2, two"),
        ((2, "one, two"), (3, "two")),
        read_as="separated by commas, spaces behind them, UTF-8",
    ),
    # Values
    Case(
        "thousands",
        table("text,n", 'one,"1,000"', "two,2"),
        ((3, "two"),),
        ((2, "n", "'1,000' is not a whole number"),),
    ),
    Case("leading_zeros", table("text", "007", "7"), ((2, "007"), (3, "7"))),
    Case(
        "missing_words",
        table("text", "NA", "null", "None", "nan", "-"),
        tuple(enumerate(("NA", "null", "None", "nan", "-"), start=2)),
    ),
    Case(
        "missing_numbers",
        table("text,n", "one,NA", "two,null", "three,"),
        ((4, "three"),),
        ((2, "n", "'NA' is not a whole"), (3, "n", "'null'")),
    ),
    Case("dates", table("text", "2020-01-01", "01/02/2020"), ((2, "2020-01-01"), (3, "01/02/2020"))),
    Case("formulas", table("text", "=1+1", "-2", "@SUM(A1)"), ((2, "=1+1"), (3, "-2"), (4, "@SUM(A1)"))),
    Case(
        "unseen",
        table("text", "\u200b", "\ufeff", "two"),
        ((4, "two"),),
        ((2, "text", "missing"), (3, "text", "missing")),
    ),
    Case("floats", table("text,n", "one,1.0"), rejected=((2, "n", "'1.0' is not a whole number"),)),
    # Other files under the name of a table
    Case("gzip", b"\x1f\x8b\x08\0\0", refused=("compressed by gzip", "unpack it")),
    Case(
        "old_workbook.xls", b"\xd0\xcf\x11\xe0" + bytes(20), refused=("old or a protected workbook", "save it as XLSX")
    ),
    Case("damaged.xlsx", b"PK\x03\x04" + bytes(20), refused=("damaged workbook", "Save it anew")),
    Case(
        "json_array.jsonl",
        b'[{"text": "one"}]\n',
        refused=("no file of JSON lines: row 1 is no object", "an object a line"),
    ),
    Case("json.csv", b'[{"text": "one"}]\n', refused=("no column text", "begins like JSON", ".jsonl")),
    Case("page.csv", b"<html><td>text</td></html>\n", refused=("no column text", "begins like a web page")),
    # JSON lines
    Case(
        "structures.jsonl",
        lines({"text": ["one"]}, {"text": {"a": 1}}, {"text": True}),
        rejected=((1, "text", '["one"] is no text'), (2, "text", "is no text"), (3, "text", "true is no text")),
    ),
    Case(
        "plain.jsonl",
        lines({"text": "one", "n": 1}, {"n": None, "text": "two"}),
        ((1, "one"), (2, "two")),
        read_as="JSON lines, UTF-8",
        numbers=(1, None),
    ),
    Case("capital.NDJSON", lines({"INPUT:text": "one"}), ((1, "one"),)),
    Case(
        "bad.jsonl",
        lines({"text": "one"}) + b'{"text": \n5\n{"text":"a","text":"b"}\n',
        ((1, "one"),),
        ((2, "", "is not JSON"), (3, "", "is no object"), (4, "", "there twice")),
    ),
    Case(
        "missing.jsonl",
        lines({"n": 1}, {"text": ""}, {"text": None}),
        rejected=((1, "text", "missing"), (2, "text", "missing"), (3, "text", "missing")),
    ),
    Case(
        "types.jsonl",
        lines({"text": 5, "n": "7"}, {"text": "x", "n": 1.5}),
        ((1, "5"),),
        ((2, "n", "'1.5' is not a whole"),),
        numbers=(7,),
    ),
    Case(
        "half.jsonl",
        b'{"text": "a\\ud800"}\n{"text": "b\\u0000"}\n',
        rejected=((1, "text", "half a character"), (2, "text", "NUL")),
    ),
    Case(
        "lines.jsonl",
        lines({"text": "two\nlines"}) + b"\n" + lines({"text": "three"}),
        ((1, "two\nlines"), (3, "three")),
    ),
    # Workbooks
    Case(
        "plain.xlsx",
        workbook([["text", "n"], ["one", 1], ["two", 2.0]]),
        TWO,
        read_as="XLSX, sheet Items",
        numbers=(1, 2),
    ),
    Case("workbook_called", workbook([["text"], ["one"]]), ((2, "one"),), read_as="XLSX, sheet Items"),
    Case("above.xlsx", workbook([[], ["# a title"], ["text"], ["one"], [], ["two"]]), ((4, "one"), (6, "two"))),
    Case(
        "types.xlsx",
        workbook([["text"], [True], [1.5], [datetime.date(2020, 1, 2)], [datetime.datetime(2020, 1, 2, 3, 4)]]),
        ((2, "true"), (3, "1.5"), (4, "2020-01-02"), (5, "2020-01-02T03:04:00")),
    ),
    Case(
        "long_number.xlsx",
        workbook([["text"], [1234567890123456], ["1234567890123456"]]),
        ((3, "1234567890123456"),),
        ((2, "text", "more than 15 digits"),),
    ),
    Case("zeros.xlsx", workbook([["n", "text"], [1, 7]], form="00000"), ((2, "00007"),)),
    Case(
        "formula.xlsx",
        workbook([["text", "n"], ["=1+1", 1], ["two", "=1+1"]]),
        rejected=((2, "text", "formula whose value was not saved"), (3, "n", "formula whose value was not saved")),
    ),
    Case(
        "errors",
        table("text,n", "#REF!,1", "#N/A,2", "two,#DIV/0!", "#hashtag,3"),
        ((5, "#hashtag"),),
        (
            (2, "text", "the cell shows the error #REF!"),
            (3, "text", "the cell shows the error #N/A"),
            (4, "n", "the cell shows the error #DIV/0!"),
        ),
    ),
    Case("error.xlsx", workbook([["text"], ["#N/A"], ["two"]]), ((3, "two"),), ((2, "text", "shows the error #N/A"),)),
    Case(
        "two_sheets.xlsx",
        workbook([["text"], ["one"]], [["text"], ["two"]]),
        refused=("2 sheets with these columns: Items, More", "Keep one"),
    ),
    Case("notes.xlsx", workbook([["nothing", "here"]], [["text"], ["one"]]), ((2, "one"),), read_as="XLSX, sheet More"),
    Case("no_column.xlsx", workbook([["title"], ["one"]]), refused=("no column text", "it has: title")),
    Case("empty.xlsx", workbook([]), refused=("is empty",)),
    # No tables
    Case("packed.zip", archive("items.csv"), refused=("an archive with items.csv", "unpack it")),
    Case("sheet.ods", archive("mimetype", "content.xml"), refused=("no XLSX", "save its table as XLSX")),
    Case("rows.parquet", b"PAR1\x15\0", refused=("Parquet", "CSV UTF-8")),
    Case("picture.png", b"\x89PNG\r\n\x1a\n", refused=("a picture", "source.glob")),
    Case("pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", refused=("git lfs pull",)),
    Case("page.html", b"<html><td>text</td></html>", refused=("web page", "save it as CSV UTF-8")),
    # JSON lines as programs write them
    Case(
        "nan.jsonl",
        b'{"text": NaN}\n{"text": null}\n{"text": "one", "n": Infinity}\n{"text": "two"}\n',
        ((4, "two"),),
        ((1, "", "NaN is no value"), (2, "text", "value is missing"), (3, "", "Infinity is no value")),
    ),
    Case("other_name.jsonl", b'{"Text": "one"}\n', refused=("no column text", "Rename Text to text")),
    Case("some_without.jsonl", b'{"n": 1}\n{"text": "two"}\n', ((2, "two"),), ((1, "text", "value is missing"),)),
    Case("both_forms.jsonl", b'{"text": "one"}\n{"INPUT:text": "two"}\n', ((1, "one"), (2, "two"))),
)
