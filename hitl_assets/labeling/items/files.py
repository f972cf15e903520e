"""Files as items: what is new among the files of a commit, by the hash of their content; bad ones are put aside."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hitl_assets.labeling.items.items import (
    SAME,
    WITHDRAWN,
    Intake,
    RawData,
    SeenPicture,
    SourceFile,
    Specification,
    parse_row,
)
from hitl_assets.labeling.items.pictures import NoPictureError, Picture, is_picture, read_picture
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.records import Item, RejectedRow, Values
from hitl_assets.labeling.tables.tables import Row, Table, read_table
from hitl_assets.labeling.written import USUAL, Written

READ_AS = "a file"


class FoundFile(NamedTuple):
    """A file of a commit as it is listed: where, the hash of its content (64 hexadecimal digits), and its size."""

    place: Place
    digest: str
    size: int


@dataclass(frozen=True)
class SideTable:
    """The values that a table beside the files adds, by path; `rows` of it that are about no file are put aside."""

    file: str
    rows: Mapping[str, Row]
    rejected: tuple[RejectedRow, ...] = ()


@dataclass(frozen=True)
class FileForm:
    """How a file becomes an item: the field that shows it, the other fields, and the table with their values."""

    field: str
    fields: Specification
    table: SideTable | None = None

    @property
    def others(self) -> Specification:
        """The fields beside the file itself."""
        return {name: spec for name, spec in self.fields.items() if name != self.field}


@dataclass
class FileIntake(Intake):
    """The files of a commit, as they are sorted one after the other."""

    pictures: list[SeenPicture] = field(default_factory=list)
    read: list[SourceFile] = field(default_factory=list)

    def add_file(self, found: FoundFile, form: FileForm, look: Callable[[FoundFile], Picture | None]) -> None:
        """Put the file where it belongs. Only one that is new is looked at.

        Its hash is its key, so that there is no other one that it may have had.
        """
        key, path = found.digest, found.place.path
        if key in self.items:
            self.put_aside(path, f"{SAME} {self.items[key].file}")
        elif self.is_known(key):
            self.known += 1
            self.known_keys.add(key)
            self.read.append(SourceFile(path, 1, READ_AS))
        elif key in self.taken.withdrawn:
            self.put_aside(path, WITHDRAWN)
        else:
            self.add_new(found, form, look)

    def add_new(self, found: FoundFile, form: FileForm, look: Callable[[FoundFile], Picture | None]) -> None:
        """A file that nobody had: an item, if it can be shown and has its values."""
        key, path = found.digest, found.place.path
        try:
            picture = look(found)
        except NoPictureError as error:
            self.put_aside(path, str(error))
            return
        values = values_beside(path, form)
        if isinstance(values, RejectedRow):
            self.rejected.append(values)
            self.read.append(SourceFile(path, 1, READ_AS))
            return
        self.items[key] = Item(key, {form.field: str(found.place), **values}, path, 1)
        self.read.append(SourceFile(path, 1, picture.form if picture else READ_AS))
        if picture:
            self.pictures.append(SeenPicture(key, path, picture.width, picture.height, picture.form, found.size))

    def put_aside(self, path: str, reason: str) -> None:
        """A file that is no item, and why."""
        self.rejected.append(RejectedRow(path, 0, "", reason))
        self.read.append(SourceFile(path, 1, READ_AS))


def collect_files(
    files: Iterable[FoundFile],
    form: FileForm,
    look: Callable[[FoundFile], Picture | None],
    intake: FileIntake,
) -> RawData:
    """The new items among files, in the order of their paths. `look` raises NoPictureError for what can't be shown."""
    for found in sorted(files, key=lambda each: each.place.path):
        intake.add_file(found, form, look)
    beside = form.table.rejected if form.table else ()
    return RawData(
        tuple(intake.items.values()),
        (*intake.rejected, *beside),
        intake.known,
        tuple(intake.read),
        known_keys=frozenset(intake.known_keys),
        pictures=tuple(intake.pictures),
    )


def look_at(found: FoundFile, read: Callable[[FoundFile, int], bytes]) -> Picture | None:
    """The picture that a file is, by its first bytes; None of what does not call itself one.

    Raises:
        NoPictureError: it is not, or has 0 bytes.
    """
    if found.size == 0 or is_picture(found.place.path):
        return read_picture(found.size, lambda most: read(found, most))
    return None


def values_beside(path: str, form: FileForm) -> Values | RejectedRow:
    """The values of the other fields of a file, or why it has none."""
    others = form.others
    table = form.table
    row = table.rows.get(path) if table else None
    if row is not None and table is not None:
        own = Row(row.number, {n: row.cells.get(n, "") for n in others}, row.surplus, row.faults, row.structured)
        if any(own.cells.values()) or own.faults or own.surplus or is_needed(others):
            return parse_row(own, others, table.file)
        return {}
    if is_needed(others):
        where = table.file if table else "the table of source.values"
        return RejectedRow(path, 0, "", f"has no row in {where}, which has its {', '.join(others)}")
    return {}


def is_needed(fields: Specification) -> bool:
    """Whether one of these fields must be there."""
    return any(spec.get("required", True) for spec in fields.values())


def read_side_table(content: bytes, file: str, form: FileForm, written: Written = USUAL) -> SideTable:
    """The table beside the files. The first row of a path counts.

    Raises:
        UnreadableFileError: it is none, or lacks a column.
    """
    required = [name for name, spec in form.others.items() if spec.get("required", True)]
    optional = [name for name in form.others if name not in required]
    table: Table = read_table(content, file, [form.field, *required], optional, written)
    rows: dict[str, Row] = {}
    rejected: list[RejectedRow] = []
    for row in table.rows:
        path = f"/{row.cells.get(form.field, '').strip().lstrip('/')}"
        if path == "/":
            rejected.append(RejectedRow(file, row.number, form.field, "names no file"))
        elif rows.setdefault(path, row) is not row:
            rejected.append(RejectedRow(file, row.number, form.field, f"names {path} as row {rows[path].number} does"))
    return SideTable(file, rows, tuple(rejected))


def without_file(table: SideTable, paths: Iterable[str]) -> SideTable:
    """The same with a row put aside for each path that is not there."""
    there = set(paths)
    lost = [(path, row) for path, row in table.rows.items() if path not in there]
    rejected = [RejectedRow(table.file, row.number, "", f"no file {path} in the commit") for path, row in lost]
    return SideTable(table.file, table.rows, (*table.rejected, *rejected))
