"""Made-up crowds of several kinds, and how often a majority vote is right."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Crowd:
    """A batch and who answers it. Of `workers`, a share presses one button, a share answers the other way round; of all
    answers to other labels, a share (`habit`) becomes label 0; wrong answers are mostly the neighbor's label where
    classes are `confused`; `busy` is the share of the answers of one worker. Of `golden` more items the label is known,
    all of them equally frequent if `even`."""

    shares: tuple[float, ...] = (0.5, 0.5)
    overlap: int = 2
    items: int = 1000
    workers: int = 60
    accuracy: float = 0.8
    spread: float = 0.1
    pressing: float = 0.0
    inverting: float = 0.0
    habit: float = 0.0
    busy: float = 0.0
    confused: bool = False
    golden: int = 0
    even: bool = False


def simulate(crowd: Crowd, seed: int) -> tuple[pd.DataFrame, Beliefs, Codes]:
    """Answers to the items, what is known of the workers from golden tasks, and the items' true labels."""
    chance = np.random.default_rng(seed)
    classes = len(crowd.shares)
    truth = chance.choice(classes, crowd.items + crowd.golden, p=crowd.shares)
    if crowd.even:
        truth[crowd.items :] = chance.integers(0, classes, crowd.golden)
    worker = choose_workers(crowd, chance, len(truth))
    answer = give_answers(crowd, chance, truth[:, None], worker)
    task = np.repeat(np.arange(len(truth)), crowd.overlap)
    votes = pd.DataFrame({"task": task, "worker": worker.ravel(), "label": answer.ravel()})
    counted = votes[votes["task"] < crowd.items].reset_index(drop=True)
    return counted, read_golden(votes[votes["task"] >= crowd.items], truth, classes), truth[: crowd.items]


def choose_workers(crowd: Crowd, chance: np.random.Generator, items: int) -> Codes:
    """Who answers each item (rows), nobody twice."""
    order = chance.random((items, crowd.workers))
    order[:, 0] -= chance.random(items) < crowd.busy
    return order.argsort(axis=1)[:, : crowd.overlap]


def give_answers(crowd: Crowd, chance: np.random.Generator, truth: Codes, worker: Codes) -> Codes:
    """The answers to items with this truth (one column) by these workers."""
    classes = len(crowd.shares)
    accuracy = np.clip(chance.normal(crowd.accuracy, crowd.spread, crowd.workers), 0.05, 0.99)
    wrong = (truth + chance.integers(1, classes, worker.shape)) % classes
    if crowd.confused:
        wrong = np.where(chance.random(worker.shape) < 0.8, truth ^ 1, wrong)
    answer = np.where(chance.random(worker.shape) < accuracy[worker], truth, wrong)
    place = (worker * 37 % crowd.workers) / crowd.workers
    answer = np.where(place < crowd.pressing, worker % classes, answer)
    answer = np.where(place >= 1 - crowd.inverting, (truth + 1) % classes, answer)
    found: Codes = np.where(chance.random(worker.shape) < crowd.habit, 0, answer)
    return found


def read_golden(votes: pd.DataFrame, truth: Codes, classes: int) -> Beliefs:
    """What the workers answered to golden tasks."""
    records: dict[int, NDArray[np.float64]] = {}
    for task, worker, answer in votes.itertuples(index=False):
        records.setdefault(worker, np.zeros((classes, classes)))[truth[task], answer] += 1
    return Beliefs(records, {}, classes)


def majority_right(votes: pd.DataFrame, truth: Codes, classes: int) -> NDArray[np.float64]:
    """How probably a majority vote is right about each item, if ties are broken by lot."""
    counts = np.bincount(votes["task"] * classes + votes["label"], minlength=len(truth) * classes).reshape(-1, classes)
    most = counts == counts.max(axis=1, keepdims=True)
    found: NDArray[np.float64] = most[np.arange(len(truth)), truth] / most.sum(axis=1)
    return found
