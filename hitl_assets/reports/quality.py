"""What is seen of the health of a batch: of workers, answers and the model, and what a label costs."""

from collections import Counter

import dagster as dg

from hitl_assets.labeling.answers.workers import Worker
from hitl_assets.labeling.labels.quality import Quality, describe_audit
from hitl_assets.labeling.money.amounts import price_of_one
from hitl_assets.reports.tables import ROWS, Metadata, count_table, table

WORKER = [("worker", "string"), ("answers", "int"), ("share", "float"), ("golden", "string"), ("seconds", "float")]


def quality(found: Quality) -> Metadata:
    """The numbers over batches, and the tables of this one."""
    audit = found.audit
    numbers = {
        "golden_accuracy": found.golden_accuracy,
        "krippendorff_alpha": found.alpha,
        **(
            {"model_error": audit.error, "model_error_low": audit.low, "model_error_high": audit.high}
            if audit.items
            else {}
        ),
        **{f"share_by_{route}": count / found.items for route, count in found.routes.items()},
    }
    return {
        "items": found.items,
        "labels": found.labels,
        "labels_held_back": found.held_back,
        "audited_items": audit.items,
        **{name: round(float(value), 4) for name, value in numbers.items() if value is not None},
        **({"cost_per_label": price_of_one(found.cost_per_label, 1)} if found.cost_per_label is not None else {}),
        "spent": float(found.spent),
        "audit": describe_audit(audit),
        "sources": count_table("source", "labels", Counter(found.sources)),
        "confidence": confidence_table(found),
        "workers": table(WORKER, [worker_row(worker) for worker in found.workers[:ROWS]]),
    }


def confidence_table(found: Quality) -> dg.TableMetadataValue:
    """How many labels are how sure, in tenths."""
    rows = [(f"{number / 10:.1f} to {(number + 1) / 10:.1f}", count) for number, count in enumerate(found.confidences)]
    return table([("confidence", "string"), ("labels", "int")], [row for row in rows if row[1]])


def worker_row(worker: Worker) -> tuple[str, int, float, str, float | None]:
    """One worker in a line."""
    seconds = None if worker.seconds_per_task is None else round(worker.seconds_per_task, 1)
    golden = f"{worker.golden_right} of {worker.golden_total}"
    return worker.worker_id, worker.answers, round(worker.share, 4), golden, seconds
