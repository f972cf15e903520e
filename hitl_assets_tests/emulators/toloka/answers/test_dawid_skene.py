"""Dawid-Skene as arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import DawidSkene

from hitl_assets.emulators.toloka.answers.dawid_skene import Votes, estimate_truth


def crowd(tasks: int, errors: list[float], labels: int, seed: int = 0) -> tuple[np.ndarray, Votes]:
    """The truth of so many tasks, and answers of workers who err so often."""
    random = np.random.default_rng(seed)
    truth = random.integers(labels, size=tasks)
    columns = np.array([(task, worker) for task in range(tasks) for worker in range(len(errors))])
    is_wrong = random.random(len(columns)) < np.array(errors)[columns[:, 1]]
    given = (truth[columns[:, 0]] + is_wrong * random.integers(1, labels, size=len(columns))) % labels
    return truth, Votes(columns[:, 0], columns[:, 1], given)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*keyword.*deprecated")  # crowd-kit's business
def test_it_agrees_with_crowd_kit() -> None:
    """The same model, written by others."""
    _, votes = crowd(200, [0.1, 0.2, 0.3, 0.4], 3)
    table = pd.DataFrame({"task": votes.tasks, "worker": votes.workers, "label": votes.labels})
    theirs = DawidSkene(n_iter=100).fit_predict_proba(table).sort_index().sort_index(axis=1).to_numpy()
    assert np.abs(estimate_truth(votes) - theirs).max() < 0.01


def test_it_finds_out_whom_to_trust() -> None:
    """Three who guess do not outvote two who know, once there are enough tasks to tell."""
    truth, votes = crowd(400, [0.02, 0.02, 0.5, 0.5, 0.5], 2)
    chances = estimate_truth(votes)
    counts = np.zeros_like(chances)
    np.add.at(counts, (votes.tasks, votes.labels), 1)
    assert (chances.argmax(axis=1) == truth).mean() > 0.95 > (counts.argmax(axis=1) == truth).mean()


def test_a_single_vote_is_believed() -> None:
    """There is nothing against it."""
    one = np.array([0])
    assert estimate_truth(Votes(one, one, one)) == pytest.approx(np.array([[1.0]]))
