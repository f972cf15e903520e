"""What is seen of answers: who gave them, how careful people were, what it cost, what was decided in a review."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.collecting import Collected
from hitl_assets.labeling.answers import count_statuses, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.endings import advise, is_whole
from hitl_assets.labeling.project import Project
from hitl_assets.reports.tables import ROWS, Metadata, table
from hitl_assets.reviewing import Reviewed


def answers(collected: Collected | None, project: Project, batch: str) -> Metadata:
    """Answers, workers, accuracy on golden tasks, how the pool ended, what it cost and what to do."""
    if collected is None:
        return {"answers": 0, "golden_answers": 0, "workers": 0, "spent": 0.0, "partial": False}
    pool, assignments, account = collected.pool, collected.assignments, collected.account
    given = list(read_answers(assignments))
    real = [answer for answer in given if not answer.is_golden]
    right, golden = golden_accuracy(assignments, project.label)
    workers = Counter(answer.worker_id for answer in real)
    return {
        "answers": len(real),
        "golden_answers": golden,
        **({"golden_accuracy": round(right / golden, 4)} if golden else {}),
        "workers": len(workers),
        "planned_maximum": float(account.planned),
        "spent": float(account.spent),
        "partial": not is_whole(pool.close_reason, project),
        "close_reason": pool.close_reason,
        "what_to_do": advise(pool.close_reason, project, batch),
        "pool": dg.MetadataValue.url(pool.link),
        "assignments": table(
            [("status", "string"), ("assignments", "int")], sorted(count_statuses(assignments).items())
        ),
        **unreadable_answers(assignments, project),
        "answers_per_worker": table([("worker", "string"), ("answers", "int")], workers.most_common(ROWS)),
    }


def unreadable_answers(assignments: Sequence[Mapping[str, Any]], project: Project) -> Metadata:
    """What counts for nothing because it can't be read; nothing if there is nothing."""
    found = find_unreadable(assignments, project.label, project.outputs[project.label])
    columns = [("assignment", "string"), ("place", "string"), ("reason", "string")]
    rows = [(each.assignment_id, each.place, each.reason) for each in found[:ROWS]]
    return {"unreadable_answers": len(found), "unreadable": table(columns, rows)} if found else {}


def reviewed(result: Reviewed) -> Metadata:
    """What was decided, and what waits for a person."""
    decisions = Counter(verdict.decision for verdict in result.verdicts)
    columns = [("assignment", "string"), ("worker", "string"), ("golden", "string"), ("agreement", "float")]
    return {
        "accepted": decisions["accept"],
        "rejected": decisions["reject"],
        "undecided": len(result.undecided),
        "answers_asked_again": result.asked_again,
        "waits_for_you": table(
            [*columns, ("why", "string")],
            [
                (v.assignment_id, v.worker_id, f"{v.golden_right} of {v.golden_total}", v.agreement, v.reason)
                for v in result.undecided[:ROWS]
            ],
        ),
    }
