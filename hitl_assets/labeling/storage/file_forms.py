"""The parts of stored files: JSON lines, rejected rows, items without a label, accounts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.items.items import Alike, SeenPicture, SourceFile
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.records import KEY_FIELD, Commit, Item, RejectedRow, UnlabeledItem
from hitl_assets.labeling.tables.tables import UnreadableFileError, read_rows, write_rows

PICTURES = "pictures.csv"
REJECTED = ("file", "row", "column", "reason")
ALIKE = ("file", "row", "like_file", "like_row")


def write_rejected(rejected: Iterable[RejectedRow]) -> bytes:
    """Rejected rows as CSV."""
    return write_rows(REJECTED, ((row.file, row.row, row.column, row.reason) for row in rejected))


def read_rejected(content: bytes) -> tuple[RejectedRow, ...]:
    """The rows that `write_rejected` wrote."""
    cells = (row.cells for row in read_rows(content, "rejected.csv", REJECTED))
    return tuple(RejectedRow(each["file"], int(each["row"]), each["column"], each["reason"]) for each in cells)


def read_sources(content: bytes | None) -> tuple[SourceFile, ...]:
    """The files of a commit; none where an earlier version wrote."""
    cells = (row.cells for row in read_rows(content, "files.csv", SourceFile._fields)) if content else ()
    return tuple(SourceFile(each["file"], int(each["rows"]), each["read_as"], each["left_out"]) for each in cells)


def write_pictures(pictures: Sequence[SeenPicture]) -> dict[str, bytes]:
    """The sizes of pictures as CSV; no file where there are none."""
    return {PICTURES: write_rows(SeenPicture._fields, pictures)} if pictures else {}


def read_pictures(content: bytes | None) -> tuple[SeenPicture, ...]:
    """The pictures that `write_pictures` wrote."""
    cells = (row.cells for row in read_rows(content, PICTURES, SeenPicture._fields)) if content else ()
    return tuple(
        SeenPicture(
            each["item_key"], each["file"], int(each["width"]), int(each["height"]), each["form"], int(each["bytes"])
        )
        for each in cells
    )


def write_source(commit: Commit | None, first_file: str) -> bytes:
    """The commit that brought a batch, with the first of its files, as JSON."""
    return write_lines([{**asdict(commit), "first_file": first_file}]) if commit else b""


def read_source(content: bytes) -> tuple[Commit | None, str]:
    """The commit and the file that `write_source` wrote; none where an earlier version wrote.

    Raises:
        UnreadableFileError: it is no commit.
    """
    for line in read_lines(content, "commit.json"):
        try:
            started = datetime.fromisoformat(line["started"])
            commit = Commit(line["repo"], line["id"], started, line["description"], line["error"])
            return commit, str(line["first_file"])
        except (LookupError, TypeError, ValueError) as error:
            raise UnreadableFileError(f"commit.json is no commit: {line}. Materialize raw_data again.") from error
    return None, ""


def write_alike(alike: Iterable[Alike]) -> bytes:
    """Items that look like others, as CSV: where both stand."""
    return write_rows(ALIKE, ((one.item.file, one.item.row, one.earlier.file, one.earlier.row) for one in alike))


def read_alike(content: bytes | None, items: Iterable[Item]) -> tuple[Alike, ...]:
    """The pairs that `write_alike` wrote, of these items; none where an earlier version wrote."""
    rows = [row.cells for row in read_rows(content, "alike.csv", ALIKE)] if content else []
    by_place = {(item.file, item.row): item for item in items} if rows else {}
    return tuple(
        Alike(by_place[each["file"], int(each["row"])], by_place[each["like_file"], int(each["like_row"])])
        for each in rows
    )


def read_unlabeled(content: bytes | None) -> tuple[UnlabeledItem, ...]:
    """The items without a label; input values come back as text."""
    if content is None:
        return ()
    columns = header_of(content)
    cells = (row.cells for row in read_rows(content, "unlabeled.csv", columns))
    return tuple(
        UnlabeledItem(
            each[KEY_FIELD], {name: each[name] for name in columns[1:-2]}, int(each["votes"]), int(each["votes_needed"])
        )
        for each in cells
    )


def write_account(account: Account | None) -> bytes:
    """The account as JSON, amounts as text so that they stay exact."""
    if account is None:
        return b""
    written = {name: str(value) for name, value in asdict(account).items()}
    return write_lines([{**written, "openings": list(account.openings)}])


def read_account(content: bytes) -> Account | None:
    """The account that `write_account` wrote.

    Raises:
        UnreadableFileError: it is no account.
    """
    for line in read_lines(content, "account.json"):
        try:
            return Account(
                pool_id=line["pool_id"],
                ending=line["ending"],
                planned=Decimal(line["planned"]),
                suites=int(line["suites"]),
                rejected=int(line["rejected"]),
                spent=Decimal(line["spent"]),
                openings=tuple(map(str, line.get("openings", ()))),
                simulated=str(line.get("simulated", "")),
                overlap=int(line.get("overlap", 0)),
            )
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise UnreadableFileError(f"account.json is no account: {line}. Materialize raw_answers again.") from error
    return None


def header_of(content: bytes) -> list[str]:
    """The columns of a CSV file of ours: field names are identifiers, without quotes and commas."""
    return content.decode().split("\n", 1)[0].split(",")


def field_names(values: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """The names of all fields that occur, in the order of their first occurrence."""
    return list(dict.fromkeys(name for each in values for name in each))


def write_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON lines: one object a line, UTF-8; half a character, which UTF-8 lacks, as JSON's escape."""
    lines = (json.dumps(record, ensure_ascii=False, default=plain) + "\n" for record in records)
    return "".join(lines).encode(errors="backslashreplace")


def plain(value: Any) -> Any:
    """What JSON has no form for: exact numbers become numbers again, the rest text (dates are ISO)."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_lines(content: bytes, file: str = "a file of JSON lines") -> Iterator[dict[str, Any]]:
    """The objects of JSON lines.

    Raises:
        UnreadableFileError: a line is no object, or no text. The message names the line.
    """
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line:
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableFileError(f"{file} line {number} is not JSON: {error}.") from error
        if not isinstance(record, dict):
            raise UnreadableFileError(f"{file} line {number} is no object.")
        yield record
