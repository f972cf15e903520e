"""Answers to labels, by Dawid-Skene with priors or one of the categorical aggregators of crowd-kit."""

import inspect
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import (
    GLAD,
    KOS,
    MACE,
    MMSR,
    DawidSkene,
    MajorityVote,
    OneCoinDawidSkene,
    Wawa,
    ZeroBasedSkill,
)

from hitl_assets.labeling.bayesian_dawid_skene import Array, BayesianDawidSkene, Beliefs
from hitl_assets.labeling.knowledge import Knowledge
from hitl_assets.labeling.project import Aggregation
from hitl_assets.labeling.records import Answer, Label, Values
from hitl_assets.labeling.tables import format_value

AGGREGATORS: Mapping[str, type] = {
    "bayesian_dawid_skene": BayesianDawidSkene,
    "dawid_skene": DawidSkene,
    "one_coin_dawid_skene": OneCoinDawidSkene,
    "majority_vote": MajorityVote,
    "glad": GLAD,
    "mace": MACE,
    "wawa": Wawa,
    "zero_based_skill": ZeroBasedSkill,
    "kos": KOS,
    "mmsr": MMSR,
}


NOTHING = Knowledge()


class AggregationError(ValueError):
    """Answers that the chosen method cannot aggregate."""


def aggregate_answers(
    answers: Sequence[Answer],
    values: Mapping[str, Values],
    label: str,
    aggregation: Aggregation,
    knowledge: Knowledge = NOTHING,
) -> tuple[Label, ...]:
    """A label for each item that has an answer, in the order of `values` (input values by item key).

    Confidence is the method's probability of the label; for methods without one (kos, mmsr) it is the share of
    votes. Ids are factorized before crowd-kit sees them: on strings it is five times slower. Only
    `bayesian_dawid_skene` makes use of `knowledge`.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    known = [answer for answer in answers if answer.item_key in values]
    if not known:
        return ()
    tasks, task_ids = pd.factorize(np.array([answer.item_key for answer in known], dtype=object))
    workers, worker_ids = pd.factorize(np.array([answer.worker_id for answer in known], dtype=object))
    given = [format_value(answer.values[label]) for answer in known]
    tasks_by_code, workers_by_code = list(task_ids), list(worker_ids)
    names = sorted({*given, *knowledge.labels, *names_in(knowledge, tasks_by_code, workers_by_code)})
    codes = {name: code for code, name in enumerate(names)}
    votes = pd.DataFrame({"task": tasks, "worker": workers, "label": [codes[name] for name in given]})
    decided, confidences = decide(votes, aggregation, beliefs_of(knowledge, tasks_by_code, workers_by_code, codes))
    order: Mapping[Any, int] = {key: position for position, key in enumerate(values)}
    grouped = group_by_item(known)
    return tuple(
        describe(task_ids[task], values, grouped, names[int(decided[task])], float(confidences[task]), label)
        for task in sorted(decided.index, key=lambda task: order[task_ids[task]])
    )


def names_in(knowledge: Knowledge, tasks: Sequence[str], workers: Sequence[str]) -> set[str]:
    """The labels that occur in what is known of these items and workers."""
    predicted = {knowledge.predictions[key].label for key in tasks if key in knowledge.predictions}
    return predicted.union(*(pair for worker in workers for pair in knowledge.workers.get(worker, ())))


def beliefs_of(knowledge: Knowledge, tasks: Sequence[str], workers: Sequence[str], codes: Mapping[str, int]) -> Beliefs:
    """What is known, by codes. What a prediction leaves over is spread evenly over the other labels."""
    records: dict[int, Array] = {}
    for code, worker in enumerate(workers):
        for (right, answer), count in knowledge.workers.get(worker, {}).items():
            records.setdefault(code, np.zeros((len(codes), len(codes))))[codes[right], codes[answer]] += count
    priors: dict[int, Array] = {}
    for code, key in enumerate(tasks):
        predicted = knowledge.predictions.get(key)
        if predicted is not None and len(codes) > 1:
            priors[code] = np.full(len(codes), (1 - predicted.probability) / (len(codes) - 1))
            priors[code][codes[predicted.label]] = predicted.probability
    return Beliefs(records, priors, len(codes))


def decide(
    votes: pd.DataFrame, aggregation: Aggregation, beliefs: Beliefs
) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """The label code and the confidence (0 to 1) of each task code."""
    method = AGGREGATORS[aggregation.method]
    accepted = inspect.signature(method).parameters
    model = method(**({"n_iter": aggregation.iterations} if "n_iter" in accepted else {}))
    try:
        if not hasattr(model, "fit_predict_proba"):
            decided = model.fit_predict(votes)
            return decided, share_of_votes(votes, decided)
        probabilities = probabilities_of(model, votes, beliefs).fillna(0.0)
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise AggregationError(
            f"{aggregation.method} cannot aggregate these {len(votes)} answers: {error}. "
            "Choose another aggregation.method, for example majority_vote, and materialize aggregated_labels again."
        ) from error
    return probabilities.idxmax(axis=1), probabilities.max(axis=1).clip(0.0, 1.0)


def probabilities_of(model: Any, votes: pd.DataFrame, beliefs: Beliefs) -> pd.DataFrame:
    """The probability of each label code (columns) for each task code (rows)."""
    if isinstance(model, BayesianDawidSkene):
        return model.fit_predict_proba(votes, beliefs)
    if isinstance(model, Wawa | ZeroBasedSkill):
        # A majority vote weighted by skill. Their own predict asks scikit-learn whether a class that isn't one of
        # scikit-learn's is fitted: an error since scikit-learn 1.7.
        return MajorityVote().fit_predict_proba(votes, skills=model.fit(votes).skills_)
    return model.fit_predict_proba(votes)


def share_of_votes(votes: pd.DataFrame, decided: "pd.Series[Any]") -> "pd.Series[Any]":
    """The share of a task's votes that its label got."""
    return (votes["label"] == votes["task"].map(decided)).groupby(votes["task"]).mean()


def group_by_item(answers: Sequence[Answer]) -> Mapping[str, list[Answer]]:
    """The answers of each item."""
    grouped: dict[str, list[Answer]] = {}
    for answer in answers:
        grouped.setdefault(answer.item_key, []).append(answer)
    return grouped


def describe(
    key: str,
    values: Mapping[str, Values],
    grouped: Mapping[str, list[Answer]],
    name: str,
    confidence: float,
    field: str,
) -> Label:
    """One label with its lineage: who voted for what, in which pool."""
    answers = grouped[key]
    votes = Counter(format_value(answer.values[field]) for answer in answers)
    return Label(
        item_key=key,
        values=values[key],
        label=name,
        confidence=round(confidence, 6),
        votes=dict(sorted(votes.items())),
        workers=tuple(sorted({answer.worker_id for answer in answers})),
        pool_id=answers[0].pool_id,
    )


def agreement(labels: Sequence[Label]) -> float:
    """The mean share of an item's votes that its label got, 0 to 1; of the labels that people voted for."""
    voted = [label for label in labels if label.votes]
    if not voted:
        return 0.0
    return sum(label.votes.get(label.label, 0) / sum(label.votes.values()) for label in voted) / len(voted)
