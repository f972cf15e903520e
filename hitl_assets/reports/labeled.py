"""The labels of a batch beside what they are about, where a label alone says little; scores of what was compared."""

from collections.abc import Mapping, Sequence

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import Answer, Label
from hitl_assets.reports.tables import ROWS, Metadata, markdown, table


def labeled_items(decided: Sequence[Label], kind: Kind) -> Metadata:
    """Items with their labels and what people answered, the least sure first."""
    if not (kind.is_shown_in_item and decided):
        return {}
    rows = [describe(each, kind) for each in sorted(decided, key=lambda label: label.confidence)[:ROWS]]
    return {"labeled_items": markdown(rows)}


def describe(label: Label, kind: Kind) -> Mapping[str, str]:
    """One label, and the answers that it was made of."""
    answers = sorted(label.votes.items(), key=lambda pair: (-pair[1], pair[0]))
    given = {
        f"answer {place}": f"{kind.show(cell, label.values)} ({count})"
        for place, (cell, count) in enumerate(answers, 1)
    }
    return {"label": kind.show(label.label, label.values), "confidence": f"{label.confidence:.4f}", **given}


def scores(votes: Sequence[Answer], kind: Kind) -> Metadata:
    """How good what was compared is, the best first."""
    found = kind.score((vote.worker_id, vote.inputs, kind.cell(vote.values[kind.field])) for vote in votes)
    columns = [("compared", "string"), ("score", "float")]
    return {"scores": table(columns, list(found.items())[:ROWS])} if found else {}
