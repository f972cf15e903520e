"""The items of a batch: what a commit brought and no earlier batch had. Bad rows are put aside with the reason."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.records import Item, RejectedRow, Values, item_key
from hitl_assets.labeling.tables import Row, UnreadableFileError, read_rows
from hitl_assets.labeling.values import BadValueError, parse_value

# How the reason begins when a row is there twice.
REPEATED = "same values as"

Specification = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class RawData:
    """One batch of raw data: new items, rejected rows, and how many rows were known already."""

    items: tuple[Item, ...]
    rejected: tuple[RejectedRow, ...] = ()
    known: int = 0

    @property
    def repeated(self) -> int:
        """How many of the rejected rows have the same values as an earlier row of the commit."""
        return sum(row.reason.startswith(REPEATED) for row in self.rejected)


def collect_items(
    files: Mapping[str, bytes], fields: Specification, known: Container[str], inherited: Container[str] = ()
) -> RawData:
    """The new items of a commit's files, in the order of the files and their rows.

    Args:
        files: content by path; CSV, or TSV when the path ends so.
        fields: Toloka's input specification of the project, without the hidden key.
        known: item keys that other batches have.
        inherited: paths of files that an earlier commit brought, whose batch failed. One of them that cannot be used
            is rejected as a whole: it was reported then, and must not hold up this batch.

    Raises:
        UnreadableFileError: one of the other files cannot be used; then none is.
    """
    items: dict[str, Item] = {}
    rejected: list[RejectedRow] = []
    repeated = 0
    for file, row in read_files(files, fields, inherited):
        if isinstance(row, RejectedRow):
            rejected.append(row)
            continue
        parsed = parse_row(row, fields, file)
        if isinstance(parsed, RejectedRow):
            rejected.append(parsed)
            continue
        key = item_key(parsed)
        first = items.get(key)
        if first is not None:
            place = f"row {first.row}" if first.file == file else f"{first.file} row {first.row}"
            rejected.append(RejectedRow(file, row.number, "", f"{REPEATED} {place}"))
        elif key in known:
            repeated += 1
        else:
            items[key] = Item(key, parsed, file, row.number)
    return RawData(tuple(items.values()), tuple(rejected), repeated)


def read_files(
    files: Mapping[str, bytes], fields: Specification, inherited: Container[str]
) -> Iterator[tuple[str, Row | RejectedRow]]:
    """Each row of each file, with the file's path. Columns of optional fields may be absent."""
    required = [name for name, spec in fields.items() if spec.get("required", True)]
    optional = [name for name in fields if name not in required]
    for file in sorted(files):
        try:
            rows = list(read_rows(files[file], file, required, optional))
        except UnreadableFileError as error:
            if file not in inherited:
                raise
            yield file, RejectedRow(file, 1, "", str(error))
        else:
            yield from ((file, row) for row in rows)


def parse_row(row: Row, fields: Specification, file: str) -> Values | RejectedRow:
    """The input values of a row, or why it has none."""
    if row.surplus:
        return RejectedRow(file, row.number, "", f"{row.surplus} more cells than the header: quote commas")
    values = {}
    for name, text in row.cells.items():
        try:
            value = parse_value(text, fields[name])
        except BadValueError as error:
            return RejectedRow(file, row.number, name, str(error))
        if value is not None:
            values[name] = value
    return values or RejectedRow(file, row.number, "", "no value in any column")


def describe_rejected(rejected: Iterable[RejectedRow], place: str) -> list[str]:
    """A line for each rejected row: where it stands and why."""
    return [
        f"{place}:{row.file} row {row.row}{f' column {row.column}' if row.column else ''}: {row.reason}"
        for row in rejected
    ]
