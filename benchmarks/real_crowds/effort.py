"""What aggregation takes: seconds of CPU and memory, by the number of answers and labels."""

import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.real_crowds.methods import OWN, label_items
from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs

# Answers and labels.
SIZES = (
    *((answers, labels) for answers in (10_000, 100_000) for labels in (2, 10, 50, 100)),
    (500_000, 2),
    (500_000, 10),
)
ANSWERS_PER_TASK, ANSWERS_PER_WORKER, ACCURACY = 5, 100, 0.8


@dataclass(frozen=True)
class Effort:
    """One method on one size: seconds of CPU, the best of three; the peak of memory above the start in MB."""

    answers: int
    classes: int
    method: str
    seconds: float
    megabytes: float


def measure_effort(sizes: tuple[tuple[int, int], ...] = SIZES) -> Iterator[Effort]:
    """Ours and crowd-kit's Dawid-Skene on the same made-up answers, one after the other."""
    for answers, labels in sizes:
        votes = make_votes(answers, labels)
        for method in (OWN, "dawid_skene"):
            yield Effort(answers, labels, method, *measure(method, votes, Beliefs(labels=labels)))


def measure(method: str, votes: pd.DataFrame, beliefs: Beliefs) -> tuple[float, float]:
    """Seconds of CPU, and the peak of what Python and numpy hold, in MB. Memory is measured in a run of its own."""
    seconds = min(clock(method, votes, beliefs) for _ in range(3))
    tracemalloc.start()
    label_items(method, votes, beliefs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak / 1e6


def clock(method: str, votes: pd.DataFrame, beliefs: Beliefs) -> float:
    """Seconds of CPU for one run."""
    start = time.process_time()
    label_items(method, votes, beliefs)
    return time.process_time() - start


def make_votes(answers: int, classes: int, seed: int = 0) -> pd.DataFrame:
    """Answers of workers who are right in 80 %, five to each task; wrong ones are spread evenly."""
    chance = np.random.default_rng(seed)
    task = np.repeat(np.arange(answers // ANSWERS_PER_TASK), ANSWERS_PER_TASK)
    truth = chance.integers(0, classes, task[-1] + 1)[task]
    first = chance.integers(0, answers // ANSWERS_PER_WORKER, task[-1] + 1)[task]
    worker = (first + np.arange(answers) % ANSWERS_PER_TASK) % (answers // ANSWERS_PER_WORKER)
    wrong = (truth + chance.integers(1, classes, answers)) % classes
    given = np.where(chance.random(answers) < ACCURACY, truth, wrong)
    return pd.DataFrame({"task": task, "worker": worker, "label": given})
