"""Workers as their answers show them: how many, how careful, how fast, and what share of the batch is theirs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.answers.answers import is_right, read_answers
from hitl_assets.labeling.answers.pace import seconds_per_task
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import Answer


@dataclass(frozen=True)
class Worker:
    """One worker in one batch. `answers` and `share` (0 to 1) are without golden tasks."""

    worker_id: str
    answers: int
    share: float
    golden_right: int
    golden_total: int
    seconds_per_task: float | None

    @property
    def golden_accuracy(self) -> float | None:
        """The share of golden tasks that were answered right, or None if there were none."""
        return self.golden_right / self.golden_total if self.golden_total else None


def describe_workers(assignments: Iterable[Mapping[str, Any]], kind: Kind) -> tuple[Worker, ...]:
    """The workers of a batch, those with most answers first."""
    own: dict[str, list[Answer]] = defaultdict(list)
    for answer in read_answers(assignments):
        own[answer.worker_id].append(answer)
    total = sum(not answer.is_golden for answers in own.values() for answer in answers)
    found = (describe(worker, answers, total, kind) for worker, answers in own.items())
    return tuple(sorted(found, key=lambda worker: (-worker.answers, worker.worker_id)))


def describe(worker_id: str, answers: list[Answer], total: int, kind: Kind) -> Worker:
    """One worker, whose answers these are, of a batch with `total` answers."""
    golden = [answer for answer in answers if answer.is_golden]
    real = len(answers) - len(golden)
    return Worker(
        worker_id=worker_id,
        answers=real,
        share=real / total if total else 0.0,
        golden_right=sum(is_right(answer, kind) for answer in golden),
        golden_total=len(golden),
        seconds_per_task=seconds_per_task(answers),
    )
