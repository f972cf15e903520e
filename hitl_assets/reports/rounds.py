"""What is seen of rounds: whom a batch waits for now, and what each round has brought."""

from collections.abc import Sequence

from hitl_assets.events import ANSWERS, ITEMS_ASKED, REFUSED, ROUND
from hitl_assets.labeling.pools.rounds import Round, confidence_counts
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label
from hitl_assets.reports.tables import Metadata, table
from hitl_assets.services.labeling import Asked


def asked(found: Asked, labels: Sequence[Label]) -> Metadata:
    """A round that begins: whom it asks about, and what the batch has come to."""
    return {
        **standing(found, labels),
        "status": found.pool.status,
        ITEMS_ASKED: found.items,
        "answers": found.answers - found.missing,
        ANSWERS: found.answers,
        "completed": round(1 - found.missing / max(1, found.answers), 4),
        **({"items_left_out": found.left_out, "left_out_because": found.refused} if found.left_out else {}),
        "what_to_do": "nothing",
    }


def rounds(found: Asked | None, labels: Sequence[Label], every: Sequence[Round], project: Project) -> Metadata:
    """The rounds of a batch that are over, and why the labels that are not sure enough are left as they are."""
    if found is None:
        return {ROUND: 0, "items_unsure": 0, "what_to_do": "nothing"}
    overlap = project.configuration.overlap
    columns = [("round", "int"), ("items", "int"), ("answers", "int"), ("finished", "int")]
    return {
        **standing(found, labels),
        "answers": sum(each.answers for each in every),
        **(
            {"most_answers": overlap.max, "most_rounds": overlap.rounds, "confidence_wanted": overlap.confidence}
            if overlap
            else {}
        ),
        "rounds": table(
            [*columns, ("mean_confidence", "float"), ("unsure", "int")],
            [(e.number, e.items, e.answers, e.finished, e.mean_confidence, e.unsure) for e in every],
        ),
        **({REFUSED: found.refused} if found.refused else {}),
        "what_to_do": found.refused or "nothing",
    }


def standing(found: Asked, labels: Sequence[Label]) -> Metadata:
    """How sure the labels are, and what they have cost."""
    confidences = [label.confidence for label in labels]
    counts = confidence_counts(labels)
    return {
        ROUND: found.round,
        "items_unsure": found.unsure,
        **({"mean_confidence": round(sum(confidences) / len(confidences), 4)} if confidences else {}),
        "confidences": table([("up_to", "float"), ("items", "int")], list(counts.items())),
        "spent": float(found.spent),
    }
