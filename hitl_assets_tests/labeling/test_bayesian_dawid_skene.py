"""Dawid-Skene with priors: right where plain Dawid-Skene is, and as sure as it is right."""

import numpy as np
import pandas as pd
import pytest

from hitl_assets.labeling.bayesian_dawid_skene import BayesianDawidSkene, Beliefs, strength_of


def simulate(seed: int, items: int, overlap: int, classes: int = 2) -> tuple[pd.DataFrame, np.ndarray]:
    """Votes of a crowd in which one of ten only guesses, and what is true."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, classes, items)
    accuracy = np.where(chance.random(40) < 0.1, 1 / classes, chance.uniform(0.8, 0.98, 40))
    rows = []
    for item in range(items):
        for worker in chance.choice(40, overlap, replace=False):
            wrong = (truth[item] + chance.integers(1, classes)) % classes
            rows.append((item, worker, truth[item] if chance.random() < accuracy[worker] else wrong))
    return pd.DataFrame(rows, columns=["task", "worker", "label"]), truth


@pytest.mark.parametrize(("overlap", "classes"), [(2, 2), (3, 2), (3, 4)])
def test_confidence_is_how_often_a_label_is_right(overlap: int, classes: int) -> None:
    """On two or three answers, where plain Dawid-Skene is far too sure: by tenths, within what chance explains."""
    sure, right = [], []
    for seed in range(5):
        votes, truth = simulate(seed, 600, overlap, classes)
        probabilities = BayesianDawidSkene().fit_predict_proba(votes).to_numpy()
        sure.append(probabilities.max(axis=1))
        right.append(probabilities.argmax(axis=1) == truth)
    confidence, is_right = np.concatenate(sure), np.concatenate(right)
    for low, high in [(0.5, 0.8), (0.8, 0.95), (0.95, 1.01)]:
        within = (confidence >= low) & (confidence < high)
        if within.sum() > 50:
            error = 3 * np.sqrt(0.25 / within.sum()) if high < 0.9 else 0.05
            assert abs(confidence[within].mean() - is_right[within].mean()) < error


def test_a_worker_who_failed_golden_tasks_counts_little() -> None:
    """One good answer outweighs one of somebody who is known to guess."""
    votes = pd.DataFrame({"task": [0, 0], "worker": [0, 1], "label": [0, 1]})
    known = Beliefs(workers={0: np.array([[20.0, 1.0], [1.0, 20.0]]), 1: np.array([[10.0, 10.0], [10.0, 10.0]])})
    assert BayesianDawidSkene().fit_predict_proba(votes, known).iloc[0, 0] > 0.85


def test_a_prior_decides_where_people_do_not() -> None:
    """Two who contradict each other leave the item to what the model thought of it."""
    votes = pd.DataFrame({"task": [0, 0], "worker": [0, 1], "label": [0, 1]})
    known = Beliefs(priors={0: np.array([0.1, 0.9])})
    assert BayesianDawidSkene().fit_predict_proba(votes, known).iloc[0, 1] == pytest.approx(0.9, abs=0.02)
    assert BayesianDawidSkene().fit_predict_proba(votes).iloc[0, 1] == pytest.approx(0.5, abs=0.02)


def test_somebody_who_answers_the_other_way_round_is_understood() -> None:
    """A confusion matrix, not a weight: who is always wrong in a question of two tells the answer."""
    votes = pd.DataFrame({"task": [0], "worker": [0], "label": [0]})
    known = Beliefs(workers={0: np.array([[0.0, 50.0], [50.0, 0.0]])})
    assert BayesianDawidSkene().fit_predict_proba(votes, known).iloc[0, 1] > 0.8


def test_labels_that_nobody_gave_here_are_possible() -> None:
    """A prior may speak of a third label."""
    votes = pd.DataFrame({"task": [0], "worker": [0], "label": [0]})
    found = BayesianDawidSkene().fit_predict_proba(votes, Beliefs(priors={0: np.array([0.0, 0.01, 0.99])}))
    assert found.shape == (1, 3)
    assert found.iloc[0].sum() == pytest.approx(1.0)
    assert found.iloc[0].idxmax() == 2


def test_how_alike_workers_are_is_learned() -> None:
    """A crowd of equals leans on what all do, a mixed one on what each does."""
    crowd = np.array([[0.9, 0.1], [0.1, 0.9]])
    equals = np.tile(100 * crowd, (30, 1, 1))
    mixed = np.array([[[100.0, 0.0], [0.0, 100.0]], [[50.0, 50.0], [50.0, 50.0]]] * 15)
    assert strength_of(equals, crowd) > strength_of(mixed, mixed.sum(axis=0) / mixed.sum(axis=0).sum(axis=1)[:, None])


def test_one_answer_is_a_label() -> None:
    """The smallest input; and the codes of tasks come back as rows."""
    votes = pd.DataFrame({"task": [3], "worker": [5], "label": [0]})
    found = BayesianDawidSkene().fit_predict_proba(votes)
    assert list(found.index) == [3]
    assert found.iloc[0, 0] == pytest.approx(1.0)
