"""How many more answers an item gets in a round: what it needs, what they gain, and what the round allows.

A batch has `overlap.rounds` rounds. After each of them an item has at most so many answers as its level says, and after
the last one at most `overlap.max`. The item with the most answers tells which round a batch is in: in each round one
item, at least, is brought above the level of the round before. So the round is told by Toloka's tasks alone, whoever
died after raising some of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, log

import numpy as np

from hitl_assets.labeling.aggregation.calibration import is_sure
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.records import Label

# What the logarithm of the odds rises by with an answer: of people who are right in 55 and in 99 %.
LEAST_WORTH, MOST_WORTH = 0.2, 4.6
# So far from certain a label is taken to be: a logarithm must end somewhere.
NEVER_CERTAIN = 1e-4


@dataclass(frozen=True)
class Need:
    """What an item that is not sure enough needs: so many more answers, if they agree. `confidence` is its label's."""

    answers: int
    confidence: float


def levels_of(overlap: Overlap) -> tuple[int, ...]:
    """How many answers an item may have after each round, rising from the start to the maximum in equal steps."""
    steps, room = overlap.rounds - 1, overlap.max - overlap.start
    later = (overlap.start + ceil(room * step / steps) for step in range(1, steps + 1))
    return tuple(dict.fromkeys([overlap.start, *later]))


def round_of(answers: int, levels: Sequence[int]) -> int:
    """The first round after which an item may have so many answers; the last one if there are too many."""
    return next((number for number, level in enumerate(levels, 1) if answers <= level), len(levels))


def worth_of_answer(labels: Iterable[Label], kind: Kind) -> float:
    """By how much an answer raises the logarithm of a label's odds: the mean over the answers by which labels lead."""
    raised, leads = 0.0, 0
    for label in labels:
        others = {name: count for name, count in label.votes.items() if not kind.is_same(name, label.label)}
        lead = sum(label.votes.values()) - sum(others.values()) - max(others.values(), default=0)
        if lead > 0:
            raised, leads = raised + log_odds(label.confidence), leads + lead
    return min(max(raised / leads if leads else 1.0, LEAST_WORTH), MOST_WORTH)


def log_odds(confidence: float) -> float:
    """The logarithm of the odds of a probability, which is neither 0 nor 1."""
    held = min(max(confidence, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
    return log(held / (1 - held))


def find_needs(labels: Sequence[Label], keys: Collection[str], overlap: Overlap, kind: Kind) -> Mapping[str, Need]:
    """What those of these items need whose label is not sure enough, or that have none.

    A label that says so much without evidence that such labels are right needs all answers that it may have.
    """
    worth = worth_of_answer(labels, kind)
    by_key = {label.item_key: label for label in labels}
    missing = log_odds(overlap.confidence)
    needs = {}
    for key in keys:
        label = by_key.get(key)
        if label is None:
            needs[key] = Need(max(1, ceil(missing / worth)), 0.5)
        elif not is_sure(label, overlap.confidence):
            away = missing - log_odds(label.confidence)
            needs[key] = Need(max(1, ceil(away / worth)) if away > 0 else overlap.max, label.confidence)
    return needs


def plan_round(given: Mapping[str, int], needs: Mapping[str, Need], overlap: Overlap) -> Mapping[str, int]:
    """How many more answers each item gets in the next round; empty after the last one.

    Args:
        given: how many answers each item of the batch has.
        needs: what the items need that are not sure enough.
        overlap: start, maximum and rounds.
    """
    levels = levels_of(overlap)
    done = round_of(max(given.values(), default=0), levels)
    if done == len(levels):
        return {}
    before, most, is_last = levels[done - 1], levels[done], done + 1 == len(levels)
    short = {key: need for key, need in needs.items() if given.get(key, most) < most}
    # After the last round nobody is asked again: whoever is not sure by then has all the answers there may be.
    plan = {key: most - given[key] if is_last else min(need.answers, most - given[key]) for key, need in short.items()}
    if plan and max(given[key] + more for key, more in plan.items()) <= before:
        nearest = max(plan, key=lambda key: (given[key] + plan[key], key))
        plan[nearest] = before + 1 - given[nearest]
    return plan


def gain_per_answer(confidence: float, worth: float, answers: int) -> float:
    """How much of an item so many answers of this worth are expected to make right, for each of them.

    The value of information of several answers at once, with two labels: how probable the better one is afterwards,
    on average, less how probable the label is now (the reward of Chen, Lin and Zhou, Optimistic Knowledge Gradient
    Policy for Optimal Budget Allocation in Crowdsourcing, ICML 2013, which asks for one answer at a time).
    """
    from scipy.stats import binom

    now, right, agree = max(confidence, 0.5), 1 / (1 + exp(-worth)), np.arange(answers + 1)
    if_right, if_wrong = binom.pmf(agree, answers, right), binom.pmf(agree, answers, 1 - right)
    after = np.maximum(now * if_right, (1 - now) * if_wrong).sum()
    return max(0.0, float(after) - now) / answers


def in_order(plan: Mapping[str, int], given: Mapping[str, int], needs: Mapping[str, Need], worth: float) -> list[str]:
    """The items of a plan, those first about which an answer gains most; then those that are least sure.

    One that gets the most answers goes before all of them: it tells which round it is.
    """
    asked = {key: (round(needs[key].confidence, 3), more) for key, more in plan.items()}
    gains = {each: gain_per_answer(each[0], worth, each[1]) for each in set(asked.values())}
    ordered = sorted(plan, key=lambda key: (-gains[asked[key]], needs[key].confidence, key))
    leads = [max(ordered, key=lambda key: given[key] + plan[key])] if ordered else []
    return list(dict.fromkeys([*leads, *ordered]))
