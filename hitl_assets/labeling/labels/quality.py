"""How good a batch's labels are, and how careful those who gave them: in numbers that can be compared over batches."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from typing_extensions import Self

from hitl_assets.labeling.answers.answers import counted, golden_accuracy, read_answers
from hitl_assets.labeling.answers.workers import Worker, describe_workers
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.labels.agreement import krippendorff_alpha
from hitl_assets.labeling.labels.decisions import Audited, judge_audited
from hitl_assets.labeling.model.audits import RISK_OVER_BATCHES, AuditResult
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Label, Task
from hitl_assets.labeling.storage.files import Files
from hitl_assets.labeling.tables.tables import read_rows, write_rows

BINS = 10
# How many items alpha looks at where labels are not equal or not. Keys are digests: the first ones are any ones.
MOST_COMPARED = 100


@dataclass(frozen=True)
class Quality:
    """The health of a batch.

    Shares and confidences are 0 to 1, money is in the account's currency with the fee. `alpha` is Krippendorff's, 1 for
    perfect agreement, 0 for chance; None where nobody answered the same item as another. `confidences` counts labels in
    tenths of their confidence. `routes` and `sources` count tasks and labels.
    """

    items: int
    labels: int
    golden_right: int
    golden_total: int
    alpha: float | None
    confidences: tuple[int, ...]
    audit: AuditResult
    spent: Decimal
    routes: Mapping[str, int]
    sources: Mapping[str, int]
    held_back: int
    workers: tuple[Worker, ...]

    @property
    def golden_accuracy(self) -> float | None:
        """The share of golden tasks that were answered right."""
        return self.golden_right / self.golden_total if self.golden_total else None

    @property
    def cost_per_label(self) -> Decimal | None:
        """What a label has cost, those by the model included."""
        return self.spent / self.labels if self.labels else None


def measure_quality(
    project: Project,
    tasks: Sequence[Task],
    labels: Sequence[Label],
    assignments: Sequence[Mapping[str, Any]],
    audited: Iterable[Audited],
    spent: Decimal,
    audit: AuditResult | None = None,
) -> Quality:
    """The health of a batch, from its tasks, labels and assignments, the audit of its model and what it has cost.

    `audit`: what was found when the labels were decided; without it that is reckoned from what was looked at alone.
    """
    right, total = golden_accuracy(assignments, project.kind)
    votes = counted(read_answers(assignments), project.kind)
    in_batch = {task.item_key for task in tasks}
    return Quality(
        items=len(tasks),
        labels=len(labels),
        golden_right=right,
        golden_total=total,
        alpha=measure_alpha([vote for vote in votes if vote.item_key in in_batch], project.kind),
        confidences=count_confidences(labels),
        audit=audit or judge_audited(project, audited),
        spent=spent,
        routes=dict(sorted(Counter(task.route for task in tasks).items())),
        sources=dict(sorted(Counter(label.source for label in labels).items())),
        held_back=sum(label.held_back for label in labels),
        workers=describe_workers(assignments, project.kind),
    )


def measure_alpha(votes: Sequence[Answer], kind: Kind) -> float | None:
    """Krippendorff's alpha of the votes on a batch's items, where labels are as far apart as their kind says; None
    without two answers to one item."""
    given: dict[str, list[str]] = {}
    for vote in votes:
        given.setdefault(vote.item_key, []).append(kind.cell(vote.values[kind.field]))
    if not kind.outcomes:
        return krippendorff_alpha(given.values())
    # Where nearly every label may be another one, each is compared with each.
    shared = [labels for _, labels in sorted(given.items()) if len(labels) > 1]
    return krippendorff_alpha(shared[:MOST_COMPARED], lambda one, other: 1 - kind.likeness(one, other))


def count_confidences(labels: Sequence[Label]) -> tuple[int, ...]:
    """How many labels have a confidence in each tenth, from 0 up."""
    counts = Counter(min(BINS - 1, int(label.confidence * BINS)) for label in labels)
    return tuple(counts[number] for number in range(BINS))


@dataclass(frozen=True)
class StoredQuality:
    """`quality.json` and `workers.csv` (a row for each worker)."""

    quality: Quality

    def to_files(self) -> Files:
        """Content by file name."""
        written = {field.name: getattr(self.quality, field.name) for field in fields(Quality)}
        del written["workers"]
        written |= {"audit": asdict(self.quality.audit), "spent": str(self.quality.spent)}
        columns = [field.name for field in fields(Worker)]
        rows = ([getattr(worker, name) for name in columns] for worker in self.quality.workers)
        return {
            "quality.json": json.dumps(written, indent=2, ensure_ascii=False).encode() + b"\n",
            "workers.csv": write_rows(columns, rows),
        }

    @classmethod
    def from_files(cls, files: Files) -> Self:
        """The value that `to_files` wrote."""
        written = json.loads(files["quality.json"])
        written |= {
            "audit": AuditResult(**written["audit"]),
            "spent": Decimal(written["spent"]),
            "confidences": tuple(written["confidences"]),
        }
        rows = read_rows(files["workers.csv"], "workers.csv", [field.name for field in fields(Worker)])
        return cls(Quality(**written, workers=tuple(read_worker(row.cells) for row in rows)))


def read_worker(cells: Mapping[str, str]) -> Worker:
    """The worker of a row."""
    return Worker(
        worker_id=cells["worker_id"],
        answers=int(cells["answers"]),
        share=float(cells["share"]),
        golden_right=int(cells["golden_right"]),
        golden_total=int(cells["golden_total"]),
        seconds_per_task=float(cells["seconds_per_task"]) if cells["seconds_per_task"] else None,
    )


def describe_audit(audit: AuditResult) -> str:
    """What an audit says of the model, in a sentence or two."""
    if not audit.items:
        return "No label by the model was looked at."
    told = (
        f"{audit.wrong:.3g} of {audit.items} audited labels by the model are wrong: {audit.error:.1%}, "
        f"between {audit.low:.1%} and {audit.high:.1%}; {audit.allowed:.1%} are allowed."
    )
    return told + describe_batches_before(audit) + describe_trial(audit)


def describe_batches_before(audit: AuditResult) -> str:
    """What the audits of batches before say beside it; nothing if there are none."""
    if not audit.earlier:
        return ""
    return (
        f" With the {audit.earlier} of batches before under the same version, that is {audit.against:.3g} times "
        f"likelier if more are wrong than allowed (it fails from {1 / RISK_OVER_BATCHES:.0f} on)."
    )


def describe_trial(audit: AuditResult) -> str:
    """Whether the labels are proven to be right, where that had to be."""
    if not audit.must_prove:
        return ""
    proven = "proves that" if audit.at_most <= audit.allowed else "does not prove that"
    return (
        " The batch was on trial, as too little is known of the model on items like these: its audit "
        f"{proven} no more are wrong than allowed ({audit.at_most:.1%} at most)."
    )
