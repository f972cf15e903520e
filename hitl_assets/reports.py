"""What people see of a materialization: the metadata of each asset."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.collecting import Collected
from hitl_assets.labeling.aggregation import agreement
from hitl_assets.labeling.answers import count_statuses, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.concatenation import LabeledRow
from hitl_assets.labeling.coverage import Labels
from hitl_assets.labeling.endings import advise, is_whole
from hitl_assets.labeling.items import RawData
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import KEY_FIELD, KnownTask, RejectedRow, Task
from hitl_assets.labeling.tables import UNWRITABLE
from hitl_assets.materializations import ANSWERS, CAP, CREATED, POOL_ID, PROJECT_ID, SUITES
from hitl_assets.publishing import Published
from hitl_assets.reviewing import Reviewed

Metadata = Mapping[str, Any]
ROWS = 20
LONGEST_CELL = 200


def raw_data(found: RawData, commit: str) -> Metadata:
    """New items, rows that were known, rows that were rejected."""
    return {
        "commit": commit,
        "new_items": len(found.items),
        "known_rows": found.known,
        "rejected_rows": len(found.rejected),
        "rejected": rejected_table(found.rejected),
        "first_items": dg.MetadataValue.md(markdown([item.values for item in found.items[:5]])),
    }


def rejected_table(rejected: Sequence[RejectedRow]) -> dg.TableMetadataValue:
    """The first rejected rows: where they stand and why."""
    columns = [("file", "string"), ("row", "int"), ("column", "string"), ("reason", "string")]
    return table(columns, [(row.file, row.row, row.column, row.reason) for row in rejected[:ROWS]])


def tasks(composed: Sequence[Task]) -> Metadata:
    """How many tasks go which way."""
    return {"tasks": len(composed), **{f"route_{name}": n for name, n in Counter(t.route for t in composed).items()}}


def known_tasks(read: Sequence[KnownTask], label: str) -> Metadata:
    """How many tasks with known answers there are of each label."""
    counts = Counter(str(task.answer[label]) for task in read)
    return {"tasks": len(read), "labels": count_table("label", "tasks", counts)}


def toloka_object(kind: str, id_: str, done: str, link: str) -> Metadata:
    """Something that is created once: its id, where it is, and what was done."""
    return {f"{kind}_id": id_, "link": dg.MetadataValue.url(link), "done": done}


def pool(published: Published, project: Project) -> Metadata:
    """The pool, its plan and what it may cost."""
    terms, estimate = project.terms, published.estimate
    return {
        POOL_ID: published.pool.id,
        "pool": dg.MetadataValue.url(published.pool.link),
        "preview": dg.MetadataValue.url(published.pool.preview),
        PROJECT_ID: published.pool.project_id,
        CREATED: published.pool.created,
        "status": published.pool.status,
        "done": published.done,
        "tasks": estimate.tasks,
        "rejected_tasks": len(published.rejected),
        **({"rejected": rejected_table(published.rejected)} if published.rejected else {}),
        SUITES: estimate.suites,
        ANSWERS: estimate.answers,
        "tasks_per_suite": terms.mixer_config.real_tasks_count,
        "overlap": terms.defaults.default_overlap_for_new_tasks,
        "reward_per_suite": float(terms.reward_per_assignment),
        "estimate_minimum": float(estimate.minimum),
        "estimate_maximum": float(estimate.maximum),
        "cap_per_batch": float(project.configuration.budget.per_batch),
        "cap_per_project": float(project.configuration.budget.per_project),
        CAP: float(published.cap),
        "balance": float(published.funds.balance),
        "reserved_by_open_pools": float(published.funds.reserved),
    }


def plan(published: Published, project: Project) -> Metadata:
    """What is kept of a pool beside its batch: only what stays the same when it is published again."""
    estimate = published.estimate
    return {
        POOL_ID: published.pool.id,
        PROJECT_ID: published.pool.project_id,
        "key": published.pool.key,
        CREATED: published.pool.created,
        "tasks": estimate.tasks,
        SUITES: estimate.suites,
        ANSWERS: estimate.answers,
        "estimate_minimum": str(estimate.minimum),
        "estimate_maximum": str(estimate.maximum),
        "fee": str(project.configuration.budget.fee),
    }


def no_pool() -> Metadata:
    """A batch without new items needs no people."""
    return {POOL_ID: "", "status": "nothing new to label", SUITES: 0, ANSWERS: 0, "estimate_maximum": 0.0}


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
        "method": project.configuration.aggregation.method,
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


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> dg.TableMetadataValue:
    """Rows as the UI shows them."""
    names = [name for name, _ in columns]
    schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in columns])
    records = [dg.TableRecord(dict(zip(names, map(cell, row), strict=True))) for row in rows]
    return dg.MetadataValue.table(records, schema)


def count_table(name: str, unit: str, counts: Counter[str]) -> dg.TableMetadataValue:
    """How often there is what: in alphabetical order, the most frequent ones if there are many."""
    return table([(name, "string"), (unit, "int")], sorted(counts.most_common(ROWS)))


def cell(value: Any) -> Any:
    """A cell as it can be stored and shown: a long text cut, without half characters. The UI shows text as text."""
    if not isinstance(value, str):
        return value
    text = UNWRITABLE.sub("\ufffd", value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}... ({len(text)} characters)"


def shown(values: Mapping[str, Any]) -> str:
    """Input values in one short line."""
    return " | ".join(str(value)[:120] for value in values.values())[:120]


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table; what comes from outside cannot leave its cell."""
    if not rows:
        return "none"
    names = list(rows[0])
    lines = [[escape(row.get(name)) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in [names, ["---"] * len(names), *lines])


def escape(value: Any) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    text = "" if value is None else str(cell(str(value)))
    for character, entity in {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.items():
        text = text.replace(character, entity)
    for character in "\\`*_[]()|#!":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def item_columns(project: Project) -> Metadata:
    """The schema of a batch of items, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    return {"dagster/column_schema": dg.TableSchema([dg.TableColumn(KEY_FIELD, "string"), *fields])}


def label_columns(project: Project) -> Metadata:
    """The schema of a batch's labels, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    extra = [
        ("label", "string"),
        ("confidence", "float"),
        ("votes", "json"),
        ("workers", "json"),
        ("pool_id", "string"),
        ("partial", "bool"),
    ]
    columns = [dg.TableColumn(KEY_FIELD, "string"), *fields, *(dg.TableColumn(*each) for each in extra)]
    return {"dagster/column_schema": dg.TableSchema(columns)}


def dataset_columns(project: Project) -> Metadata:
    """The schema of the dataset, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    extra = [(project.label, "string"), ("source", "string"), ("batch", "string"), (KEY_FIELD, "string")]
    last = [dg.TableColumn("confidence", "float"), dg.TableColumn("partial", "bool")]
    columns = [*fields, *(dg.TableColumn(*each) for each in extra), *last]
    return {"dagster/column_schema": dg.TableSchema(columns)}
