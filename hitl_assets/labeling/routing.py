"""Who labels an item, people or the model: a threshold that the evidence supports, and a random audit of the model."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta, ks_2samp

from hitl_assets.labeling.automation import Audit
from hitl_assets.labeling.records import Prediction

CROWD, MODEL, AUDIT = "crowd", "model", "audit"

# How often a threshold may be chosen under which the model is right less often than asked for.
RISK = 0.1
# The thresholds that are tested, in this order: the surer half of the evidence, then always a twentieth more.
STEPS = tuple(step / 20 for step in range(10, 21))
# How often a batch like the others may be taken for one of another kind; it only costs more then.
RISK_OF_STRANGENESS = 0.001
# The interval of an audit: this share of them holds the true error.
INTERVAL = 0.9


@dataclass(frozen=True)
class Evidence:
    """A prediction whose item has a label by other means: how probable the model found its own, and how surely it was
    right, both 0 to 1. `weight`: for how many items it stands (one of ten that was audited: 10)."""

    probability: float
    is_right: float
    weight: float = 1.0


def compare(probability: float, agrees: bool, confidence: float) -> Evidence:
    """What a label by people, with its confidence, says of a prediction.

    Two who agree without knowing of each other are hardly both wrong; where they don't, it may be people who are.
    """
    return Evidence(probability, 1.0 if agrees else 1 - confidence)


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

    Fixed-sequence testing (Angelopoulos, Bates, Candes, Jordan and Lei, Learn then Test, 2021): from the surer half of
    the predictions down in steps, as long as the lower bound of the accuracy reaches the target. Where it could not
    even without an error, nothing is tested.
    """
    ranked = sorted(evidence, key=lambda each: -each.probability)
    found = None
    for share in STEPS:
        taken = ranked[: first_below(ranked, math.ceil(round(share * len(ranked), 9)))]
        weight = sum(each.weight for each in taken)
        effective = weight**2 / sum(each.weight**2 for each in taken) if taken else 0.0
        if lower_bound(effective, effective) < target:
            continue
        accuracy = sum(each.weight * each.is_right for each in taken) / weight
        bound = lower_bound(accuracy * effective, effective)
        if bound < target:
            break
        found = Threshold(taken[-1].probability, accuracy, bound, len(taken))
    return found


def is_other_kind(predictions: Sequence[Prediction], evidence: Sequence[Evidence]) -> bool:
    """Whether a batch is of another kind than what the model was tried on, which the evidence says nothing about.

    It is if the model is less sure of the batch than it was of them, beyond what chance explains (the one-sided test of
    Kolmogorov and Smirnov).
    """
    batch, known = ([each.probability for each in every] for every in (predictions, evidence))
    if not batch or not known:
        return not known
    return bool(ks_2samp(batch, known, alternative="greater", method="asymp").pvalue < RISK_OF_STRANGENESS)


def first_below(ranked: Sequence[Evidence], position: int) -> int:
    """The first position from this one on with a lower probability: equally sure predictions go the same way."""
    while 0 < position < len(ranked) and ranked[position].probability == ranked[position - 1].probability:
        position += 1
    return position


def lower_bound(right: float, total: float, risk: float = RISK) -> float:
    """What the true share is at least, but for a risk (Clopper and Pearson, 1934); shares of an item count as such."""
    return float(beta.ppf(risk, right, total - right + 1)) if right > 0 else 0.0


def upper_bound(right: float, total: float, risk: float = RISK) -> float:
    """What the true share is at most, but for a risk."""
    return float(beta.ppf(1 - risk, right + 1, total - right)) if right < total else 1.0


def route_items(predictions: Sequence[Prediction], threshold: Threshold | None, audit: Audit) -> Mapping[str, str]:
    """The route of each predicted item by its key. Which items are audited is random, and the same on a rerun."""
    sure = [each for each in predictions if threshold is not None and each.probability >= threshold.probability]
    drawn = sorted(sure, key=lambda each: hashlib.sha256(f"audit {each.item_key}".encode()).digest())
    audited = {each.item_key for each in drawn[: audit_size(len(sure), audit)]}
    routes = dict.fromkeys((each.item_key for each in predictions), CROWD)
    return {**routes, **{each.item_key: AUDIT if each.item_key in audited else MODEL for each in sure}}


def audit_size(sure: int, audit: Audit) -> int:
    """How many of the items that the model is sure of people look at."""
    return min(sure, max(audit.at_least, math.ceil(round(sure * audit.share, 9))))


@dataclass(frozen=True)
class AuditResult:
    """What people found among the model's labels of a batch: how many were looked at, how many of them are wrong, and
    the error with its interval. Error and limits are shares, 0 to 1."""

    items: int
    wrong: float
    error: float
    low: float
    high: float
    allowed: float

    @property
    def has_failed(self) -> bool:
        """Whether the model is wrong more often than allowed, beyond what chance explains. One item says nothing: it
        may be people who are wrong."""
        return self.low > self.allowed and self.wrong > 1


def judge_audit(audited: Iterable[Evidence], target: float) -> AuditResult:
    """The error of the model's labels, from the ones that people looked at."""
    found = list(audited)
    right = sum(each.is_right for each in found)
    risk = (1 - INTERVAL) / 2
    if not found:
        return AuditResult(0, 0.0, 0.0, 0.0, 1.0, 1 - target)
    return AuditResult(
        items=len(found),
        wrong=len(found) - right,
        error=1 - right / len(found),
        low=1 - upper_bound(right, len(found), risk),
        high=1 - lower_bound(right, len(found), risk),
        allowed=1 - target,
    )
