"""What is seen of answers: when they came, who gave them, how careful people were, what it cost, what was reviewed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.labeling.answers.answers import count_statuses, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.answers.changes import AnswerChanges
from hitl_assets.labeling.answers.pace import hours_between, seconds_per_task, submitted_at
from hitl_assets.labeling.answers.simulated import sentence
from hitl_assets.labeling.answers.workers import Worker, describe_workers
from hitl_assets.labeling.money.amounts import price_of_one
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.endings import advise, is_whole
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer
from hitl_assets.reports import plots
from hitl_assets.reports.tables import ROWS, Metadata, table
from hitl_assets.services.labeling import Collected, Reviewed


def answers(collected: Collected | None, project: Project, batch: str) -> Metadata:
    """Answers and when they came, workers, golden tasks, how the pool ended, what it cost and what to do."""
    if collected is None:
        return {"answers": 0, "golden_answers": 0, "workers": 0, "spent": 0.0, "partial": False}
    pool, assignments, account = collected.pool, collected.assignments, collected.account
    given = list(read_answers(assignments))
    right, golden = golden_accuracy(assignments, project.kind)
    real = sum(not answer.is_golden for answer in given)
    return {
        **simulated(account.simulated),
        "answers": real,
        "golden_answers": golden,
        **({"golden_accuracy": round(right / golden, 4)} if golden else {}),
        **describe_pace(given),
        **(cost(account, real) if project.traits.is_paid else {}),
        "partial": not is_whole(pool.close_reason, project),
        "close_reason": pool.close_reason,
        "what_to_do": advise(pool.close_reason, project, batch, pool.is_archived),
        "pool": dg.MetadataValue.url(pool.link),
        **describe_statuses(assignments),
        **unreadable_answers(assignments, project),
        **describe_crowd(describe_workers(assignments, project.kind)),
    }


def describe_statuses(assignments: Sequence[Mapping[str, Any]]) -> Metadata:
    """How many assignments ended how."""
    rows = sorted(count_statuses(assignments).items())
    return {"assignments": table([("status", "string"), ("assignments", "int")], rows)} if rows else {}


def cost(account: Account, answers: int) -> Metadata:
    """What the answers have cost."""
    return {
        "planned_maximum": float(account.planned),
        "spent": float(account.spent),
        **({"spent_per_answer": price_of_one(account.spent, answers)} if answers else {}),
    }


def changes(found: AnswerChanges) -> Metadata:
    """What is not as it was when the answers were collected before."""
    rows = [(id_, what) for what in ("added", "changed", "gone") for id_ in getattr(found, what)]
    return {
        "answers_added": len(found.added),
        "answers_changed": len(found.changed),
        "answers_gone": len(found.gone),
        "changes": table([("assignment", "string"), ("what", "string")], rows[:ROWS]),
    }


def simulated(kind: str) -> Metadata:
    """Who answered, if they are no people."""
    told = sentence(kind)
    return {"answered_by": told} if told else {}


def describe_pace(given: Sequence[Answer]) -> Metadata:
    """When the answers came, and how long a task takes."""
    times = submitted_at(answer for answer in given if not answer.is_golden)
    seconds = seconds_per_task(given)
    return {
        **({"seconds_per_task": round(seconds, 2)} if seconds is not None else {}),
        "hours": round(hours_between(times), 4),
        **({"answers_over_time": plots.answers_over_time(times)} if times else {}),
    }


def describe_crowd(workers: Sequence[Worker]) -> Metadata:
    """A row for each worker, those with most answers first."""
    columns = [
        ("worker", "string"), ("answers", "int"), ("share", "float"), ("golden_tasks", "int"),
        ("golden_accuracy", "float"), ("seconds_per_task", "float"),
    ]  # fmt: skip
    rows = [
        (
            each.worker_id,
            each.answers,
            round(each.share, 4),
            each.golden_total,
            None if each.golden_accuracy is None else round(each.golden_accuracy, 4),
            None if each.seconds_per_task is None else round(each.seconds_per_task, 1),
        )
        for each in workers[:ROWS]
    ]
    return {
        "workers": sum(each.answers > 0 for each in workers),
        "largest_share": round(max((each.share for each in workers), default=0.0), 4),
        **({"per_worker": table(columns, rows)} if rows else {}),
    }


def unreadable_answers(assignments: Sequence[Mapping[str, Any]], project: Project) -> Metadata:
    """What counts for nothing because it can't be read; nothing if there is nothing."""
    found = find_unreadable(assignments, project.kind)
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
