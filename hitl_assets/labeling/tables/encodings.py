"""Bytes of a file as text: by its byte order mark, as UTF-8, or as its project says. Nothing is guessed."""

import codecs
from collections.abc import Mapping
from typing import NamedTuple

from hitl_assets.labeling.tables.unreadable import UnreadableFileError

# The longer ones first: UTF-32's begins with UTF-16's.
MARKS: Mapping[bytes, str] = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# What a file is that is no text, by how it begins.
OTHERS: Mapping[bytes, str] = {
    b"\x1f\x8b": "compressed by gzip: unpack it",
    b"\xd0\xcf\x11\xe0": "an old or a protected workbook: save it as XLSX without a password, or as CSV UTF-8",
    b"%PDF": "a PDF: save its table as CSV UTF-8",
    b"{\\rtf": "a text with formats (RTF): save its table as CSV UTF-8",
    b"PAR1": "a Parquet file: write its rows as CSV UTF-8, or as JSON lines",
    b"SQLite format 3": "a database of SQLite: write a table of it as CSV UTF-8",
    b"\x89PNG": "a picture: let source.glob leave it out",
    b"\xff\xd8\xff": "a picture: let source.glob leave it out",
    b"version https://git-lfs": "what Git LFS puts in a file's place: run git lfs pull, and commit the file itself",
}
# So much is enough to tell an encoding by, but a few letters are not: most files are in one of these.
SAMPLE = 100_000
USUAL = ("cp1252", "cp1250", "cp1251")


class Decoded(NamedTuple):
    """The text of a file, and in which encoding it was written."""

    text: str
    encoding: str


def decode(content: bytes, file: str, encoding: str | None = None) -> Decoded:
    """The text of a file, without byte order marks. `encoding` is for what is not UTF-8.

    Raises:
        UnreadableFileError: it is empty, no text, or in an encoding that nobody told.
    """
    for start, what in OTHERS.items():
        if content.startswith(start):
            raise UnreadableFileError(f"{file} is {what}.")
    found = decode_marked(content, file) or decode_unmarked(content, file, encoding)
    text = found.text.lstrip("\ufeff")  # Some programs write the mark twice.
    if not text.strip():
        raise UnreadableFileError(f"{file} is empty. It needs a header row and at least one row.")
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFileError(f"{file} has a NUL character in row {row}. Save it as plain CSV.")
    return Decoded(text, found.encoding)


def decode_marked(content: bytes, file: str) -> Decoded | None:
    """The text of a file with a byte order mark; None without one."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    if encoding is None or encoding == "UTF-8":
        return None
    try:
        return Decoded(content.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].decode(encoding, "replace").count("\n") + 1
        raise UnreadableFileError(
            f"{file} begins as {encoding} and is not: row {row}, byte {error.start}. Save it as UTF-8."
        ) from error


def decode_unmarked(content: bytes, file: str, encoding: str | None) -> Decoded:
    """The text of a file in UTF-8, in UTF-16 that can be told by its zeros, or in the encoding of the project."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if encoding is None:
            row = content.count(b"\n", 0, error.start) + 1
            raise UnreadableFileError(
                f"{file} is not UTF-8: row {row}, byte {error.start}. Save it as UTF-8{suggest(content, row)}."
            ) from error
        return decode_as(content, file, encoding)
    wide = wide_encoding(content)
    return Decoded(content.decode(wide), "UTF-16") if wide else Decoded(text, "UTF-8")


def decode_as(content: bytes, file: str, encoding: str) -> Decoded:
    """The text of a file in the encoding of its project."""
    try:
        return Decoded(content.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(
            f"{file} is neither UTF-8 nor {encoding}, as source.encoding says: row {row}, byte {error.start}. "
            "Save it as UTF-8."
        ) from error


def wide_encoding(content: bytes) -> str | None:
    """Which UTF-16 a file without a mark is in, if every other byte of most of its characters is zero."""
    if len(content) % 2 or b"\0" not in content:
        return None
    low, high = content[::2].count(0), content[1::2].count(0)
    if min(low, high) or max(low, high) < len(content) / 8:
        return None
    name = "utf-16-be" if low else "utf-16-le"
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return None
    return name


def suggest(content: bytes, row: int) -> str:
    """In which encodings a file may be, and how its first other row would read: a person has to look."""
    from charset_normalizer import from_bytes

    line = content.split(b"\n")[row - 1].strip()
    best = from_bytes(content[:SAMPLE]).best()
    guess = [best.encoding] if best and not best.encoding.startswith("utf") else []
    names = dict.fromkeys([USUAL[0], *guess, *USUAL])
    readings: dict[str, str] = {}
    for name in names:
        readings.setdefault(read_line(line, name), name)
    shown = ", ".join(f"{name} {reading!r}" for reading, name in readings.items() if reading)
    return f", or write the source.encoding in which this is right: {shown}" if shown else ""


def read_line(line: bytes, encoding: str) -> str:
    """The beginning of a line in an encoding; empty if that is no text."""
    try:
        text = line.decode(encoding)[:40]
    except (UnicodeDecodeError, LookupError):
        return ""
    return text if text.replace("\t", "").isprintable() else ""
