"""Answers to labels, by Dawid-Skene with priors or one of the categorical aggregators of crowd-kit."""

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_assets.labeling.aggregation.calibration import Calibration
from hitl_assets.labeling.aggregation.knowledge import Knowledge
from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, BayesianDawidSkene, Beliefs
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.kind import Judged, Kind, Names
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer, Label, Values
from hitl_assets.labeling.values.plurals import plural

if TYPE_CHECKING:
    import pandas as pd

# Our own, and crowd-kit's by the names of their classes.
OWN = "bayesian_dawid_skene"
AGGREGATORS: Mapping[str, str] = {
    OWN: "BayesianDawidSkene",
    "dawid_skene": "DawidSkene",
    "one_coin_dawid_skene": "OneCoinDawidSkene",
    "majority_vote": "MajorityVote",
    "glad": "GLAD",
    "mace": "MACE",
    "wawa": "Wawa",
    "zero_based_skill": "ZeroBasedSkill",
    "kos": "KOS",
    "mmsr": "MMSR",
}


NOTHING = Knowledge()


class AggregationError(ValueError):
    """Answers that the chosen method cannot aggregate."""


@dataclass(frozen=True)
class Coded:
    """Answers as integer codes, in the columns task, worker, label, with what each code stands for (`tasks` are item
    keys, `names` labels as text). On strings crowd-kit is five times slower.

    `beliefs` are what is known, by codes in `outcomes`: of what may be answered to the questions that decide a label.
    """

    votes: "pd.DataFrame"
    tasks: Sequence[str]
    names: Names
    outcomes: Names
    beliefs: Beliefs
    kind: Kind

    def judge(self, votes: "pd.DataFrame", aggregation: Aggregation, beliefs: Beliefs | None = None) -> Judged:
        """The labels of tasks by these answers. `beliefs`: what is known of workers, if not what is known here.

        Raises:
            AggregationError: the method cannot handle these answers.
        """
        known = self.beliefs if beliefs is None else beliefs
        return self.kind.decide(votes, self.names, known, lambda asked, then: judge(asked, aggregation, then))

    def is_same(self, one: int, other: int) -> bool:
        """Whether two labels, by code, say the same."""
        return one == other or self.kind.is_same(self.names[one], self.names[other])

    def pairs(self, right: int, answer: int) -> Iterator[tuple[int, int]]:
        """What an answer shows of a worker where the right label is known, by the codes of outcomes."""
        for pair in self.kind.pairs(self.names[right], self.names[answer]):
            yield self.outcomes.codes[pair[0]], self.outcomes.codes[pair[1]]


def aggregate_answers(
    answers: Sequence[Answer],
    values: Mapping[str, Values],
    kind: Kind,
    aggregation: Aggregation,
    knowledge: Knowledge = NOTHING,
    calibration: Calibration | None = None,
) -> tuple[Label, ...]:
    """A label for each item that has an answer, in the order of `values` (input values by item key).

    Confidence is what the calibration makes of the method's probabilities; without one it is the method's probability
    of the label, for methods without probabilities (kos, mmsr) the share of votes. Only `bayesian_dawid_skene` makes
    use of `knowledge`.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    known = [answer for answer in answers if answer.item_key in values]
    if not known:
        return ()
    coded = code_answers(known, kind, knowledge)
    judged = coded.judge(coded.votes, aggregation)
    confidence = confidence_in(judged, calibration).round(6)
    bounds = calibration.lower_bounds(confidence) if calibration else np.zeros(len(confidence))
    order = {key: position for position, key in enumerate(values)}
    grouped = group_by_item(known)
    parts = judged.parts or [()] * len(confidence)
    described = (
        replace(describe(values[key], grouped[key], coded.names[code], sure, bound, kind), part_confidences=own)
        for key, code, sure, bound, own in zip(
            [coded.tasks[task] for task in judged.tasks], judged.labels, confidence, bounds, parts, strict=True
        )
    )
    return tuple(sorted(described, key=lambda each: order[each.item_key]))


def confidence_in(judged: Judged, calibration: Calibration | None) -> Array:
    """The probability that each label is right. Where there is evidence of the questions of which labels are composed,
    these are calibrated, and labels are as sure as all of them."""
    if calibration is None:
        return judged.stated[:, 0]
    if judged.questions is None or not calibration.items:
        return calibration.confidence(judged.stated)
    return judged.questions.multiply(calibration.confidence(judged.questions.stated), len(judged.tasks))


def code_answers(answers: Sequence[Answer], kind: Kind, knowledge: Knowledge = NOTHING) -> Coded:
    """The answers to items as codes, and those of the adviser to the same items."""
    import pandas as pd

    advice = knowledge.advice(answer.item_key for answer in answers)
    keys = [*(answer.item_key for answer in answers), *(each.item_key for each in advice)]
    names_of_workers = [*(answer.worker_id for answer in answers), *(knowledge.adviser for _ in advice)]
    tasks, task_ids = pd.factorize(np.array(keys, dtype=object))
    workers, worker_ids = pd.factorize(np.array(names_of_workers, dtype=object))
    given = [*(kind.cell(answer.values[kind.field]) for answer in answers), *(each.label for each in advice)]
    tasks_by_code, workers_by_code = list(task_ids), list(worker_ids)
    known = set() if kind.outcomes else names_in(knowledge, tasks_by_code, workers_by_code)
    names = Names(sorted({*given, *knowledge.labels, *known}))
    outcomes = Names(kind.outcomes) if kind.outcomes else names
    votes = pd.DataFrame({"task": tasks, "worker": workers, "label": [names.codes[name] for name in given]})
    beliefs = beliefs_of(knowledge, tasks_by_code, workers_by_code, outcomes.codes)
    return Coded(votes, tasks_by_code, names, outcomes, beliefs, kind)


def as_coded(votes: "pd.DataFrame", beliefs: Beliefs) -> Coded:
    """Answers that are codes already, of classes that have no other names."""
    names = Names(map(str, range(max([beliefs.classes, *(votes["label"] + 1)]))))
    return Coded(votes, (), names, names, beliefs, Class(""))


def names_in(knowledge: Knowledge, tasks: Sequence[str], workers: Sequence[str]) -> set[str]:
    """The labels that occur in what is known of these items and workers."""
    predicted = {knowledge.predictions[key].label for key in tasks if key in knowledge.predictions}
    return predicted.union(*(pair for worker in workers for pair in knowledge.workers.get(worker, ())))


def beliefs_of(knowledge: Knowledge, tasks: Sequence[str], workers: Sequence[str], codes: Mapping[str, int]) -> Beliefs:
    """What is known, by codes. What a prediction leaves over is spread evenly over the other labels."""
    records: dict[int, Array] = {}
    for code, worker in enumerate(workers):
        for (right, answer), count in knowledge.workers.get(worker, {}).items():
            if right not in codes or answer not in codes:  # of a time when the label was of another kind
                continue
            records.setdefault(code, np.zeros((len(codes), len(codes))))[codes[right], codes[answer]] += count
    priors: dict[int, Array] = {}
    for code, key in enumerate(tasks):
        predicted = None if knowledge.adviser else knowledge.predictions.get(key)
        if predicted is not None and predicted.label in codes and len(codes) > 1:
            priors[code] = np.full(len(codes), (1 - predicted.probability) / (len(codes) - 1))
            priors[code][codes[predicted.label]] = predicted.probability
    return Beliefs(records, priors, len(codes))


def judge(votes: "pd.DataFrame", aggregation: Aggregation, beliefs: Beliefs) -> Judged:
    """The label of each item that has votes, and how probable the method finds it and the others.

    Methods without probabilities (kos, mmsr) state the shares of votes.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    import pandas as pd

    model = make_model(aggregation)
    try:
        if hasattr(model, "fit_predict_proba"):
            probabilities = probabilities_of(model, votes, beliefs).fillna(0.0)
            decided = probabilities.idxmax(axis=1)
        else:
            decided = model.fit_predict(votes)
            probabilities = pd.crosstab(votes["task"], votes["label"], normalize="index")
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise AggregationError(
            f"{aggregation.method} cannot aggregate {plural(len(votes), 'answer')}: {error}. "
            "Choose another aggregation.method, for example majority_vote, and materialize aggregated_labels again."
        ) from error
    return state(decided, probabilities.reindex(decided.index), max(beliefs.classes, int(votes["label"].max()) + 1))


def make_model(aggregation: Aggregation) -> Any:
    """The method that a project names."""
    if aggregation.method == OWN:
        return BayesianDawidSkene(aggregation.iterations)
    from crowdkit import aggregation as crowd_kit

    method = getattr(crowd_kit, AGGREGATORS[aggregation.method])
    accepted = inspect.signature(method).parameters
    return method(**({"n_iter": aggregation.iterations} if "n_iter" in accepted else {}))


def state(decided: "pd.Series[Any]", probabilities: "pd.DataFrame", classes: int) -> Judged:
    """The labels, and their probabilities before those of the others."""
    given = probabilities.reindex(columns=range(classes), fill_value=0.0).to_numpy(dtype=float).clip(0.0, 1.0)
    labels = decided.to_numpy(dtype=np.int64)
    rows = np.arange(len(given))
    own = given[rows, labels]
    given[rows, labels] = -1.0
    others = np.sort(given, axis=1)[:, :0:-1]
    return Judged(decided.index.to_numpy(dtype=np.int64), labels, np.column_stack([own, others]))


def probabilities_of(model: Any, votes: "pd.DataFrame", beliefs: Beliefs) -> "pd.DataFrame":
    """The probability of each label code (columns) for each task code (rows)."""
    if isinstance(model, BayesianDawidSkene):
        return model.fit_predict_proba(votes, beliefs)
    from crowdkit.aggregation import MajorityVote, Wawa, ZeroBasedSkill

    if isinstance(model, Wawa | ZeroBasedSkill):
        # A majority vote weighted by skill. Their own predict asks scikit-learn whether a class that isn't one of
        # scikit-learn's is fitted: an error since scikit-learn 1.7.
        return MajorityVote().fit_predict_proba(votes, skills=model.fit(votes).skills_)
    return model.fit_predict_proba(votes)


def group_by_item(answers: Sequence[Answer]) -> Mapping[str, list[Answer]]:
    """The answers of each item."""
    grouped: dict[str, list[Answer]] = {}
    for answer in answers:
        grouped.setdefault(answer.item_key, []).append(answer)
    return grouped


def describe(
    values: Values, answers: Sequence[Answer], name: str, confidence: float, lower_bound: float, kind: Kind
) -> Label:
    """One label with its lineage: who voted for what, in which pool."""
    votes = Counter(kind.cell(answer.values[kind.field]) for answer in answers)
    return Label(
        item_key=answers[0].item_key,
        values=values,
        label=name,
        confidence=float(confidence),
        votes=dict(sorted(votes.items())),
        workers=tuple(sorted({answer.worker_id for answer in answers})),
        pool_id=answers[0].pool_id,
        lower_bound=float(lower_bound),
    )


def agreement(labels: Sequence[Label], kind: Kind) -> float:
    """How alike a label and its item's votes are on average, 0 to 1; of the labels that people voted for. Where labels
    are equal or not it is the share of the votes that the label got."""
    voted = [label for label in labels if label.votes]
    if not voted:
        return 0.0
    return sum(support(label, kind) / sum(label.votes.values()) for label in voted) / len(voted)


def support(label: Label, kind: Kind) -> float:
    """How many votes speak for a label, each as far as it is like it."""
    return sum(count * kind.likeness(name, label.label) for name, count in label.votes.items())
