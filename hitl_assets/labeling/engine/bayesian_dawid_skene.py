"""Dawid-Skene with priors, held to what people say: labels from few answers.

Plain maximum likelihood is far too sure of workers it has seen twice, and on few answers labels may swap their names.
Here a worker's confusion matrix has a prior: all workers' matrix at the worker's own odds of being right. To it is
added what is known of the worker: answers to golden tasks and to items that earlier batches settled. How much the prior
weighs is learned from how alike the workers are. An item may have a prior of its own, a model's probabilities.

Mistakes that workers share look like their habits. So matrices are believed by half: all workers' matrix is the mean
of theirs and of one that knows only how often they are right, and what a worker's answer says is the mean of the
worker's matrix and of the prior at the worker's odds.

Five things hold the names of labels in their place. How frequent each label is comes from the first look at the
answers, or from it and golden tasks, and is not learned again. In the matrix of all workers no answer is given more
often to another label than to its own. An item that one person answered teaches nothing of that person, and is labeled
as that person said unless there is overwhelming evidence, or it has a prior. There are few rounds: on real crowds more
of them gain nothing, and move away from what people said. When an item is judged, its own answers are left out of what
is thought of those who gave them.

Memory is tasks x labels, and labels x the pairs of worker and answer that occur: one label is looked at at a time, and
nothing is as large as answers x labels x labels.

Model: Kim and Ghahramani, Bayesian Classifier Combination (AISTATS 2012). Inference: the zero-order collapsed
variational update of Asuncion, Welling, Smyth and Teh, On Smoothing and Inference for Topic Models (UAI 2009).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY, crowd_matrix, hold_names
from hitl_assets.labeling.engine.shares import cautious_shares, golden_shares

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# How alike workers may be: what is thought of all is worth so many of a worker's own answers.
STRENGTHS = np.array([4.0, 8.0, 16.0, 32.0, 64.0])
# Rounds at most, whatever `n_iter` allows.
ROUNDS = 3
TOLERANCE = 1e-3
# A lone answer is overruled by a difference of so many standard errors.
OVERWHELMING = 2.0
# Less of an answer than this says nothing about how alike workers are.
TRACE = 1e-3


@dataclass(frozen=True)
class Beliefs:
    """What is known before the answers are looked at, by the codes of labels.

    `workers`: of each worker code, how often which answer (columns) was given to items of which true label (rows).
    `priors`: of each task code, the probability of each label. `labels`: how many labels there may be, whether or not
    anybody gave them: where there is only one, every label is certain. `factors`: of each task code, how many times as
    probable each label is as its answers alone make it, which are thought to be given apart.
    """

    workers: dict[int, Array] = field(default_factory=dict)
    priors: dict[int, Array] = field(default_factory=dict)
    labels: int = 0
    factors: dict[int, Array] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """How many labels there may be."""
        return max([self.labels, *map(len, self.workers.values()), *map(len, self.priors.values())])


@dataclass(frozen=True)
class Votes:
    """Answers by codes, and the pairs of worker and answer that occur in them or in what is known of workers.

    `pair` is the place of each answer's pair. `teaches` is 1.0 for tasks that tell about their workers, else 0.0.
    `known` (labels x pairs) is how often a worker is known to have given this answer to items of each label.
    """

    task: Codes
    worker: Codes
    answer: Codes
    pair: Codes
    teaches: Array
    pair_worker: Codes
    pair_answer: Codes
    known: Array

    @property
    def workers(self) -> int:
        """One more than the highest worker code."""
        return int(self.pair_worker.max()) + 1


@dataclass(frozen=True)
class Crowd:
    """What is thought of all workers: what they answer (columns) to items of a label (rows), how often they are right,
    and how many of a worker's own answers that is worth: for being right, and for the matrix."""

    matrix: Array
    accuracy: float
    care: float
    strength: float


@dataclass(frozen=True)
class Record:
    """What the workers did, as far as it is known: `given` by label and pair, `among` by label and worker, `right` and
    `answered` by worker. In answers, which may be parts of one."""

    given: Array
    among: Array
    right: Array
    answered: Array


class BayesianDawidSkene:
    """An aggregator with crowd-kit's interface; votes are integer codes in the columns task, worker, label."""

    def __init__(self, n_iter: int = ROUNDS) -> None:
        self.n_iter = n_iter

    def fit_predict_proba(self, votes: "pd.DataFrame", beliefs: Beliefs | None = None) -> "pd.DataFrame":
        """The probability of each label code (columns) for each task code (rows)."""
        import pandas as pd

        known = beliefs or Beliefs()
        classes = max(int(votes["label"].max()) + 1, known.classes)
        answered = np.bincount(votes["task"].to_numpy())
        start, has_prior = read_priors(known.priors, classes, len(answered))
        for task, factor in known.factors.items():
            start[: len(factor), task] += np.log(factor)
        read = read_votes(votes, known.workers, classes, (answered > 1) | has_prior)
        probabilities = first_look(read, start)
        start[:, ~has_prior] += np.log(label_shares(read, probabilities, (answered > 0) & ~has_prior))[:, None]
        for _ in range(min(self.n_iter, ROUNDS)):
            before = probabilities
            probabilities = judge(read, before, start)
            if np.abs(probabilities - before).max() < TOLERANCE:
                break
        hold_lone(read, probabilities, (answered == 1) & ~has_prior)
        present = np.flatnonzero(answered)
        return pd.DataFrame(probabilities.T[present], index=present)


def read_priors(priors: dict[int, Array], classes: int, tasks: int) -> tuple[Array, NDArray[np.bool_]]:
    """The logarithm of each task's prior (labels x tasks), zeros without one; and which tasks have one."""
    start, has_prior = np.zeros((classes, tasks)), np.zeros(tasks, dtype=bool)
    for task, prior in priors.items():
        if task < tasks:
            start[:, task] = np.log(1e-12)
            start[: len(prior), task] = np.log(np.maximum(prior, 1e-12))
            has_prior[task] = True
    return start, has_prior


def read_votes(votes: "pd.DataFrame", workers: dict[int, Array], classes: int, teaches: NDArray[np.bool_]) -> Votes:
    """The answers with what is known of their workers. `teaches`: tasks that tell about those who answered."""
    task, worker, answer = (votes[name].to_numpy(dtype=np.int64) for name in ("task", "worker", "label"))
    seen = [code * classes + np.flatnonzero(record.sum(axis=0)) for code, record in workers.items()]
    code = worker * classes + answer
    occurs = np.zeros((max([int(worker.max()), *workers]) + 1) * classes, dtype=bool)
    occurs[np.concatenate([code, *seen])] = True
    pairs = np.flatnonzero(occurs)
    place = np.cumsum(occurs) - 1
    known = np.zeros((classes, len(pairs)))
    for worker_code, record in workers.items():
        given = np.flatnonzero(record.sum(axis=0))
        known[: len(record), place[worker_code * classes + given]] = record[:, given]
    return Votes(task, worker, answer, place[code], teaches.astype(float), pairs // classes, pairs % classes, known)


def first_look(votes: Votes, start: Array) -> Array:
    """The probability of each label (rows) for each task (columns) while all workers are thought to be alike."""
    classes, tasks = start.shape
    counts = np.bincount(votes.answer * tasks + votes.task, minlength=classes * tasks).reshape(classes, tasks)
    wrong = (1 - FIRST_ACCURACY) / max(1, classes - 1)
    return normal_softmax(start + counts * np.log(FIRST_ACCURACY / wrong))


def label_shares(votes: Votes, first: Array, others: NDArray[np.bool_]) -> Array:
    """How frequent each label is among these tasks, `others`, by the first look and what is known of workers."""
    counted = others[votes.task]
    shares = (first[:, others].sum(axis=1) + 1.0) / (others.sum() + len(first))
    if not votes.known.any():
        return cautious_shares(shares, counted.sum() / max(1, others.sum()))
    known = add_up(votes.pair_answer, votes.known, len(first))
    return golden_shares(votes.task[counted], votes.answer[counted], known, shares)


def judge(votes: Votes, probabilities: Array, start: Array) -> Array:
    """One update of all tasks. `start` is the logarithm of what each was thought to be without its answers."""
    taught = probabilities * votes.teaches
    record = count(votes, taught)
    crowd = describe_crowd(votes, record, len(start))
    own_right = taught.ravel()[votes.answer * taught.shape[1] + votes.task]
    own_answer = votes.teaches[votes.task]
    odds = odds_of(record.right[votes.worker] - own_right, record.answered[votes.worker] - own_answer, crowd)
    judged = np.empty_like(start)
    for label, row in enumerate(crowd.matrix):
        own = taught[label][votes.task]
        by_odds = expected(row, label, votes.answer, odds)
        given = crowd.strength * by_odds
        given += record.given[label][votes.pair]
        given -= own
        given /= (record.among[label] + crowd.strength)[votes.worker] - own
        # Half the matrix, half the odds; that it is twice as much changes nothing, the same goes for each label.
        given += by_odds
        said = np.log(np.maximum(given, 1e-12, out=given), out=given)
        judged[label] = start[label] + np.bincount(votes.task, weights=said, minlength=start.shape[1])
    return normal_softmax(judged)


def hold_lone(votes: Votes, probabilities: Array, alone: NDArray[np.bool_]) -> None:
    """Leave tasks that one person answered to what was said, unless the worker is known to say that of other items.

    Overruled is an answer that the worker gave more often to items of another label, by more than two standard errors;
    otherwise no label is more probable than the one that was said. There is nobody to contradict the person: where
    workers are judged by few of their answers, more right labels than wrong ones would be lost.
    """
    overruled = alone[votes.task] & (probabilities.argmax(axis=0)[votes.task] != votes.answer)
    task, answer, pair = (codes[overruled] for codes in (votes.task, votes.answer, votes.pair))
    if not len(task):
        return
    given = count(votes, probabilities * votes.teaches).given
    own, other = given[answer, pair], given[probabilities[:, task].argmax(axis=0), pair]
    doubtful = other - own <= OVERWHELMING * np.sqrt(other + own)
    task, answer = task[doubtful], answer[doubtful]
    most = probabilities[answer, task]
    held = np.minimum(probabilities[:, task], most * (1 - 1e-9))
    held[answer, np.arange(len(task))] = most
    probabilities[:, task] = held / held.sum(axis=0)


def count(votes: Votes, taught: Array) -> Record:
    """What the workers did, if the labels of the tasks that tell about them are as probable as this."""
    given = votes.known.copy()
    for label, row in enumerate(taught):
        given[label] += np.bincount(votes.pair, weights=row[votes.task], minlength=given.shape[1])
    among = add_up(votes.pair_worker, given, votes.workers)
    own = given[votes.pair_answer, np.arange(given.shape[1])]
    return Record(given, among, add_up(votes.pair_worker, own[None], votes.workers)[0], among.sum(axis=0))


def describe_crowd(votes: Votes, record: Record, classes: int) -> Crowd:
    """The matrix of all workers, and how alike they are."""
    joint = add_up(votes.pair_answer, record.given, classes)
    matrix = hold_names(crowd_matrix(joint))
    accuracy = float((np.diag(matrix) * (joint.sum(axis=1) + 1)).sum() / (joint.sum() + classes))
    accuracy = min(max(accuracy, 1e-3), 1 - 1e-3)
    rates = np.array([accuracy, 1 - accuracy])[:, None]
    counts = np.stack([record.right, record.answered - record.right])
    care = likely_strength(rises(rates, counts) - rises(1.0, counts.sum(axis=0)))
    crowd = Crowd(matrix, accuracy, care, 0.0)
    return Crowd(matrix, accuracy, care, strength_of(votes, record, crowd))


def odds_of(right: Array, answered: Array, crowd: Crowd) -> Array:
    """How many times a worker's odds of being right are the crowd's."""
    wrong = answered - right + crowd.care * (1 - crowd.accuracy)
    return (right + crowd.care * crowd.accuracy) / wrong * ((1 - crowd.accuracy) / crowd.accuracy)


def expected(row: Array, label: int, answers: Codes, odds: Array) -> Array:
    """How probable each answer to items of a label is, by all workers' row and each worker's odds of being right."""
    found = np.where(answers == label, odds * row[label], row[answers])
    found /= 1 + (odds - 1) * row[label]
    return found


def strength_of(votes: Votes, record: Record, crowd: Crowd) -> float:
    """How many answers per label all workers' matrix is worth (Dirichlet-multinomial)."""
    odds = odds_of(record.right, record.answered, crowd)[votes.pair_worker]
    likelihoods = -rises(1.0, record.among[record.among > TRACE])
    for label, row in enumerate(crowd.matrix):
        some = record.given[label] > TRACE
        means = expected(row, label, votes.pair_answer[some], odds[some])
        likelihoods += rises(means, record.given[label][some])
    return likely_strength(likelihoods)


def rises(mean: Any, counts: Array) -> Array:
    """For each strength the logarithm of gamma(strength x mean + counts) / gamma(strength x mean), added up."""
    from scipy.special import gammaln

    return np.array([(gammaln(strength * mean + counts) - gammaln(strength * mean)).sum() for strength in STRENGTHS])


def likely_strength(likelihoods: Array) -> float:
    """The mean strength, each weighed by how likely it makes the answers: where they say nothing, a high one."""
    from scipy.special import softmax

    return float(softmax(likelihoods) @ STRENGTHS)


def add_up(groups: Codes, rows: Array, size: int) -> Array:
    """Each row's sum in each group."""
    added: Array = np.stack([np.bincount(groups, weights=row, minlength=size) for row in rows])
    return added


def normal_softmax(logarithms: Array) -> Array:
    """Probabilities that add up to one in each column; the argument is overwritten."""
    logarithms -= logarithms.max(axis=0)
    np.exp(logarithms, out=logarithms)
    logarithms /= logarithms.sum(axis=0)
    return logarithms
