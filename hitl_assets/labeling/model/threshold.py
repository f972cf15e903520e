"""From which probability on a model labels: as low as the evidence supports."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hitl_assets.labeling.model.bounds import RISK, error_at_most
from hitl_assets.labeling.model.evidence import Counts, Evidence, count
from hitl_assets.labeling.records import Prediction

# The thresholds that are tested, in this order: the surest twentieth of the evidence, then always a twentieth more.
STEPS = tuple(step / 20 for step in range(1, 21))
# From how many of them on it is tested anew if a test has failed; the risk is split between them.
STARTS = 3
# Fewer observations promise nothing.
FEWEST = 20
# How often a batch like the others may be taken for one of another kind; it only costs more then.
RISK_OF_STRANGENESS = 0.001


@dataclass(frozen=True)
class Threshold:
    """From which probability on the model labels; how often it is right there by the evidence, at least (with a
    confidence of 1 - RISK) and on average; and on how many items that stands."""

    probability: float
    accuracy: float
    lower_bound: float
    items: int


def choose_threshold(evidence: Iterable[Evidence], target: float) -> Threshold | None:
    """The lowest threshold from which on the model is right as often as `target` asks; None without enough evidence.

    The surest predictions are tested first, then always more (fixed-sequence testing: Angelopoulos, Bates, Candes,
    Jordan and Lei, Learn then Test, 2021). A first step that fails by chance doesn't end it: there are several starts,
    the risk is split between them, and what was not used up goes on to the next step (the fallback procedure: Wiens,
    2003). So the risk that any threshold that passes promises too much is RISK.
    """
    found, carried = None, 0.0
    steps = list(prefixes(evidence))
    own = split_risk([counts for _, counts in steps], target)
    for (taken, counts), risk in zip(steps, own, strict=True):
        level = carried + risk
        passed = level > 0 and error_at_most(counts, level) <= 1 - target
        carried = level if passed else 0.0
        if passed:
            bound = 1 - error_at_most(counts)
            found = Threshold(taken[-1].probability, accuracy_of(counts), bound, len(taken))
    return found


def hope_for_threshold(evidence: Iterable[Evidence], target: float) -> Threshold | None:
    """The lowest threshold from which on the model makes half the errors that `target` allows, or fewer, so that an
    audit can show it: if people's mistakes are as many as they are said to be. None if it makes more, or after few
    items."""
    found = None
    for taken, counts in prefixes(evidence):
        if counts.total >= FEWEST and accuracy_of(counts) >= (1 + target) / 2:
            found = Threshold(taken[-1].probability, accuracy_of(counts), 1 - error_at_most(counts), len(taken))
    return found


def prefixes(evidence: Iterable[Evidence]) -> Iterator[tuple[Sequence[Evidence], Counts]]:
    """The surest predictions of each step, which are none in the first ones if there are few."""
    ranked = sorted(evidence, key=lambda each: -each.probability)
    counts = count(ranked)
    for share in STEPS:
        number = first_below(ranked, math.ceil(round(share * len(ranked), 9)))
        yield ranked[:number], counts.first(number)


def split_risk(steps: Sequence[Counts], target: float) -> list[float]:
    """The risk that each step may take by itself: equal parts for the first step that is large enough to prove a model
    without an error, and for those that are two and four times as large, or all. Where none is large enough, all of the
    risk is for the last one. It depends on sizes and noise only, not on what was found."""
    last = len(steps) - 1
    able = (at for at, counts in enumerate(steps) if could_prove(counts, target, RISK / STARTS))
    first = next(able, last)
    starts = {min((first + 1) * 2**number - 1, last) for number in range(STARTS)}
    return [RISK / len(starts) if at in starts else 0.0 for at in range(len(steps))]


def could_prove(counts: Counts, target: float, risk: float) -> bool:
    """Whether so many predictions would show that the target is reached, if the model made no error and people as many
    as they say."""
    return error_at_most(Counts(counts.noise, counts.noise, counts.size), risk) <= 1 - target


def smallest_proof(target: float, risk: float = RISK) -> int:
    """How many right predictions, without an error, show that so many are right."""
    return math.ceil(round(math.log(risk) / math.log(target), 9))


def accuracy_of(counts: Counts) -> float:
    """How often the model is right where people's mistakes, as they are said to be, are not the model's."""
    noise = counts.mistakes / counts.total
    error = (counts.disagreements / counts.total - noise) / (1 - 2 * noise) if noise < 0.5 else 1.0
    return 1 - min(1.0, max(0.0, error))


def is_other_kind(predictions: Sequence[Prediction], evidence: Sequence[Evidence]) -> bool:
    """Whether a batch is of another kind than what the model was tried on, which the evidence says nothing about.

    It is if the model is less sure of the batch than it was of them, beyond what chance explains (the one-sided test of
    Kolmogorov and Smirnov).
    """
    from scipy.stats import ks_2samp

    batch, known = ([each.probability for each in every] for every in (predictions, evidence))
    if not batch or not known:
        return not known
    return bool(ks_2samp(batch, known, alternative="greater", method="asymp").pvalue < RISK_OF_STRANGENESS)


def first_below(ranked: Sequence[Evidence], position: int) -> int:
    """The first position from this one on with a lower probability: equally sure predictions go the same way."""
    while 0 < position < len(ranked) and ranked[position].probability == ranked[position - 1].probability:
        position += 1
    return position
