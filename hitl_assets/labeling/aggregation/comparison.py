"""Methods of aggregation on the same answers: how often they agree, how right they are on golden tasks, how long they
take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hitl_assets.labeling.aggregation.aggregation import AggregationError, aggregate_answers
from hitl_assets.labeling.answers.answers import COUNTED, has_label, known_in, with_plain_label
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.declaration import Method, Project
from hitl_assets.labeling.records import Answer, Values


@dataclass(frozen=True)
class Trial:
    """What one method made of all answers: labels by batch and item key (golden tasks apart), and its mean confidence.

    `problem` says why a method could not be used; then there is nothing else.
    """

    method: str
    seconds: float
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    confidence: float = 0.0
    golden_right: int = 0
    golden_total: int = 0
    problem: str = ""

    @property
    def golden_accuracy(self) -> float | None:
        """The share of golden tasks whose aggregated label is a known one, or None if there were none."""
        return self.golden_right / self.golden_total if self.golden_total else None


def compare_methods(
    project: Project, batches: Mapping[str, Sequence[Answer]], methods: Sequence[Method], clock: Callable[[], float]
) -> tuple[Trial, ...]:
    """A trial of each method on the answers of these batches, each batch by itself. `clock` counts seconds.

    Golden tasks are aggregated with the rest, and no method is told their answers, nor what earlier batches taught.
    """
    counted = {
        batch: [
            with_plain_label(each, project.kind)
            for each in answers
            if each.status in COUNTED and has_label(each, project.kind)
        ]
        for batch, answers in batches.items()
    }
    return tuple(try_method(project, counted, method, clock) for method in methods)


def try_method(
    project: Project, batches: Mapping[str, Sequence[Answer]], method: Method, clock: Callable[[], float]
) -> Trial:
    """One method on all batches."""
    start = clock()
    aggregation = project.configuration.aggregation.model_copy(update={"method": method})
    labels: dict[tuple[str, str], str] = {}
    confidences: list[float] = []
    right = total = 0
    for batch, answers in batches.items():
        known = known_labels(answers, project.kind)
        values: dict[str, Values] = {answer.item_key: {} for answer in answers}
        try:
            decided = aggregate_answers(answers, values, project.kind, aggregation)
        except AggregationError as error:
            return Trial(method, clock() - start, problem=str(error))
        for each in decided:
            if each.item_key in known:
                total += 1
                right += any(project.kind.is_same(each.label, name) for name in known[each.item_key])
            else:
                labels[batch, each.item_key] = each.label
                confidences.append(each.confidence)
    mean = sum(confidences) / len(confidences) if confidences else 0.0
    return Trial(method, clock() - start, labels, mean, right, total)


def known_labels(answers: Sequence[Answer], kind: Kind) -> Mapping[str, set[str]]:
    """The right labels of golden tasks, by item key."""
    golden = (answer for answer in answers if answer.is_golden)
    return {each.item_key: {kind.cell(kind.plain(known)) for known in known_in(each, kind)} for each in golden}


def share_of_equal_labels(one: Trial, other: Trial, kind: Kind) -> float | None:
    """The share of items to which both methods give the same label; None if there is no item that both labeled."""
    both = one.labels.keys() & other.labels.keys()
    return sum(kind.is_same(one.labels[key], other.labels[key]) for key in both) / len(both) if both else None
