"""What was put aside of a batch, rows or tasks that Toloka did not take: how many, where, and the first of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from hitl_assets.events import key_of
from hitl_assets.io_managers import rejected_in
from hitl_assets.labeling.items.items import describe_rejected
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.status.history import History

# An asset, how many rows it put aside (in its metadata), and what they are.
SOURCES = (("raw_data", "rejected_rows", "rows"), ("pools", "rejected_tasks", "tasks"))


@dataclass(frozen=True)
class Rejection:
    """What one asset of a batch put aside: `count` of `what`, all of them in `path`, and the first in `rows`."""

    count: int
    what: str
    path: str
    rows: tuple[RejectedRow, ...]

    def __str__(self) -> str:
        first = f" The first: {describe_rejected(self.rows[:1], '')[0].removeprefix(':')}." if self.rows else ""
        return f"{plural(self.count, self.what.removesuffix('s'))} put aside.{first} All of them: {self.path}"


def find_rejections(project: Project, history: History) -> Iterator[Rejection]:
    """What the assets of a batch put aside."""
    for asset, name, what in SOURCES:
        event = history.events.get(asset)
        count = int(event.metadata.get(name) or 0) if event else 0
        if event and count:
            yield Rejection(count, what, rejected_in(key_of(project, asset), history.batch), rows_of(event.metadata))


def rows_of(metadata: Mapping[str, Any]) -> tuple[RejectedRow, ...]:
    """The rows that the metadata name."""
    shown = metadata.get("rejected")
    records = shown.records if isinstance(shown, dg.TableMetadataValue) else ()
    told = (record.data for record in records)
    return tuple(
        RejectedRow(str(each["file"]), int(each["row"] or 0), str(each["column"]), str(each["reason"])) for each in told
    )
