"""What is seen of the labels of a batch: how many of which, how sure, what they cost, and what people disagree on."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hitl_assets.labeling.aggregation.aggregation import agreement
from hitl_assets.labeling.answers.coverage import Labels
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.money.amounts import price_of_one
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.reports import plots
from hitl_assets.reports.drawings import drawings
from hitl_assets.reports.labeled import labeled_items
from hitl_assets.reports.tables import ROWS, Metadata, count_table, shown, table

# For so many allowed labels each share is a number of its own, which the UI draws over batches.
MOST_SHARES = 10


def labels(found: Labels, project: Project, spent: Decimal | None = None) -> Metadata:
    """Label counts, agreement, confidence, cost, the items that people disagree on, and those without a label.

    `spent` is what the batch has cost; None: nobody was paid.
    """
    decided = found.labels
    counts = project.kind.count(label.label for label in decided)
    return {
        "labels": len(decided),
        "partial_labels": len(found.partial),
        "items_without_label": len(found.unlabeled),
        "method": project.configuration.aggregation.method,
        **({} if spent is None else cost_of_labels(spent, len(decided))),
        "label_counts": count_table("label", "marks" if project.kind.has_parts else "items", counts),
        **shares([label.label for label in decided], project.kind),
        "agreement": round(agreement(decided, project.kind), 4),
        **describe_confidence(decided),
        **drawings(decided, project.kind),
        **describe_disputes(decided, project.kind),
        **labeled_items(decided, project.kind),
        **describe_unlabeled(found),
    }


def describe_unlabeled(found: Labels) -> Metadata:
    """The first items without a label, and how many answers they have of those that they need."""
    columns = [("item", "string"), ("answers", "int"), ("needed", "int")]
    rows = [(shown(item.values), item.answers, item.needed) for item in found.unlabeled[:ROWS]]
    return {"unlabeled": table(columns, rows)} if rows else {}


def cost_of_labels(spent: Decimal, labels: int) -> Metadata:
    """What labels have cost, and each of them."""
    return {"spent": float(spent), **({"spent_per_label": price_of_one(spent, labels)} if labels else {})}


def describe_confidence(decided: Sequence[Label]) -> Metadata:
    """How sure the labels are."""
    values = [label.confidence for label in decided]
    if not values:
        return {}
    return {"mean_confidence": round(sum(values) / len(values), 4), "confidence": plots.confidences(values)}


def describe_disputes(decided: Sequence[Label], kind: Kind) -> Metadata:
    """The items on which people disagree, the least sure first, with the votes."""
    disputed = sorted((label for label in decided if is_disputed(label, kind)), key=lambda label: label.confidence)
    columns = [("item", "string"), ("label", "string"), ("confidence", "float"), ("votes", "string")]
    rows = [
        (shown(each.values), kind.show(each.label, each.values), round(each.confidence, 4), write_votes(each, kind))
        for each in disputed[:ROWS]
    ]
    return {"disputed_items": len(disputed), **({"disputed": table(columns, rows)} if rows else {})}


def is_disputed(label: Label, kind: Kind) -> bool:
    """Whether people gave answers to an item that are not the same."""
    return len(label.votes) > 1 and not all(kind.is_same(name, label.label) for name in label.votes)


def write_votes(label: Label, kind: Kind) -> str:
    """Votes in one cell, the most frequent answer first; those that look the same together."""
    votes: Counter[str] = Counter()
    for cell, count in label.votes.items():
        votes[kind.show(cell, label.values)] += count
    return ", ".join(f"{name} {count}" for name, count in sorted(votes.items(), key=lambda pair: (-pair[1], pair[0])))


def shares(cells: Sequence[str], kind: Kind) -> Metadata:
    """In which share of some labels there is what, once or several times, as far as that is known beforehand: numbers
    with names that stay."""
    if not cells or len(kind.counted) > MOST_SHARES:
        return {}
    having = Counter(name for cell in cells for name in set(kind.count([cell])))
    return {f"share_{name}": round(having[format_value(name)] / len(cells), 4) for name in kind.counted}
