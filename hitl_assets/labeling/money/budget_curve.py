"""What accuracy a budget buys: earlier answers, judged by golden tasks and by labels that are known to be calibrated.

Nothing is asked: what was answered before is labeled again, by one answer an item, by two, and so on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from hitl_assets.labeling.aggregation.aggregation import AggregationError, aggregate_answers
from hitl_assets.labeling.aggregation.calibration import Trial, lower_limit
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.aggregation.trials import PROBABLE, golden_trials
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.model.routing import MODEL
from hitl_assets.labeling.pools.pools import money
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Label, Values

# More items than this say no more, and take longer.
MOST_ITEMS = 1_000
# With less evidence than so many items a curve says nothing.
LEAST_ITEMS = 10


@dataclass(frozen=True)
class Truth:
    """A label, how probable it is right (0 to 1), and what the item counts as evidence."""

    label: str
    confidence: float
    weight: float


@dataclass(frozen=True)
class Point:
    """Of labels on `most` answers an item, at the most, and `answers` on average: the share that is right (0 to 1), and
    between which limits it is, each of which is passed in one of ten cases. `per_item` is what an item costs."""

    most: int
    answers: float
    right: float
    low: float
    high: float
    per_item: Decimal

    def price(self, items: int) -> Decimal:
        """What a batch of so many items costs, in suites that are full."""
        return money(self.per_item * items)


@dataclass(frozen=True)
class Curve:
    """What accuracy answers buy, and on what that stands: how many golden items, and labels that are calibrated (or
    known). No points: it isn't known yet."""

    points: tuple[Point, ...] = ()
    golden: int = 0
    settled: int = 0

    def reach(self, target: float) -> Point | None:
        """The cheapest point at which so many labels are right; None if no point is known to be."""
        return next((point for point in self.points if point.right >= target), None)

    @property
    def best(self) -> Point | None:
        """The point with the most right labels; of several the cheapest."""
        return max(self.points, key=lambda point: point.right, default=None)


UNKNOWN = Curve()


def settled_truths(labels: Iterable[Label]) -> Mapping[str, Truth]:
    """What people's labels say of their items, as far as there is evidence that such labels are right."""
    known = (label for label in labels if label.lower_bound > 0 and label.source != MODEL)
    return {label.item_key: Truth(label.label, label.confidence, PROBABLE) for label in known}


def draw_curve(answers: Iterable[Answer], truths: Mapping[str, Truth], project: Project, seed: int = 0) -> Curve:
    """What share of labels is right on one answer an item, on two, and so on up to what the project pays for.

    Each time as many answers are drawn of each item, or all that it has; golden items are judged as if they were
    unknown, the others by what is known of them. The method is the project's.

    Args:
        answers: of earlier batches, to golden tasks too.
        truths: what is known of items that are not golden.
        project: its method, price and overlap.
        seed: of what is drawn.
    """
    given = list(answers)
    votes = sample(counted(given, project.kind), truths, np.random.default_rng(seed))
    golden = [answer for answer in given if answer.is_golden]
    known = Knowledge(golden_records(golden, project.kind), {}, project.kind.labels)
    points: list[Point] = []
    found = UNKNOWN
    for most in range(1, min(project.most_answers, max((place for place, _ in votes), default=-1) + 1) + 1):
        some = [answer for place, answer in votes if place < most]
        try:
            trials, labels = judge_some(some, golden, known, project)
        except AggregationError:
            return UNKNOWN
        found = Curve((), len({trial.item for trial in trials}), sum(label.item_key in truths for label in labels))
        if found.golden + found.settled < LEAST_ITEMS:
            return found
        judged = [*judge_trials(trials), *judge_labels(labels, truths, project.kind)]
        points.append(make_point(most, len(some) / len(labels), judged, project))
    return Curve(tuple(points), found.golden, found.settled)


def judge_some(
    some: Sequence[Answer], golden: Sequence[Answer], known: Knowledge, project: Project
) -> tuple[list[Trial], tuple[Label, ...]]:
    """The golden items and the others, labeled on as many answers as these."""
    aggregation = project.configuration.aggregation
    trials = golden_trials(golden, some, project.kind, aggregation, known)
    values: dict[str, Values] = {answer.item_key: {} for answer in some}
    return trials, aggregate_answers(some, values, project.kind, aggregation, known)


def sample(
    votes: Sequence[Answer], truths: Mapping[str, Truth], chance: np.random.Generator
) -> list[tuple[int, Answer]]:
    """The answers to some items, those of which something is known first; with each, the how manyth of its item it is
    (from 0) in random order."""
    keys = list(dict.fromkeys(answer.item_key for answer in votes))
    mixed = [keys[place] for place in chance.permutation(len(keys))]
    chosen = set(sorted(mixed, key=lambda key: key not in truths)[:MOST_ITEMS])
    places: dict[str, int] = {}
    found = []
    for at in chance.permutation(len(votes)):
        answer = votes[at]
        if answer.item_key in chosen:
            places[answer.item_key] = places.get(answer.item_key, -1) + 1
            found.append((places[answer.item_key], answer))
    return found


def judge_trials(trials: Sequence[Trial]) -> list[tuple[float, float]]:
    """How right golden items are, each the mean of its trials, with its weight."""
    by_item: dict[str, list[float]] = {}
    for trial in trials:
        by_item.setdefault(trial.item, []).append(trial.right)
    return [(sum(right) / len(right), 1.0) for right in by_item.values()]


def judge_labels(labels: Iterable[Label], truths: Mapping[str, Truth], kind: Kind) -> list[tuple[float, float]]:
    """How probable each label is right, by what is known of its item, with the item's weight."""
    return [
        (truth.confidence if kind.is_same(truth.label, label.label) else 1 - truth.confidence, truth.weight)
        for label in labels
        if (truth := truths.get(label.item_key)) is not None
    ]


def make_point(most: int, answers: float, judged: Sequence[tuple[float, float]], project: Project) -> Point:
    """A point of the curve: the weighted mean, the limits of Clopper and Pearson (1934) for as many items as the
    weights are worth (Kish, Survey Sampling, 1965), and the price."""
    right, weights = (np.array(column) for column in zip(*judged, strict=True))
    share, items = float(np.average(right, weights=weights)), float(weights.sum() ** 2 / (weights**2).sum())
    return Point(
        most,
        round(answers, 2),
        round(share, 4),
        round(lower_limit(share, items), 4),
        round(1 - lower_limit(1 - share, items), 4),
        price_of_answers(answers, project),
    )


def price_of_answers(answers: float, project: Project) -> Decimal:
    """What so many answers to an item cost, with the fee, in suites that are full."""
    return money(Decimal(answers) * project.suite_price / project.terms.mixer_config.real_tasks_count)
