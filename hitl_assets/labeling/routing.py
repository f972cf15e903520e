"""Who labels an item, people or the model: a threshold that the evidence supports, and a random audit of the model."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from hitl_assets.labeling.automation import Audit
from hitl_assets.labeling.records import Prediction

CROWD, MODEL, AUDIT = "crowd", "model", "audit"

# How often a threshold may be chosen under which the model is right less often than asked for.
RISK = 0.1
# With how many errors the first threshold that is tested may pass.
MOST_TOLERATED = 2
# The interval of an audit: this share of them holds the true error.
INTERVAL = 0.9


@dataclass(frozen=True)
class Evidence:
    """A prediction whose item has a label by other means: how probable the model found its own, and whether it was
    right (1 or 0). `weight`: for how many items it stands (one of ten that was audited: 10)."""

    probability: float
    is_right: float
    weight: float = 1.0


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

    Fixed-sequence testing (Angelopoulos, Bates, Candes, Jordan and Lei, Learn then Test, 2021): from the surest
    predictions down, as long as the lower bound of the accuracy reaches the target. The first one that is tested is the
    first that could pass with a few errors, which depends on how many there are, not on how right they are.
    """
    ranked = sorted(evidence, key=lambda each: -each.probability)
    tolerated = errors_tolerated(ranked, target)
    found, right, total, squares = None, 0.0, 0.0, 0.0
    for position, each in enumerate(ranked, start=1):
        right += each.weight * each.is_right
        total += each.weight
        squares += each.weight**2
        if position < len(ranked) and ranked[position].probability == each.probability:
            continue  # Equally sure predictions go the same way.
        effective = total**2 / squares
        if lower_bound(max(0.0, effective - tolerated), effective) < target:
            continue
        accuracy = right / total
        bound = lower_bound(accuracy * effective, effective)
        if bound < target:
            break
        found = Threshold(each.probability, accuracy, bound, position)
    return found


def errors_tolerated(evidence: Sequence[Evidence], target: float) -> int:
    """With how many errors the first threshold that is tested could pass: none if there is little evidence, else few.

    One that only passes without any error would stop the search at the first error that chance brings.
    """
    total, squares = sum(each.weight for each in evidence), sum(each.weight**2 for each in evidence)
    effective = total**2 / squares if squares else 0.0
    fitting = (
        few for few in range(MOST_TOLERATED, 0, -1) if lower_bound(max(0.0, effective - few), effective) >= target
    )
    return next(fitting, 0)


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
    return min(sure, max(audit.at_least, -(-round(sure * audit.share * 1e9) // 10**9)))


@dataclass(frozen=True)
class AuditResult:
    """What people found among the model's labels of a batch: how many were looked at, how many of them are wrong (as
    expected from people's confidence), and the error with its interval. Error and limits are shares, 0 to 1."""

    items: int
    wrong: float
    error: float
    low: float
    high: float
    allowed: float

    @property
    def has_failed(self) -> bool:
        """Whether the model is wrong more often than allowed, beyond what chance explains."""
        return self.low > self.allowed


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
