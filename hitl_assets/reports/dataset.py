"""What is seen of the dataset."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from hitl_assets.labeling.concatenation import LabeledRow
from hitl_assets.reports.tables import Metadata, count_table, markdown


def dataset(rows: Sequence[LabeledRow], before: Sequence[LabeledRow], rejected: int, before_commit: str) -> Metadata:
    """The size of the dataset, where its rows are from, and how the labels are balanced."""
    balance = Counter(str(row.label) for row in rows)
    return {
        "dagster/row_count": len(rows),
        "rows_labeled_before": len(before),
        "rows_from_batches": len(rows) - len(before),
        "rows_partial": sum(row.partial for row in rows),
        "rows_left_out": rejected,
        "batches": len({row.batch for row in rows if row.batch}),
        "labeled_before": before_commit or "none",
        "labels": count_table("label", "rows", balance),
        "last_rows": dg.MetadataValue.md(
            markdown([{**row.values, "label": row.label, "confidence": row.confidence} for row in rows[-5:]])
        ),
    }
