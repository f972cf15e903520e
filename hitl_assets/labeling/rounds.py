"""Rounds: of which items the label is not sure enough yet, and what each round has brought."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.automation import Overlap
from hitl_assets.labeling.calibration import is_sure
from hitl_assets.labeling.records import Label

# The upper ends of the steps in which confidence is counted.
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Round:
    """What a round has brought: how many items were asked about in it, the answers that count, and those items that
    were asked about no more: how many, how sure their labels are on average, and how many are not sure enough."""

    number: int
    items: int
    answers: int
    finished: int
    mean_confidence: float | None
    unsure: int


def round_of(answers: int, start: int) -> int:
    """In which round an item got its last answer: the first one brings `start` answers, each later one brings one."""
    return max(1, answers - start + 1)


def unsure_items(labels: Sequence[Label], keys: Iterable[str], confidence: float) -> set[str]:
    """Those of these items (keys) whose label is not so sure, and those that have none."""
    return set(keys) - {label.item_key for label in labels if is_sure(label, confidence)}


def rejected_by_item(assignments: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many answers to each item were rejected: they cost nothing, and don't count against the maximum."""
    answers = read_answers(each for each in assignments if each.get("status") == "REJECTED")
    return Counter(answer.item_key for answer in answers if not answer.is_golden)


def count_rounds(labels: Sequence[Label], overlap: Overlap) -> tuple[Round, ...]:
    """The rounds of a batch, as they can be told from its labels when nothing is asked any more."""
    last = max((label.round for label in labels), default=0)
    return tuple(count_round(number, labels, overlap) for number in range(1, last + 1))


def count_round(number: int, labels: Sequence[Label], overlap: Overlap) -> Round:
    """One round of a batch."""
    asked = [label for label in labels if label.round >= number]
    finished = [label.confidence for label in asked if label.round == number]
    answers = sum(min(overlap.start, sum(label.votes.values())) for label in asked) if number == 1 else len(asked)
    return Round(
        number,
        len(asked),
        answers,
        len(finished),
        round(sum(finished) / len(finished), 6) if finished else None,
        sum(confidence < overlap.confidence for confidence in finished),
    )


def confidence_counts(labels: Sequence[Label]) -> Mapping[float, int]:
    """How many labels are how sure: up to each of the steps, and above the one before."""
    counts = Counter(next(step for step in STEPS if label.confidence <= step) for label in labels)
    return {step: counts[step] for step in STEPS}
