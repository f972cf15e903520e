"""What is seen of what comes in: new items, rejected rows, tasks, known tasks."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from hitl_assets.labeling.items.batch_names import title
from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.model.routing import AUDIT, MODEL
from hitl_assets.labeling.records import Item, KnownTask, RejectedRow, Task, canonical_json
from hitl_assets.reports.tables import ROWS, Metadata, count_table, markdown, table


def raw_data(found: RawData, batch: str) -> Metadata:
    """New items, rows that were known from earlier batches, rows that repeat others, rows that were rejected."""
    commit = found.commit
    return {
        "batch": title(batch, found.first_file, commit.started if commit else None),
        "commit": str(commit),
        **({"committed": dg.MetadataValue.timestamp(commit.started)} if commit else {}),
        "first_file": found.first_file,
        "new_items": len(found.items),
        "rows": len(found.items) + found.known + len(found.rejected),
        "known_rows": found.known,
        "repeated_rows": found.repeated,
        "rejected_rows": len(found.rejected),
        "rejected": rejected_table(found.rejected),
        "files": files_table(found),
        "alike_items": len(found.alike),
        **({"alike": alike_table(found)} if found.alike else {}),
        "first_items": dg.MetadataValue.md(markdown([item.values for item in found.items[:5]])),
    }


def rejected_table(rejected: Sequence[RejectedRow]) -> dg.TableMetadataValue:
    """The first rejected rows: where they stand and why."""
    columns = [("file", "string"), ("row", "int"), ("column", "string"), ("reason", "string")]
    return table(columns, [(row.file, row.row, row.column, row.reason) for row in rejected[:ROWS]])


def files_table(found: RawData) -> dg.TableMetadataValue:
    """The files of the commit: how many rows, as what it was read, or why not."""
    columns = [("file", "string"), ("rows", "int"), ("read_as", "string"), ("left_out", "string")]
    return table(columns, [tuple(each) for each in found.files[:ROWS]])


def alike_table(found: RawData) -> dg.TableMetadataValue:
    """The first items that look like an earlier one: case, width of letters, number of spaces."""
    columns = [("file", "string"), ("row", "int"), ("like_file", "string"), ("like_row", "int"), ("values", "string")]
    shown = ((*place(each.item), *place(each.earlier), canonical_json(each.item.values)) for each in found.alike[:ROWS])
    return table(columns, list(shown))


def place(item: Item) -> tuple[str, int]:
    """Where an item stands."""
    return item.file, item.row


def tasks(composed: Sequence[Task]) -> Metadata:
    """How many tasks go which way, and which share of those that the model is sure of people look at all the same."""
    routes = Counter(task.route for task in composed)
    sure = routes[AUDIT] + routes[MODEL]
    return {
        "tasks": len(composed),
        **{f"route_{name}": number for name, number in routes.items() if number},
        **({"audited_share": round(routes[AUDIT] / sure, 4)} if sure else {}),
    }


def known_tasks(read: Sequence[KnownTask], kind: Kind) -> Metadata:
    """How many tasks with known answers there are of each label."""
    counts = kind.count(kind.cell(task.answer[kind.field]) for task in read)
    return {"tasks": len(read), "labels": count_table("label", "tasks", counts)}
