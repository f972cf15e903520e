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
    counts = np.zeros((votes.tasks.max() + 1, votes.labels.max() + 1))
    np.add.at(counts, (votes.tasks, votes.labels), 1.0)
    return _shares(counts)


def _confusions(votes: Votes, chances: Chances) -> Chances:
    """How likely each worker gives each label when each label is true: workers x given x true."""
    labels = chances.shape[1]
    counts = np.zeros((votes.workers.max() + 1, labels, labels))
    np.add.at(counts, (votes.workers, votes.labels), chances[votes.tasks])
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _expect(votes: Votes, priors: Chances, confusions: Chances) -> tuple[Chances, float]:
    logs = np.tile(np.log(np.maximum(priors, LEAST_CHANCE)), (votes.tasks.max() + 1, 1))
    np.add.at(logs, votes.tasks, np.log(np.maximum(confusions, LEAST_CHANCE))[votes.workers, votes.labels])
    most = logs.max(axis=1, keepdims=True)
    likelihoods = np.exp(logs - most)
    return _shares(likelihoods), float((most[:, 0] + np.log(likelihoods.sum(axis=1))).mean())


def _shares(values: Chances) -> Chances:
    shares: Chances = values / values.sum(axis=1, keepdims=True)
    return shares
