"""Dawid-Skene: the likeliest answers, and how each worker confuses them, found together by expectation-maximization.

A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, 1979.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_ROUNDS = 100
# The mean log likelihood of a task must still grow by this much.
LEAST_GAIN = 1e-5
# Nobody is sure never to give an answer.
LEAST_CHANCE = 1e-10

Numbers = npt.NDArray[np.intp]
Chances = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Votes:
    """Answers as three columns of numbers from 0: vote i says that worker `workers[i]` gave `labels[i]`."""

    tasks: Numbers
    workers: Numbers
    labels: Numbers


def estimate_truth(votes: Votes) -> Chances:
    """The probability of each label for each task: tasks x labels, rows sum to one. Every task needs a vote."""
    chances = _count(votes)
    last = -np.inf
    for _ in range(MOST_ROUNDS):
        priors = chances.mean(axis=0)
        chances, likelihood = _expect(votes, priors, _confusions(votes, chances))
        if likelihood - last < LEAST_GAIN:
            break
        last = likelihood
    return chances


def _count(votes: Votes) -> Chances:
    """Where it begins: the shares of the votes."""
    tasks, labels = votes.tasks.max() + 1, votes.labels.max() + 1
    counts = np.bincount(votes.tasks * labels + votes.labels, minlength=tasks * labels)
    return _shares(counts.reshape(tasks, labels).astype(np.float64))


def _confusions(votes: Votes, chances: Chances) -> Chances:
    """How likely each worker gives each label when each label is true: workers x given x true."""
    workers, labels = votes.workers.max() + 1, chances.shape[1]
    given = votes.workers * labels + votes.labels
    # One pass for each true label: many times faster than adding rows of all of them.
    columns = [np.bincount(given, chances[votes.tasks, true], workers * labels) for true in range(labels)]
    counts = np.stack(columns, axis=-1).reshape(workers, labels, labels)
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _expect(votes: Votes, priors: Chances, confusions: Chances) -> tuple[Chances, float]:
    told = np.log(np.maximum(confusions, LEAST_CHANCE))
    columns = [np.bincount(votes.tasks, told[votes.workers, votes.labels, true]) for true in range(len(priors))]
    logs = np.log(np.maximum(priors, LEAST_CHANCE)) + np.stack(columns, axis=-1)
    most = logs.max(axis=1, keepdims=True)
    likelihoods = np.exp(logs - most)
    return _shares(likelihoods), float((most[:, 0] + np.log(likelihoods.sum(axis=1))).mean())


def _shares(values: Chances) -> Chances:
    shares: Chances = values / values.sum(axis=1, keepdims=True)
    return shares
