"""What is seen of the labels of a batch."""

from collections import Counter

from hitl_assets.labeling.aggregation import agreement
from hitl_assets.labeling.coverage import Labels
from hitl_assets.labeling.project import Project
from hitl_assets.reports.tables import ROWS, Metadata, count_table, shown, table


def labels(found: Labels, project: Project) -> Metadata:
    """Label counts, confidence, agreement, the items on which people disagree most, and those without a label."""
    decided = found.labels
    counts = Counter(label.label for label in decided)
    confidences = [label.confidence for label in decided]
    disputed = sorted(decided, key=lambda label: label.confidence)[:ROWS]
    return {
        "labels": len(decided),
        "partial_labels": len(found.partial),
        "items_without_label": len(found.unlabeled),
        "method": project.aggregation.method,
        "label_counts": count_table("label", "items", counts),
        "agreement": round(agreement(decided), 4),
        **({"mean_confidence": round(sum(confidences) / len(confidences), 4)} if confidences else {}),
        "least_confident": table(
            [("item", "string"), ("label", "string"), ("confidence", "float"), ("votes", "string")],
            [
                (shown(d.values), d.label, d.confidence, ", ".join(f"{k} {v}" for k, v in d.votes.items()))
                for d in disputed
            ],
        ),
        "unlabeled": table(
            [("item", "string"), ("answers", "int"), ("needed", "int")],
            [(shown(item.values), item.answers, item.needed) for item in found.unlabeled[:ROWS]],
        ),
    }
