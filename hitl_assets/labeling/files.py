"""How each asset's value lies in its directory of a Pachyderm repo: which files, in which form.

JSON lines where types must survive (what goes to Toloka and what comes back), CSV where people and programs read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

from typing_extensions import Self

from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.concatenation import LabeledRow
from hitl_assets.labeling.items import RawData
from hitl_assets.labeling.records import KEY_FIELD, Item, KnownTask, Label, RejectedRow, Task
from hitl_assets.labeling.tables import UnreadableFileError, read_rows, write_rows

Files = Mapping[str, bytes]


class Stored(Protocol):
    """A value that knows its files."""

    def to_files(self) -> Files:
        """Content by file name."""

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""


Value = TypeVar("Value", bound=Stored)


@dataclass(frozen=True)
class StoredRawData:
    """`items.jsonl` (item_key, values, file, row), `item_keys.txt`, `rejected.csv` (file, row, column, reason)."""

    raw_data: RawData

    def to_files(self) -> Files:
        """Content by file name."""
        rejected = [(row.file, row.row, row.column, row.reason) for row in self.raw_data.rejected]
        return {
            "items.jsonl": write_lines(asdict(item) for item in self.raw_data.items),
            # Later batches read these, and only these, to know what is taken.
            "item_keys.txt": "".join(f"{item.item_key}\n" for item in self.raw_data.items).encode(),
            "rejected.csv": write_rows(["file", "row", "column", "reason"], rejected),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        rows = read_rows(files["rejected.csv"], "rejected.csv", ["file", "row", "column", "reason"])
        rejected = (
            RejectedRow(cells["file"], int(cells["row"]), cells["column"], cells["reason"])
            for cells in (row.cells for row in rows)
        )
        return cls(
            RawData(tuple(Item(**line) for line in read_lines(files["items.jsonl"], "items.jsonl")), tuple(rejected))
        )


@dataclass(frozen=True)
class StoredTasks:
    """`tasks.jsonl` (item_key, values, route)."""

    tasks: tuple[Task, ...]

    def to_files(self) -> Files:
        """Content by file name."""
        return {"tasks.jsonl": write_lines(asdict(task) for task in self.tasks)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        return cls(tuple(Task(**line) for line in read_lines(files["tasks.jsonl"], "tasks.jsonl")))


@dataclass(frozen=True)
class StoredKnownTasks:
    """`tasks.jsonl` (values, answer, hint)."""

    tasks: tuple[KnownTask, ...]

    def to_files(self) -> Files:
        """Content by file name."""
        return {"tasks.jsonl": write_lines(asdict(task) for task in self.tasks)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        return cls(tuple(KnownTask(**line) for line in read_lines(files["tasks.jsonl"], "tasks.jsonl")))


@dataclass(frozen=True)
class StoredAnswers:
    """`assignments.jsonl` (each assignment as Toloka gave it) and `answers.csv` (a row for each answer in them)."""

    assignments: tuple[Mapping[str, Any], ...]

    def to_files(self) -> Files:
        """Content by file name."""
        answers = list(read_answers(self.assignments))
        outputs = sorted({name for answer in answers for name in answer.values})
        about = [KEY_FIELD, "worker_id", "assignment_id", "task_id", "status", "is_golden", "created", "submitted"]
        rows = (
            [*(getattr(answer, name) for name in about), *(answer.values.get(name) for name in outputs)]
            for answer in answers
        )
        return {
            "assignments.jsonl": write_lines(self.assignments),
            # A field of the project may have the name of one of our columns.
            "answers.csv": write_rows([*about, *(f"OUTPUT:{n}" if n in about else n for n in outputs)], rows),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote. Only the assignments are read: they hold everything."""
        return cls(tuple(read_lines(files["assignments.jsonl"], "assignments.jsonl")))


@dataclass(frozen=True)
class StoredLabels:
    """`labels.csv`: item_key, the input fields, label, confidence, votes and workers (JSON), pool_id."""

    labels: tuple[Label, ...]

    def to_files(self) -> Files:
        """Content by file name."""
        names = field_names(label.values for label in self.labels)
        rows = (
            [
                label.item_key,
                *(label.values.get(name) for name in names),
                label.label,
                label.confidence,
                label.votes,
                label.workers,
                label.pool_id,
            ]
            for label in self.labels
        )
        columns = [KEY_FIELD, *names, "label", "confidence", "votes", "workers", "pool_id"]
        return {"labels.csv": write_rows(columns, rows)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote; input values come back as text."""
        header = next(iter(files["labels.csv"].decode().splitlines()))
        columns = header.split(",")  # Field names are identifiers: no quotes, no commas.
        inputs = columns[1:-5]
        return cls(
            tuple(
                Label(
                    item_key=cells[KEY_FIELD],
                    values={name: cells[name] for name in inputs},
                    label=cells["label"],
                    confidence=float(cells["confidence"]),
                    votes=json.loads(cells["votes"]),
                    workers=tuple(json.loads(cells["workers"])),
                    pool_id=cells["pool_id"],
                )
                for cells in (row.cells for row in read_rows(files["labels.csv"], "labels.csv", columns))
            )
        )


@dataclass(frozen=True)
class StoredDataset:
    """`dataset.csv`: the input fields, the label under its field's name, then source, batch, item_key, confidence."""

    rows: tuple[LabeledRow, ...]
    label: str

    def to_files(self) -> Files:
        """Content by file name."""
        names = field_names(row.values for row in self.rows)
        rows = (
            [*(row.values.get(name) for name in names), row.label, row.source, row.batch, row.item_key, row.confidence]
            for row in self.rows
        )
        columns = [*names, self.label, "source", "batch", KEY_FIELD, "confidence"]
        return {"dataset.csv": write_rows(columns, rows)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote; values come back as text."""
        columns = files["dataset.csv"].decode().split("\n", 1)[0].split(",")
        names, label = columns[:-5], columns[-5]
        rows = (row.cells for row in read_rows(files["dataset.csv"], "dataset.csv", columns))
        return cls(
            tuple(
                LabeledRow(
                    values={name: cells[name] for name in names},
                    label=cells[label],
                    source=cells["source"],
                    batch=cells["batch"],
                    item_key=cells[KEY_FIELD],
                    confidence=float(cells["confidence"]) if cells["confidence"] else None,
                )
                for cells in rows
            ),
            label,
        )


def directory_of(name: str) -> str:
    """The directory of a partition (or of an unpartitioned asset) in its repo: percent-encoded, as names must be."""
    return "/" + quote(name, safe="")


def name_of(directory: str) -> str:
    """The name that `directory_of` encoded."""
    return unquote(directory.strip("/"))


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


def restore(kind: type[Value], files: Files, place: str) -> Value:
    """The value that lies in these files.

    Raises:
        UnreadableFileError: somebody else wrote or changed them. The message begins with `place`.
    """
    try:
        return kind.from_files(files)
    except (LookupError, TypeError, ValueError) as error:
        reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
        raise UnreadableFileError(f"{place} is not as it was written: {reason} Materialize it again.") from error


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
