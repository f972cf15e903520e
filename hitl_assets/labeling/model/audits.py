"""Audits: people look at some of what a model is sure of. How many, and what they say of it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hitl_assets.labeling.model.bounds import EXCUSED, RISK, disagreement, error_at_most, lower_bound, upper_bound
from hitl_assets.labeling.model.evidence import Counts, Evidence, count
from hitl_assets.labeling.project.automation import Audit

# The interval of an audit: this share of them holds the true error.
INTERVAL = 0.9
# How often a model that is right as often as it should be may be stopped, over all audits of a version together.
RISK_OVER_BATCHES = 0.05
# Larger errors that are weighed against the allowed one, equally likely at first.
WEIGHED = 50
# An audit is never sized beyond this: so many find a difference of a few points.
MOST = 5_000
# Evidence is told up to here: that is beyond doubt.
BEYOND_DOUBT = 1e6
# How surely the audit of a trial proves a model that is as good as the evidence says.
CHANCE_OF_PROOF = 0.8


@dataclass(frozen=True)
class Terms:
    """What an audit is judged by, beside itself: what earlier audits of the same model found; whether it has to prove
    by itself that the model is right as often as it should be; whether the batch is of another kind than the model
    knows; and whether nobody will be asked again, so that what is not sure counts as it is."""

    earlier: tuple[Evidence, ...] = ()
    must_prove: bool = False
    is_strange: bool = False
    is_final: bool = False


ORDINARY = Terms()


@dataclass(frozen=True)
class AuditResult:
    """What people found among the model's labels of a batch: how many were looked at, how many of them are wrong, and
    the error with its interval. Error and limits are shares, 0 to 1.

    `earlier`: how many were looked at in batches before, under the same version. `against`: how many times likelier all
    that was found is if the model is wrong more often than allowed (betting odds: 20 are reached by chance in one of 20
    at most). `must_prove`: whether the labels may be used only if the error is no more than allowed; by this audit it
    is `at_most` (90 %); items that people are not sure about yet count for the model.
    """

    items: int
    wrong: float
    error: float
    low: float
    high: float
    allowed: float
    earlier: int = 0
    against: float = 1.0
    must_prove: bool = False
    at_most: float = 1.0

    @property
    def has_failed(self) -> bool:
        """Whether the model is wrong more often than allowed, beyond what chance explains, in this batch or over the
        batches; or did not prove what it had to. One item says nothing: it may be people who are wrong."""
        if self.must_prove and self.at_most > self.allowed:
            return True
        return self.wrong > 1 and (self.low > self.allowed or self.against >= 1 / RISK_OVER_BATCHES)


def judge_audit(audited: Iterable[Evidence], target: float, terms: Terms = ORDINARY, waiting: int = 0) -> AuditResult:
    """The error of the model's labels, from the ones that people looked at.

    Half of what people are said to get wrong is not the model's. `waiting`: items of which the label may still change;
    they count for the model until it is known.
    """
    found = list(audited)
    counts, allowed = count(found), 1 - target
    blank = AuditResult(0, 0.0, 0.0, 0.0, 1.0, allowed, len(terms.earlier), must_prove=terms.must_prove)
    hoped = with_agreements(counts, waiting)
    result = replace(blank, against=odds_against([*terms.earlier, *found], allowed), at_most=error_at_most(hoped))
    if not found:
        return result
    excused = EXCUSED * counts.mistakes
    noise = excused / counts.total
    risk = (1 - INTERVAL) / 2
    right = counts.total - counts.disagreements
    return replace(
        result,
        items=len(found),
        wrong=max(0.0, counts.disagreements - excused),
        error=without_noise(1 - right / counts.total, noise),
        low=without_noise(1 - upper_bound(right, counts.total, risk), noise),
        high=without_noise(1 - lower_bound(right, counts.total, risk), noise),
    )


def with_agreements(counts: Counts, number: int) -> Counts:
    """The counts with so many agreements more."""
    none, ones = np.zeros(number), np.ones(number)
    return Counts(np.append(counts.wrong, none), np.append(counts.noise, none), np.append(counts.size, ones))


def without_noise(share: float, noise: float) -> float:
    """The error of a model that disagrees with people in such a share, of whose labels `noise` are wrong.

    The number of disagreements is spread less than that of equally likely ones (Hoeffding, 1956), so limits of Clopper
    and Pearson stay limits.
    """
    return min(1.0, max(0.0, (share - noise) / (1 - 2 * noise))) if noise < 0.5 else 0.0


def odds_against(audited: Sequence[Evidence], allowed: float) -> float:
    """How many times likelier these audits are if the model is wrong more often than allowed, 0 to a million.

    A mixture of sequential probability ratios (Robbins, Statistical methods related to the law of the iterated
    logarithm, 1970), which is also the wealth of who bets against the model (Waudby-Smith and Ramdas, Estimating means
    of bounded random variables by betting, 2023). It may be looked at after each batch: a model that is right as often
    as it should be makes it reach 1/a with probability a at most, ever (Ville, 1939).
    """
    if not audited:
        return 1.0
    counts = count(audited)
    errors = np.linspace(allowed, 1, WEIGHED + 1)[1:, None]
    noise = EXCUSED * counts.noise
    more, less = disagreement(errors, noise), disagreement(np.array([[allowed]]), noise)
    ratio = counts.wrong * np.log(more / less) + (1 - counts.wrong) * np.log((1 - more) / (1 - less))
    return float(min(BEYOND_DOUBT, np.exp(np.clip(ratio.sum(axis=1), -700, 700)).mean()))


def audit_size(sure: int, audit: Audit, target: float) -> int:
    """How many of the items that the model is sure of people look at: the share, but so many that an error as large as
    `audit.error` is found with the probability `audit.power` in this batch alone."""
    needed = smallest_audit(1 - target, error_to_find(audit, target), audit.power)
    return min(sure, max(audit.at_least, needed, math.ceil(round(sure * audit.share, 9))))


def error_to_find(audit: Audit, target: float) -> float:
    """The error that an audit is to find. Less than three times what is allowed would take a batch of its own; where
    much is allowed it is halfway between that and everything wrong."""
    allowed = 1 - target
    return max(audit.error, min((1 + allowed) / 2, 3 * allowed))


@lru_cache(maxsize=1000)
def smallest_audit(allowed: float, error: float, power: float) -> int:
    """How many items an audit needs so that it fails with the probability `power` if the model has this error."""
    from scipy.stats import binom

    sizes = np.arange(2, MOST)
    # It fails from so many wrong ones on: fewer are explained by chance, and one says nothing.
    least = np.maximum(2, binom.isf((1 - INTERVAL) / 2, sizes, allowed) + 1)
    enough = sizes[binom.sf(least - 1, sizes, error) >= power]
    return int(enough[0]) if len(enough) else MOST


@lru_cache(maxsize=1000)
def smallest_trial(allowed: float, error: float) -> int:
    """How many items an audit needs that is to prove by itself that no more errors are made than allowed, if the model
    makes so many."""
    from scipy.stats import binom

    sizes = np.arange(1, MOST)
    most = binom.ppf(RISK, sizes, allowed)
    most -= binom.cdf(most, sizes, allowed) > RISK
    enough = sizes[binom.cdf(most, sizes, error) >= CHANCE_OF_PROOF]
    return int(enough[0]) if len(enough) else MOST
