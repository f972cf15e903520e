"""The items of a batch: what a commit brought and no earlier batch had. Bad rows are put aside with the reason."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hitl_assets.labeling.records import Commit, Item, RejectedRow, Values
from hitl_assets.labeling.tables.tables import Row, Table, UnreadableFileError, read_header, read_table
from hitl_assets.labeling.values.identity import IDENTITY, Identity, every_key, look_of
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import TEXTUAL, BadValueError, check_size, parse_value
from hitl_assets.labeling.written import USUAL, Written

# How the reason begins when a row is there twice.
REPEATED = "same values as"
# The same of a file.
SAME = "same content as"
# How many files an error names; after these one sees what it is about.
MOST_UNUSABLE = 20
LEFT = "dismissed by a person"
WITHDRAWN = "withdrawn: nobody is asked about it"
# How it begins why a file was not read.
MISSED = "does not match"
# What people commit as a table, whatever the pattern says.
TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".gz", ".zip")

# What a spreadsheet writes where a formula failed.
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)

Specification = Mapping[str, Mapping[str, Any]]


class SourceFile(NamedTuple):
    """A file of a commit: how many rows it has, as what it was read, or why it was not."""

    file: str
    rows: int
    read_as: str
    left_out: str = ""


class Alike(NamedTuple):
    """An item that looks like an earlier one, and is another."""

    item: Item
    earlier: Item


class SeenPicture(NamedTuple):
    """A picture that is an item, as a browser shows it."""

    item_key: str
    file: str
    width: int
    height: int
    form: str
    bytes: int


@dataclass(frozen=True)
class RawData:
    """One batch of raw data: new items, rejected rows, how many rows were known already, and the files of the commit.

    Each row of each file is one of the first three. `known_keys` are the keys under which rows are known. `commit` is
    what brought it (None: not told), `first_file` the first file that it brought, by name, of those that are read.
    """

    items: tuple[Item, ...]
    rejected: tuple[RejectedRow, ...] = ()
    known: int = 0
    files: tuple[SourceFile, ...] = ()
    alike: tuple[Alike, ...] = ()
    known_keys: frozenset[str] = frozenset()
    commit: Commit | None = None
    first_file: str = ""
    pictures: tuple[SeenPicture, ...] = ()

    @property
    def unread(self) -> tuple[SourceFile, ...]:
        """The files that brought nothing and that somebody may miss: tables that are not read, or have no rows; if no
        file was read at all, every one."""
        is_read = any(not each.left_out for each in self.files)
        return tuple(each for each in self.files if brings_nothing(each, is_read))

    @property
    def repeated(self) -> int:
        """How many of the rejected rows have the same values as an earlier row of the commit."""
        return sum(row.reason.startswith((REPEATED, SAME)) for row in self.rejected)


def brings_nothing(file: SourceFile, is_any_read: bool) -> bool:
    """Whether a file brought no row, and is no other kind of file beside the tables."""
    is_table = file.file.lower().endswith(TABLES)
    return file.rows == 0 and (not file.left_out or is_table or not is_any_read)


@dataclass(frozen=True)
class Taken:
    """Which items are not new, by key: those that other batches have, those that this one had when it was taken in
    before, those that were withdrawn, and those that are known elsewhere (of which this batch keeps its own)."""

    known: Container[str] = ()
    own: Container[str] = ()
    withdrawn: Container[str] = ()
    elsewhere: Container[str] = ()


@dataclass
class Intake:
    """The rows of a commit, as they are sorted one after the other."""

    taken: Taken
    identity: Identity
    items: dict[str, Item] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    known: int = 0
    known_keys: set[str] = field(default_factory=set)
    seen: dict[str, Item] = field(default_factory=dict)

    def add(self, values: Values, file: str, row: int) -> None:
        """Put the row where it belongs."""
        keys = every_key(values, self.identity)
        # What was taken in under another identity keeps its key: people may have been asked under it.
        key = next(filter(self.taken.own.__contains__, keys), keys[0])
        first = self.items.get(key) or (None if key in keys[1:] else self.seen.get(key))
        if first is not None:
            place = f"row {first.row}" if first.file == file else f"{first.file} row {first.row}"
            unseen = "" if first.values == values else ", but for what nobody sees"
            self.rejected.append(RejectedRow(file, row, "", f"{REPEATED} {place}{unseen}"))
        elif any(map(self.is_known, keys)):
            self.known += 1
            self.known_keys.update(keys)
        elif any(map(self.taken.withdrawn.__contains__, keys)):
            self.rejected.append(RejectedRow(file, row, "", WITHDRAWN))
        else:
            self.items[key] = self.seen[keys[0]] = Item(key, values, file, row)

    def is_known(self, key: str) -> bool:
        """Whether others have this item, or it is known elsewhere and this batch had not taken it in before that."""
        return key in self.taken.known or (key in self.taken.elsewhere and key not in self.taken.own)


def collect_items(
    files: Mapping[str, bytes],
    fields: Specification,
    known: Container[str],
    inherited: Container[str] = (),
    identity: Identity = IDENTITY,
    taken: Taken | None = None,
    written: Written = USUAL,
) -> RawData:
    """The new items of a commit's files, in the order of the files and their rows.

    Args:
        files: content by path; see `read_table` for their forms.
        fields: Toloka's input specification of the project, without the hidden key.
        known: item keys that other batches have.
        inherited: paths of files that an earlier commit brought, whose batch failed.
        identity: which values are the same item.
        taken: instead of `known`, if there is more to know.
        written: their encoding, and what their columns are called.

    A file that cannot be used is rejected as a whole, as one row: it must not hold up the others.

    Raises:
        UnreadableFileError: none of the files that are not inherited can be used. One sentence for each.
    """
    intake = Intake(taken or Taken(known), identity)
    read: list[SourceFile] = []
    tables = dict(read_files(files, fields, written))
    own = [table for file, table in tables.items() if file not in inherited]
    unusable = [table.reason for table in own if isinstance(table, RejectedRow)]
    if own and len(unusable) == len(own):
        raise UnreadableFileError("\n".join(unusable[:MOST_UNUSABLE]))
    for file, table in tables.items():
        if isinstance(table, RejectedRow):
            intake.rejected.append(table)
            read.append(SourceFile(file, 1, "", table.reason))
            continue
        read.append(SourceFile(file, len(table.rows), table.read_as))
        for row in table.rows:
            parsed = parse_row(row, fields, file)
            if isinstance(parsed, RejectedRow):
                intake.rejected.append(parsed)
            else:
                intake.add(parsed, file, row.number)
    items = tuple(intake.items.values())
    known_keys = frozenset(intake.known_keys)
    return RawData(items, tuple(intake.rejected), intake.known, tuple(read), tuple(find_alike(items)), known_keys)


def read_files(
    files: Mapping[str, bytes], fields: Specification, written: Written
) -> Iterator[tuple[str, Table | RejectedRow]]:
    """Each file's path, and its table or why it has none. Columns of optional fields may be absent."""
    required = [name for name, spec in fields.items() if spec.get("required", True)]
    optional = [name for name in fields if name not in required]
    for file in sorted(files):
        try:
            table = read_table(files[file], file, required, optional, written)
            check_columns(table, files[file], file, optional, written)
            yield file, table
        except UnreadableFileError as error:
            yield file, RejectedRow(file, 1, "", str(error))


def check_columns(table: Table, content: bytes, file: str, optional: Sequence[str], written: Written) -> None:
    """Refuse a table that has none of the fields, where every one is optional."""
    if table.rows and not any(row.cells or row.faults for row in table.rows):
        has = ", ".join(read_header(content, file, written))[:300]
        raise UnreadableFileError(f"{file} has none of the columns {', '.join(optional)}; it has: {has}.")


def parse_row(row: Row, fields: Specification, file: str) -> Values | RejectedRow:
    """The input values of a row, or why it has none."""
    for column, fault in row.faults.items():
        return RejectedRow(file, row.number, column, fault)
    if row.surplus:
        reason = f"{plural(row.surplus, 'more cell')} than the header: quote commas, or what else separates cells"
        return RejectedRow(file, row.number, "", reason)
    values = {}
    for name, text in row.cells.items():
        if name in row.structured and str(fields[name].get("type", "string")) in TEXTUAL:
            return RejectedRow(
                file, row.number, name, f"{text[:80]} is no text: put it in quotes, if it is meant to be"
            )
        if text in SPREADSHEET_ERRORS:
            return RejectedRow(file, row.number, name, f"the cell shows the error {text}")
        try:
            value = parse_value(text, fields[name])
        except BadValueError as error:
            return RejectedRow(file, row.number, name, str(error))
        if value is not None:
            values[name] = value
    try:
        check_size(values)
    except BadValueError as error:
        return RejectedRow(file, row.number, "", str(error))
    return values or RejectedRow(file, row.number, "", "no value in any column")


def find_alike(items: Iterable[Item]) -> Iterator[Alike]:
    """The items that look like an earlier one of the batch: case, width of letters, number of spaces."""
    seen: dict[tuple[str, ...], Item] = {}
    for item in items:
        earlier = seen.setdefault(look_of(item.values), item)
        if earlier is not item:
            yield Alike(item, earlier)


def describe_rejected(rejected: Iterable[RejectedRow], place: str) -> list[str]:
    """A line for each rejected row: where it stands and why. What is said of a whole file names it already."""
    return [f"{place}:{row.reason if row.reason.startswith(row.file) else describe_row(row)}" for row in rejected]


def describe_row(row: RejectedRow) -> str:
    """Where a rejected row stands and why."""
    place = f" row {row.row}" if row.row else ""
    return f"{row.file}{place}{f' column {row.column}' if row.column else ''}: {row.reason}"
