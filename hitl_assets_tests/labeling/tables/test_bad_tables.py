"""500 files that somebody broke: each row is an item, known or rejected with its place, or the file is refused."""

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_assets.labeling.items.items import RawData, collect_items
from hitl_assets.labeling.records import item_key
from hitl_assets.labeling.storage.files import StoredRawData
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets_tests.labeling.texts import HOSTILE

pytestmark = pytest.mark.slow

FILES = settings(
    max_examples=500, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "required": True, "max_length": 40},
    "size": {"type": "integer", "required": False, "min_value": 0, "max_value": 9},
    "ripe": {"type": "boolean", "required": False},
    "price": {"type": "float", "required": False},
    "kinds": {"type": "array_string", "required": False, "allowed_values": ["apple", "pear"], "max_size": 2},
    "more": {"type": "json", "required": False},
}
# Written out a second time, so that a mistake in the code isn't repeated here.
TYPES = {"text": str, "size": int, "ripe": bool, "price": float, "kinds": list}

# What one finds in tables: what is right, what is nearly right, and what is an attack or an accident.
GOOD = {
    "text": ("Cox", "Конференция", "🍐", "=1+1", "two\nlines", "a, b", 'say "hi"', " padded "),
    "size": ("0", "9", ""), "ripe": ("true", "0", ""), "price": ("0.5", "-1e3", ""),
    "kinds": ('["apple"]', "[]", ""), "more": ('{"a": [1]}', "null", ""),
}  # fmt: skip
BAD = (
    "", " ", "-1", "10", "1e999", "NaN", "inf", "1_000", "0x1", "9" * 40, "9" * 5_000, "٣", "yes", "[1]", '["plum"]',
    '["apple","pear","apple"]', "[" * 3_000 + "]" * 3_000, '{"a":' * 60 + "1" + "}" * 60, '"\\ud800"', "{'a': 1}",
    "x" * 41, "x" * 10_001, "a" * 200_000, "\u202egnihtyna", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}", "$(reboot)", "'; DROP TABLE items; --", "\x00", "\x07\x1b[31m", *HOSTILE,
)  # fmt: skip
HEADERS = st.one_of(
    *[st.permutations(list(FIELDS))] * 6,
    st.lists(
        st.sampled_from([*FIELDS, "INPUT:text", "OUTPUT:text", "Text", " text ", "", "other", "text"]), max_size=8
    ),
)
SEPARATORS = {".csv": ",", ".tsv": "\t"}
ENCODINGS = ("utf-8",) * 12 + ("utf-8-sig", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1251", "shift_jis", "utf-7")


@st.composite
def cells(draw: st.DrawFn, name: str) -> str:
    """A cell, good or bad."""
    if seldom(draw):
        return draw(st.one_of(st.sampled_from(BAD), st.text(max_size=5)))
    return draw(st.sampled_from(GOOD.get(name, ("something",))))


@st.composite
def contents(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and content: a table that is written well or badly, or none at all; then damaged, or not."""
    file = draw(st.sampled_from(["/a.csv", "/a.csv", "/b/c.tsv"]))
    if seldom(draw):
        return file, draw(st.binary(max_size=200))
    header = draw(HEADERS)
    rows = [[draw(cells(name)) for name in header] for _ in range(draw(st.integers(0, 5)))]
    rows = [change_length(draw, row) if seldom(draw) else row for row in rows]
    separator = draw(st.sampled_from("\t,;")) if seldom(draw) else "\t" if file.endswith(".tsv") else ","
    text = write(draw, [header, *rows], separator)
    return file, damage(draw, text.encode(draw(st.sampled_from(ENCODINGS)), errors="replace"))


def seldom(draw: st.DrawFn) -> bool:
    """True in one of ten cases."""
    return draw(st.integers(0, 9)) == 9


def change_length(draw: st.DrawFn, row: list[str]) -> list[str]:
    """A row with fewer cells than the header, or with more."""
    return [*row, *draw(st.lists(st.sampled_from(BAD), max_size=2))] if draw(st.booleans()) else row[:-1]


def write(draw: st.DrawFn, rows: list[list[str]], separator: str) -> str:
    """The rows as text: as csv.writer does it, or without any quotes; line ends may change from row to row."""
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\r", "\n\n"]]))
    is_quoted = not seldom(draw)
    lines = []
    for number, row in enumerate(rows):
        line = io.StringIO()
        csv.writer(line, delimiter=separator, lineterminator="").writerow(row)
        lines.append((line.getvalue() if is_quoted else separator.join(row)) + ends[number % len(ends)])
    return "".join(lines)


def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """The content as it is, mostly; else cut, or with something stray in it."""
    if not seldom(draw) or not content:
        return content
    at = draw(st.integers(0, len(content)))
    stray = draw(st.sampled_from([b'"', b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", None]))
    return content[:at] if stray is None else content[:at] + stray + content[at:]


def fits(name: str, value: Any) -> bool:
    """Whether a value is what its field's specification says."""
    if name == "more":
        return value == json.loads(json.dumps(value, allow_nan=False))
    if type(value) is not TYPES[name]:
        return False
    return {
        "text": lambda: bool(value.strip()) and len(value) <= 40,
        "size": lambda: 0 <= value <= 9,
        "ripe": lambda: True,
        "price": lambda: math.isfinite(value),
        "kinds": lambda: len(value) <= 2 and set(value) <= {"apple", "pear"},
    }[name]()


def check_result(found: RawData, file: str, content: bytes, known: set[str]) -> None:
    """Every row is somewhere, nothing is twice, nothing bad is an item."""
    (source,) = found.files
    assert source.rows == len(found.items) + found.known + len(found.rejected)
    places = [*(item.row for item in found.items), *(row.row for row in found.rejected)]
    assert len(set(places)) == len(places)
    if source.read_as == f"separated by {'tabs' if file.endswith('.tsv') else 'commas'}, UTF-8" and content[:1] > b" ":
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=SEPARATORS[file[-4:]]))
        numbers = [number for number, row in enumerate(table, start=1) if row]
        assert set(places) <= set(numbers)
        assert len(numbers) >= source.rows
    assert all(row.file == file and row.reason for row in found.rejected)
    for item in found.items:
        assert item.item_key == item_key(item.values)
        assert item.item_key not in known
        assert "text" in item.values
        assert all(fits(name, value) for name, value in item.values.items())
    assert len({item.item_key for item in found.items}) == len(found.items)


@FILES
@given(contents(), st.booleans())
def test_a_bad_file_is_refused_by_name_or_its_bad_rows_are(made: tuple[str, bytes], is_known: bool) -> None:
    """Nothing is lost between the rows, and nothing that is bad becomes an item."""
    file, content = made
    known = {item_key({"text": "Cox"})} if is_known else set()
    try:
        found = collect_items({file: content}, FIELDS, known)
    except UnreadableFileError as error:
        assert str(error).startswith(file)
        assert re.search(r"row \d|line \d|column|empty|is a picture", str(error))
        assert len(str(error)) < 1_000
    else:
        check_result(found, file, content, known)
        read = StoredRawData.from_files(StoredRawData(found).to_files()).raw_data
        assert (read.items, read.rejected) == (found.items, found.rejected)
