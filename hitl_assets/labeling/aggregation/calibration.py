"""Calibration: what a method's probabilities are worth, by items whose truth is known. Trials are in trials.py.

Two numbers stand between what is stated and what is right. The temperature says how much less the answers tell than the
method thinks. The lapse is the share of items on which the crowd's answers tell nothing at all: without it a steep
temperature promises 0.99 wherever enough people agree. With few trials both stay near a default that is cautious on
real crowds (docs/quality.md).

Sources: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks (ICML 2017), for the temperature; the
lapse is that of psychometrics (Wichmann and Hill, The psychometric function I, 2001). Both are averaged over what the
trials leave possible instead of set to their best values, which would be too sure on few.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Codes
from hitl_assets.labeling.records import Label

# A label's lower bound may be so far below a target that is met all the same.
TOLERANCE = 0.02
# How often a lower bound may be above the truth.
RISK = 0.1
# What is thought before any trial: the temperature is log-normal around the first, its logarithm with the second as
# standard deviation; the lapse falls off by (1 + lapse / 0.1) ** -3.
FIRST_TEMPERATURE, SPREAD = 0.6, 0.5
FIRST_LAPSE, STEEPNESS = 0.1, 3.0
# What is tried. The log posteriors are multiplied by the temperature: below one, less is believed.
TEMPERATURES = np.geomspace(0.05, 1.0, 36)
LAPSES = np.array([0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
# No label is thought less probable than this: shares of votes may be zero.
FLOOR = 1e-6
DIGITS = 6


@dataclass(frozen=True)
class Trial:
    """An item that was judged by `answers` answers.

    `stated`: the probability of its label, then those of the other labels from the highest down. `right`: how surely
    the label is right, 0 or 1 where the truth is known. `source`: how it is known. `weight`: what the item counts;
    several trials of one item share it. `parts`: of each question of which the label is composed, if there are several,
    what was stated of the decision, and how surely it is right.
    """

    item: str
    answers: int
    stated: tuple[float, ...]
    right: float
    source: str
    weight: float = 1.0
    parts: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Calibration:
    """What stated probabilities are worth.

    `weights`: how probable each temperature is. `lapses`: the mean lapse at each. `limits` are pairs of a confidence
    and the share of labels that are right, at least, where labels are so sure: rising in both, empty without trials.
    `items` counts the items of each source.
    """

    weights: tuple[float, ...]
    lapses: tuple[float, ...]
    limits: tuple[tuple[float, float], ...] = ()
    items: Mapping[str, int] = field(default_factory=dict)

    @property
    def temperature(self) -> float:
        """The mean temperature."""
        return float(np.dot(self.weights, TEMPERATURES))

    @property
    def lapse(self) -> float:
        """The mean share of items whose answers tell nothing."""
        return float(np.dot(self.weights, self.lapses))

    @property
    def highest_limit(self) -> float:
        """The share of labels that are right, at least, among the surest; 0.0 where there is no evidence."""
        return self.limits[-1][1] if self.limits else 0.0

    @property
    def highest_confidence(self) -> float:
        """How sure a label can be: that of one of two about which the method has no doubt."""
        return float(self.confidence(np.array([[1.0, 0.0]]))[0])

    def confidence(self, stated: Array) -> Array:
        """The probability that each label is right. `stated`: its probability, then the others' (items x labels)."""
        found = np.full(len(stated), self.lapse / max(1, stated.shape[1]))
        tried = zip(TEMPERATURES, self.weights, self.lapses, strict=True)
        logarithms = logarithms_of(stated)
        for temperature, weight, lapse in tried:
            found += weight * (1 - lapse) * share_of_first(logarithms, temperature)
        return found.clip(0.0, 1.0)

    def lower_bounds(self, confidence: Array) -> Array:
        """The share of labels so sure that are right, at least; 0.0 where there is no evidence."""
        return lookup(self.limits, confidence)


def is_sure(label: Label, target: float) -> bool:
    """Whether a label is as sure as that, by evidence and not by its own word alone."""
    return label.confidence >= target and label.lower_bound >= target - TOLERANCE


def items_needed(target: float) -> int:
    """How many items without an error it takes before any label can be as sure as that."""
    least = target - TOLERANCE
    return 1 if least <= RISK else math.ceil(math.log(RISK) / math.log(least))


def calibrate(trials: Sequence[Trial]) -> Calibration:
    """The calibration that these trials support; without any the default, which is cautious and has no limits."""
    if not trials:
        return summarize(first_thoughts(), LAPSES)
    asked, counts = spread(trials)
    stated, right = align(asked), np.array([each.right for each in asked])
    weights = np.repeat(weigh(trials), counts)
    # The lapse is thought of whole labels: each of their questions has its part of it.
    thoughts, lapses = first_thoughts(), LAPSES / counts.mean()
    logarithms = logarithms_of(stated)
    for row, temperature in zip(thoughts, TEMPERATURES, strict=True):
        share = share_of_first(logarithms, temperature)
        likely = (1 - lapses[:, None]) * share + lapses[:, None] / stated.shape[1]
        likely = likely.clip(1e-9, 1 - 1e-9)
        row += np.log(likely) @ (weights * right) + np.log(1 - likely) @ (weights * (1 - right))
    found = summarize(thoughts, lapses)
    confidence = found.confidence(stated).round(DIGITS)
    limits = find_limits(confidence, asked, weights)
    if len(asked) > len(trials):
        limits = compose_limits(confidence, counts, trials, limits)
    return replace(found, limits=limits, items=count_items(trials))


def spread(trials: Sequence[Trial]) -> tuple[Sequence[Trial], Codes]:
    """The questions of the trials as trials, each of an item of its own; and how many of them each trial has. A trial
    without parts is one itself."""
    found: list[Trial] = []
    for trial in trials:
        found += [
            Trial(f"{trial.item} {place}", trial.answers, (sure, 1 - sure), right, trial.source)
            for place, (sure, right) in enumerate(trial.parts)
        ] or [trial]
    return found, np.array([max(1, len(trial.parts)) for trial in trials])


def confidence_of(trials: Sequence[Trial], calibration: Calibration) -> Array:
    """What calibration makes of the label of each trial: of all of its questions together, if it has some."""
    asked, counts = spread(trials)
    return np.asarray(np.multiply.reduceat(calibration.confidence(align(asked)), np.cumsum(counts) - counts))


def compose_limits(
    confidence: Array, counts: Codes, trials: Sequence[Trial], limits: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    """The limits of labels by those of their questions, of which there is more evidence, or by the labels themselves.

    Of labels at least so sure, as many are right as would be if all of their questions were only as sure as the least
    sure one of them. `confidence` is that of questions; each trial has so many (`counts`).
    """
    starts = np.cumsum(counts) - counts
    labels = np.multiply.reduceat(confidence, starts).round(DIGITS)
    weights, order = weigh(trials), np.argsort(-labels, kind="stable")
    least = np.minimum.accumulate(np.minimum.reduceat(confidence, starts)[order])
    total = np.cumsum(weights[order])
    questions = np.cumsum((weights * counts)[order]) / total
    found = lookup(limits, least) ** questions
    own = find_limits(labels, trials, weights)
    # Those that are equally sure go together: the last of them in this order.
    ends = np.flatnonzero(np.diff(labels[order], append=-1.0))
    pairs = [(float(labels[order[at]]), float(found[at])) for at in ends]
    return tuple(rising(sorted([*own, *pairs])))


def summarize(thoughts: Array, lapses: Array) -> Calibration:
    """The calibration by the logarithms of how probable each temperature (rows) and lapse (columns) is."""
    weights = np.exp(thoughts - thoughts.max())
    weights /= weights.sum()
    each = weights.sum(axis=1)
    return Calibration(tuple(each.tolist()), tuple((weights @ lapses / np.maximum(each, 1e-300)).tolist()))


def first_thoughts() -> Array:
    """The logarithm of what is thought of each temperature (rows) and lapse (columns) before any trial."""
    temperatures = -((np.log(TEMPERATURES / FIRST_TEMPERATURE) / SPREAD) ** 2) / 2
    lapses = np.log(np.gradient(LAPSES)) - STEEPNESS * np.log1p(LAPSES / FIRST_LAPSE)
    return np.asarray(temperatures[:, None] + lapses[None, :])


def logarithms_of(stated: Array) -> Array:
    """The logarithms of what is stated, the highest of each item being zero."""
    logarithms = np.log(np.maximum(stated, FLOOR))
    return np.asarray(logarithms - logarithms.max(axis=1, keepdims=True))


def share_of_first(logarithms: Array, temperature: float) -> Array:
    """How probable the first label of each item is when all are raised to this power."""
    raised = np.exp(temperature * logarithms)
    return np.asarray(raised[:, 0] / raised.sum(axis=1))


def align(trials: Sequence[Trial]) -> Array:
    """What the trials state, as one array; labels that a trial doesn't know of are not probable."""
    width = max(len(trial.stated) for trial in trials)
    return np.array([trial.stated + (0.0,) * (width - len(trial.stated)) for trial in trials])


def weigh(trials: Sequence[Trial]) -> Array:
    """How much each trial counts: those of one item share its weight."""
    import pandas as pd

    items = pd.Series([trial.item for trial in trials], dtype=object)
    shared: Array = items.groupby(items).transform("size").to_numpy(dtype=float)
    return np.array([trial.weight for trial in trials]) / shared


def find_limits(confidence: Array, trials: Sequence[Trial], weights: Array) -> tuple[tuple[float, float], ...]:
    """The least confidences from which on more labels are right, at least: rising in both.

    Of the trials that are at least so sure, the lower limit of Clopper and Pearson (1934). Its number of items is the
    effective one (Kish, Survey Sampling, 1965): half a trial is not half an item, if each is of another item.
    """
    order = np.argsort(-confidence, kind="stable")
    found: list[tuple[float, float]] = []
    own: dict[str, float] = {}
    right = total = squares = 0.0
    for place, at in enumerate(order):
        item, weight = trials[at].item, float(weights[at])
        before = own.get(item, 0.0)
        own[item] = before + weight
        squares += own[item] ** 2 - before**2
        total += weight
        right += weight * trials[at].right
        following = confidence[order[place + 1]] if place + 1 < len(order) else -1.0
        if following < confidence[at]:  # Those that are equally sure go together.
            found.append((float(confidence[at]), lower_limit(right / total, total**2 / squares)))
    return tuple(rising(reversed(found)))


def lower_limit(share: float, items: float) -> float:
    """What the true share is at least, but for RISK, if this share of so many items is right."""
    from scipy.special import betaincinv  # scipy.stats has it, too, and takes a second to be imported.

    return float(betaincinv(share * items, (1 - share) * items + 1, RISK)) if share > 0 else 0.0


def lookup(limits: Sequence[tuple[float, float]], confidence: Array) -> Array:
    """The limit at each confidence; 0.0 below all of them."""
    least, highest = ([pair[at] for pair in limits] for at in (0, 1))
    found: Array = np.array([0.0, *highest])[np.searchsorted(least, confidence, side="right")]
    return found


def rising(pairs: Iterable[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    """The pairs whose second number is above all before."""
    highest = 0.0
    for first, second in pairs:
        if second > highest:
            highest = second
            yield round(first, DIGITS), round(second, DIGITS)


def count_items(trials: Iterable[Trial]) -> Mapping[str, int]:
    """How many items of each source there are."""
    return dict(sorted(Counter(source for _, source in {(trial.item, trial.source) for trial in trials}).items()))
