"""Rounds: of which items the label is not sure enough yet, and what each round has brought."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from hitl_assets.labeling.aggregation.calibration import is_sure
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.pools.round_plans import round_of
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.records import Answer, Label

# By item key: how many answers it got in which round.
Asked: TypeAlias = Mapping[str, Mapping[int, int]]

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


def rejected_by_item(assignments: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many answers to each item were rejected: they cost nothing, and don't count against the maximum."""
    answers = read_answers(each for each in assignments if each.get("status") == "REJECTED")
    return Counter(answer.item_key for answer in answers if not answer.is_golden)


def answers_by_round(
    answers: Sequence[Answer], openings: Sequence[str], levels: Sequence[int], late: Collection[str] = frozenset()
) -> Asked:
    """How many of these answers each item (by key) got in which round (from 1).

    An answer is of the opening of the pool that it was given after; an opening is of the round after which an item may
    have as many answers as the item with the most has then. Of answers before the first opening that is known only
    their order is: they are of the first rounds that allow them.

    Args:
        answers: those that count.
        openings: when the pool was opened, ISO times, oldest first; empty where it isn't known.
        levels: how many answers an item may have after each round.
        late: items that came after the others, and have rounds of their own.
    """
    starts = [datetime.fromisoformat(opening) for opening in sorted(openings)]
    placed = sorted((place(answer, starts), answer.created, answer.item_key) for answer in answers)
    given: Counter[str] = Counter()
    top = {False: 0, True: 0}
    most: dict[tuple[int, bool], int] = {}
    for opening, _, key in placed:
        given[key] += 1
        top[key in late] = most[opening, key in late] = max(top[key in late], given[key])
    asked: dict[str, Counter[int]] = {}
    given.clear()
    for opening, _, key in placed:
        given[key] += 1
        number = round_of(given[key] if opening < 0 else most[opening, key in late], levels)
        asked.setdefault(key, Counter())[number] += 1
    return asked


def place(answer: Answer, starts: Sequence[datetime]) -> int:
    """After which of these openings an answer was given: its place from 0, -1 for none that is known."""
    try:
        return bisect_right(starts, datetime.fromisoformat(answer.created)) - 1
    except (ValueError, TypeError):  # No time, or one with an offset. Toloka's are UTC without one.
        return -1


def count_rounds(labels: Sequence[Label], asked: Asked, overlap: Overlap) -> tuple[Round, ...]:
    """The rounds of a batch, as they can be told when nothing is asked any more."""
    last = max((label.round for label in labels), default=0)
    return tuple(count_round(number, labels, asked, overlap) for number in range(1, last + 1))


def count_round(number: int, labels: Sequence[Label], asked: Asked, overlap: Overlap) -> Round:
    """One round of a batch."""
    answers = [asked.get(label.item_key, {}).get(number, 0) for label in labels]
    finished = [label for label in labels if label.round == number]
    mean = sum(label.confidence for label in finished) / len(finished) if finished else None
    return Round(
        number,
        sum(count > 0 for count in answers),
        sum(answers),
        len(finished),
        None if mean is None else round(mean, 6),
        sum(not is_sure(label, overlap.confidence) for label in finished),
    )


def confidence_counts(labels: Sequence[Label]) -> Mapping[float, int]:
    """How many labels are how sure: up to each of the steps, and above the one before."""
    counts = Counter(next(step for step in STEPS if label.confidence <= step) for label in labels)
    return {step: counts[step] for step in STEPS}
