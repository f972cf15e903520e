"""Dawid-Skene with priors: how surely a label on one or two answers is right.

Plain maximum likelihood is far too sure of workers it has seen twice. Here each worker's confusion matrix has a
Dirichlet prior around the matrix of all workers, to which what is known of the worker is added: answers to golden tasks
and to items that earlier batches settled. An item may have a prior of its own, a model's probabilities. When an item is
judged, its own answers are left out of what is thought of those who gave them.

Model: Kim and Ghahramani, Bayesian Classifier Combination (AISTATS 2012). Inference: the zero-order collapsed
variational update of Asuncion, Welling, Smyth and Teh, On Smoothing and Inference for Topic Models (UAI 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln, softmax

Array = NDArray[np.float64]

# What is thought of a crowd before it has answered: eight of ten answers are right, worth so many answers per label.
FIRST_ACCURACY, FIRST_WEIGHT = 0.8, 10.0
# How alike workers may be: what the matrix of all is worth beside a worker's own answers, in answers per label.
STRENGTHS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Beliefs:
    """What is known before the answers are looked at, by the codes of labels.

    `workers`: of each worker code, how often which answer (columns) was given to items of which true label (rows).
    `priors`: of each task code, the probability of each label. `labels`: how many labels there may be, whether or not
    anybody gave them: where there is only one, every label is certain.
    """

    workers: dict[int, Array] = field(default_factory=dict)
    priors: dict[int, Array] = field(default_factory=dict)
    labels: int = 0

    @property
    def classes(self) -> int:
        """How many labels there may be."""
        return max([self.labels, *map(len, self.workers.values()), *map(len, self.priors.values())])


class BayesianDawidSkene:
    """An aggregator with crowd-kit's interface; votes are integer codes in the columns task, worker, label."""

    def __init__(self, n_iter: int = 100) -> None:
        self.n_iter = n_iter

    def fit_predict_proba(self, votes: pd.DataFrame, beliefs: Beliefs | None = None) -> pd.DataFrame:
        """The probability of each label code (columns) for each task code (rows)."""
        known = beliefs or Beliefs()
        classes = max(int(votes["label"].max()) + 1, known.classes)
        tasks, workers, answers = (votes[name].to_numpy() for name in ("task", "worker", "label"))
        evidence = stack(known.workers, int(workers.max()) + 1, (classes, classes))
        priors = stack(known.priors, int(tasks.max()) + 1, (classes,))
        has_prior = priors.sum(axis=1, keepdims=True) > 0
        probabilities = softmax(add_up(tasks, np.log(first_matrix(classes))[:, answers].T, len(priors)), axis=1)
        for _ in range(self.n_iter):
            before = probabilities
            shares = probabilities[~has_prior[:, 0]].sum(axis=0) + 1.0
            start = np.where(has_prior, priors, shares / shares.sum())
            probabilities = judge(tasks, workers, answers, probabilities, evidence, np.log(np.maximum(start, 1e-12)))
            if np.abs(probabilities - before).max() < TOLERANCE:
                break
        present = np.unique(tasks)
        return pd.DataFrame(probabilities[present], index=present)


def judge(
    tasks: NDArray[Any],
    workers: NDArray[Any],
    answers: NDArray[Any],
    probabilities: Array,
    evidence: Array,
    start: Array,
) -> Array:
    """One update of all tasks. `start` is the logarithm of what each was thought to be without its answers."""
    own = probabilities[tasks]
    classes = own.shape[1]
    given_to = add_up(workers * classes + answers, own, len(evidence) * classes)
    counts = evidence + given_to.reshape(len(evidence), classes, classes).transpose(0, 2, 1)
    crowd = normalize(counts.sum(axis=0) + FIRST_WEIGHT * first_matrix(classes))
    prior = strength_of(counts, crowd) * crowd
    given = counts[workers, :, answers] - own + prior[:, answers].T
    among = counts[workers].sum(axis=2) - own + prior.sum(axis=1)
    return softmax(start + add_up(tasks, np.log(np.maximum(given, 1e-9) / among), len(start)), axis=1)


def strength_of(counts: Array, crowd: Array) -> float:
    """How alike the workers are: the strength under which their answers are most likely (Dirichlet-multinomial)."""
    totals = counts.sum(axis=2)

    def likelihood(strength: float) -> float:
        prior = strength * crowd
        per_answer = gammaln(prior + counts) - gammaln(prior)
        return float(per_answer.sum() + (gammaln(strength) - gammaln(strength + totals)).sum())

    return max(STRENGTHS, key=likelihood)


def first_matrix(classes: int) -> Array:
    """What a worker answers (columns) to an item of a label (rows) as long as nothing is known."""
    wrong = (1 - FIRST_ACCURACY) / max(1, classes - 1)
    return np.full((classes, classes), wrong) + np.eye(classes) * (FIRST_ACCURACY - wrong)


def normalize(counts: Array) -> Array:
    """Rows that add up to one."""
    return counts / counts.sum(axis=-1, keepdims=True)


def add_up(groups: NDArray[Any], rows: Array, size: int) -> Array:
    """The sum of the rows of each group."""
    return np.stack([np.bincount(groups, weights=column, minlength=size) for column in rows.T], axis=1)


def stack(known: dict[int, Array], size: int, shape: Sequence[int]) -> Array:
    """One array for all codes; zeros where nothing is known."""
    stacked = np.zeros((size, *shape))
    for code, value in known.items():
        stacked[code] = value
    return stacked
