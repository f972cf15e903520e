"""How each asset's value lies in its directory of a Pachyderm repo: which files, in which form.

JSON lines where types must survive (what goes to Toloka and what comes back), CSV where people and programs read.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

from typing_extensions import Self

from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.answers.review import Verdict
from hitl_assets.labeling.items.items import RawData, SourceFile
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.rounds import Round
from hitl_assets.labeling.records import KEY_FIELD, Item, KnownTask, RejectedRow, Task
from hitl_assets.labeling.storage.file_forms import (
    PICTURES,
    header_of,
    read_account,
    read_alike,
    read_lines,
    read_pictures,
    read_rejected,
    read_source,
    read_sources,
    write_account,
    write_alike,
    write_lines,
    write_pictures,
    write_rejected,
    write_source,
)
from hitl_assets.labeling.tables.tables import UnreadableFileError, read_rows, write_rows

Files = Mapping[str, bytes]
# Which commit a batch is of: names of batches have the beginning of its id only.
COMMIT_FILE = "commit.json"
# In pool.json: the pool goes on after it ended, so that its files are shown again.
RESUMED = "resumed"


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
    """`items.jsonl` (item_key, values, file, row), `item_keys.txt`, `rejected.csv` (file, row, column, reason),
    `files.csv` (file, rows, read_as, left_out), `alike.csv` (file, row, and of the item that looks the same),
    `commit.json` (the commit, and the first file that it brought), and of files that are pictures `pictures.csv`
    (item_key, file, width, height, form, bytes)."""

    raw_data: RawData

    def to_files(self) -> Files:
        """Content by file name."""
        return {
            "items.jsonl": write_lines(asdict(item) for item in self.raw_data.items),
            # Later batches read these, and only these, to know what is taken.
            "item_keys.txt": "".join(f"{item.item_key}\n" for item in self.raw_data.items).encode(),
            "rejected.csv": write_rejected(self.raw_data.rejected),
            "files.csv": write_rows(SourceFile._fields, self.raw_data.files),
            "alike.csv": write_alike(self.raw_data.alike),
            COMMIT_FILE: write_source(self.raw_data.commit, self.raw_data.first_file),
            **write_pictures(self.raw_data.pictures),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote; how many rows were known is not in it."""
        items = tuple(Item(**line) for line in read_lines(files["items.jsonl"], "items.jsonl"))
        rejected = read_rejected(files["rejected.csv"])
        read, alike = read_sources(files.get("files.csv")), read_alike(files.get("alike.csv"), items)
        commit, first_file = read_source(files.get(COMMIT_FILE, b""))
        pictures = read_pictures(files.get(PICTURES))
        return cls(
            RawData(items, rejected, files=read, alike=alike, commit=commit, first_file=first_file, pictures=pictures)
        )


@dataclass(frozen=True)
class StoredTasks:
    """`tasks.jsonl` (item_key, values, route, and the file and row of the item)."""

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
        kept = ("values", "answer", "hint")
        return {"tasks.jsonl": write_lines({name: getattr(task, name) for name in kept} for task in self.tasks)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        return cls(tuple(KnownTask(**line) for line in read_lines(files["tasks.jsonl"], "tasks.jsonl")))


@dataclass(frozen=True)
class StoredPool:
    """`pool.json` (id, project, key, plan) and `rejected.csv` (the tasks that Toloka refused, by the row they are
    from)."""

    pool: Mapping[str, Any]
    rejected: tuple[RejectedRow, ...] = ()

    def to_files(self) -> Files:
        """Content by file name."""
        return {"pool.json": write_lines([self.pool]), "rejected.csv": write_rejected(self.rejected)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        return cls(next(read_lines(files["pool.json"], "pool.json")), read_rejected(files["rejected.csv"]))


@dataclass(frozen=True)
class StoredAnswers:
    """`assignments.jsonl` (each assignment as Toloka gave it), `answers.csv` (a row for each answer in them) and
    `account.json` (what the pool has cost)."""

    assignments: tuple[Mapping[str, Any], ...]
    account: Account | None = None

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
            "account.json": write_account(self.account),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote. `answers.csv` is not read: the assignments hold everything."""
        return cls(
            tuple(read_lines(files["assignments.jsonl"], "assignments.jsonl")),
            read_account(files.get("account.json", b"")),
        )


@dataclass(frozen=True)
class StoredReview:
    """`assignments.jsonl` (each assignment as it is after the review) and `review.csv` (what was decided, and why)."""

    assignments: tuple[Mapping[str, Any], ...]
    verdicts: tuple[Verdict, ...] = ()

    def to_files(self) -> Files:
        """Content by file name."""
        columns = [field.name for field in fields(Verdict)]
        rows = ([getattr(verdict, name) for name in columns] for verdict in self.verdicts)
        return {"assignments.jsonl": write_lines(self.assignments), "review.csv": write_rows(columns, rows)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote. Only the assignments are read: the rest is for people."""
        return cls(tuple(read_lines(files["assignments.jsonl"], "assignments.jsonl")))


@dataclass(frozen=True)
class StoredRounds:
    """`rounds.csv`: round, items and answers of it, items that were asked about no more, their mean confidence, and
    how many of them are not sure enough."""

    rounds: tuple[Round, ...]

    def to_files(self) -> Files:
        """Content by file name."""
        columns = ["round", "items", "answers", "finished", "mean_confidence", "unsure"]
        rows = (
            [each.number, each.items, each.answers, each.finished, each.mean_confidence, each.unsure]
            for each in self.rounds
        )
        return {"rounds.csv": write_rows(columns, rows)}

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        columns = header_of(files["rounds.csv"])
        cells = (row.cells for row in read_rows(files["rounds.csv"], "rounds.csv", columns))
        return cls(
            tuple(
                Round(
                    int(each["round"]),
                    int(each["items"]),
                    int(each["answers"]),
                    int(each["finished"]),
                    float(each["mean_confidence"]) if each["mean_confidence"] else None,
                    int(each["unsure"]),
                )
                for each in cells
            )
        )


def directory_of(name: str) -> str:
    """The directory of a partition (or of an unpartitioned asset) in its repo: percent-encoded, as names must be."""
    return "/" + quote(name, safe="")


def name_of(directory: str) -> str:
    """The name that `directory_of` encoded."""
    return unquote(directory.strip("/"))


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
