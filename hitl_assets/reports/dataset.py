"""What is seen of the dataset: how large it is, what the last commit changed, how labels are balanced, what it cost."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import dagster as dg

from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow
from hitl_assets.labeling.labels.withdrawal import Parted, Withdrawal
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import Files
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.reports import plots
from hitl_assets.reports.labels import cost_of_labels, shares
from hitl_assets.reports.tables import ROWS, Metadata, count_table, markdown, shown, table
from hitl_assets.steps.intake.changes import LabeledBefore


def dataset(
    rows: Sequence[LabeledRow], before: LabeledBefore, project: Project, delta: Delta, spent: Decimal | None
) -> Metadata:
    """The size of the dataset, where its rows are from, what is new in it, its balance, and its cost.

    `delta` compares it with the last commit; `spent` is what all batches have cost.
    """
    kind = project.kind
    cells = [kind.cell(row.label) for row in rows]
    balance = kind.count(cells)
    labeled = len(rows) - len(before.rows)
    return {
        "dagster/row_count": len(rows),
        "rows_added": delta.added,
        "rows_removed": delta.removed,
        "labels_changed": delta.changed,
        "rows_labeled_before": len(before.rows),
        "rows_from_batches": labeled,
        "rows_partial": sum(row.partial for row in rows),
        "rows_left_out": len(before.rejected),
        "batches": len({row.batch for row in rows if row.batch}),
        "labeled_before": before.commit or "none",
        **({} if spent is None else cost_of_labels(spent, labeled)),
        "labels": count_table("label", "rows", balance),
        **shares(cells, kind),
        **({"balance": plots.balance(balance, "rows")} if balance else {}),
        "last_rows": dg.MetadataValue.md(
            markdown([{**row.values, "label": row.label, "confidence": row.confidence} for row in rows[-5:]])
        ),
    }


def withdrawn(parted: Parted, withdrawal: Withdrawal) -> Metadata:
    """What was taken out of the dataset since it was withdrawn, and what of the list is about no row of it."""
    if not withdrawal.commit:
        return {}
    columns = [("item_key", "string"), ("values", "string"), ("label", "string"), ("batch", "string")]
    places = [("file", "string"), ("row", "int"), ("reason", "string")]
    gone = [(row.item_key, shown(row.values), format_value(row.label), row.batch) for row in parted.withdrawn[:ROWS]]
    lost = [(each.file, each.row, "nothing in the dataset is it") for each in parted.unmatched]
    lost += [(each.file, each.row, each.reason) for each in withdrawal.rejected]
    return {
        "withdrawn": withdrawal.commit,
        "rows_withdrawn": len(parted.withdrawn),
        "withdrawn_without_a_row": len(lost),
        **({"withdrawn_rows": table(columns, gone)} if gone else {}),
        **({"withdrawn_in_vain": table(places, lost[:ROWS])} if lost else {}),
    }


def exported(files: Files, remarks: Sequence[str]) -> Metadata:
    """What the dataset was also written as, and what of it could not be."""
    count = Counter(path.split("/", 1)[0] for path in files)
    told = ", ".join(f"{name} ({plural(number, 'file')})" for name, number in count.items())
    return {"exports": told or "none", **({"exports_lack": " ".join(remarks)} if remarks else {})}
