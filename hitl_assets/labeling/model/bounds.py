"""How large an error is at least or at most, where people who looked may be wrong themselves."""

import numpy as np

from hitl_assets.labeling.model.evidence import Counts

# How often a bound may be broken.
RISK = 0.1
# The share of the mistakes that people say they make which is not charged to a model. Their confidence may be too low
# by half, and if more was excused, a model that is just too bad would pass more often than RISK.
EXCUSED = 0.5
# The errors that are weighed, closer together where they are small; 1 itself has no odds.
ERRORS = np.linspace(0, 1, 401) ** 3 * 0.9999
# Noise is told apart in steps of a fifth of its size, down to one in a million.
STEP, LEAST = 0.2, 1e-6


def lower_bound(right: float, total: float, risk: float = RISK) -> float:
    """What the true share is at least, but for a risk (Clopper and Pearson, 1934); shares of an item count as such."""
    from scipy.stats import beta

    return float(beta.ppf(risk, right, total - right + 1)) if right > 0 else 0.0


def upper_bound(right: float, total: float, risk: float = RISK) -> float:
    """What the true share is at most, but for a risk."""
    from scipy.stats import beta

    return float(beta.ppf(1 - risk, right + 1, total - right)) if right < total else 1.0


def error_at_most(counts: Counts, risk: float = RISK) -> float:
    """The error of a model, 0 to 1, that its true error exceeds with a probability of `risk` at most.

    An item's label by people is wrong with probability h, and the model's, independently, with probability e: they
    disagree with probability h + e (1 - 2h), where h is EXCUSED of what people's confidence says. So a disagreement
    where people are sure speaks against the model, and one where they are not hardly does. The limit is the quantile of
    e's posterior; its prior is Beta(1, 0), with which it is Clopper and Pearson's where h is 0.
    """
    if not counts.total:
        return 1.0
    if not counts.mistakes:
        return upper_bound(counts.disagreements, counts.total, risk)
    mass = np.exp(log_posterior(counts))
    cumulated = np.cumsum(mass) - mass / 2
    return float(np.interp(1 - risk, cumulated / mass.sum(), ERRORS))


def log_posterior(counts: Counts) -> np.ndarray:
    """The logarithm of the posterior mass of each of ERRORS, but for a constant."""
    wrong, total, noise = binned(counts)
    chance = disagreement(ERRORS[:, None], EXCUSED * noise)
    likelihood = (wrong * np.log(chance) + (total - wrong) * np.log1p(-chance)).sum(axis=1)
    mass = likelihood + np.log(np.gradient(ERRORS)) - np.log1p(-ERRORS)
    return np.asarray(mass - mass.max())


def binned(counts: Counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Disagreements, observations and mean noise of those that are about equally noisy."""
    steps = np.round(np.log(np.maximum(counts.noise, LEAST)) / STEP).astype(int)
    numbers = np.unique(steps, return_inverse=True)[1].ravel()
    total = np.bincount(numbers, counts.size)
    wrong = np.bincount(numbers, counts.wrong * counts.size)
    return wrong, total, np.bincount(numbers, counts.noise * counts.size) / total


def disagreement(error: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """How probably two disagree of whom one is wrong with probability `error` and the other with `noise`."""
    return np.asarray(np.clip(noise + error * (1 - 2 * noise), 1e-12, 1 - 1e-12))
