"""Dawid-Skene with priors: never far from what people say, and no surer than it is right."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from hitl_assets.labeling.engine.bayesian_dawid_skene import BayesianDawidSkene, Beliefs, likely_strength, rises


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
def test_labels_are_right_at_least_as_often_as_they_say(overlap: int, classes: int) -> None:
    """On two or three answers, where plain Dawid-Skene is far too sure; and not much more often where they are sure."""
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
            assert confidence[within].mean() - is_right[within].mean() < error
            assert low < 0.8 or is_right[within].mean() - confidence[within].mean() < error


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
    """A crowd of equals leans on what all do, a mixed one on what each does; who said nothing, on all."""

    def strength(right: list[float], answers: float) -> float:
        counts = np.array([right, answers - np.array(right)])
        rates = np.array([[0.75], [0.25]])
        return likely_strength(rises(rates, counts) - rises(1.0, counts.sum(axis=0)))

    assert strength([75.0] * 30, 100.0) > strength([100.0, 50.0] * 15, 100.0)
    assert strength([0.0] * 30, 0.0) > strength([100.0, 50.0] * 15, 100.0)


def press_buttons(seed: int, items: int, overlap: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Votes of 60 workers who are right in 80 %, of whom every fifth always presses the same button."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 2, items)
    rows = []
    for item in range(items):
        for worker in chance.choice(60, overlap, replace=False):
            honest = truth[item] if chance.random() < 0.8 else 1 - truth[item]
            rows.append((item, worker, worker // 5 % 2 if worker % 5 == 0 else honest))
    return pd.DataFrame(rows, columns=["task", "worker", "label"]), truth


@pytest.mark.parametrize("seed", range(10))
def test_button_pressers_do_not_rename_labels(seed: int) -> None:
    """Both labels stay, and labels are not worse than one of the two answers, beyond noise."""
    votes, truth = press_buttons(seed, 300, 2)
    found = BayesianDawidSkene().fit_predict_proba(votes).to_numpy().argmax(axis=1)
    first = votes.drop_duplicates("task")["label"].to_numpy()
    differences = (found == truth).astype(float) - (first == truth)
    assert 0.25 < found.mean() < 0.75
    assert differences.mean() > -2 * differences.std() / len(truth) ** 0.5


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.99, 0.01), (0.7, 0.1, 0.1, 0.1)])
def test_one_answer_each_is_what_people_said(shares: tuple[float, ...]) -> None:
    """Nothing is known but the answers, however rare a label is."""
    chance = np.random.default_rng(0)
    answers = chance.choice(len(shares), 1000, p=shares)
    votes = pd.DataFrame({"task": range(1000), "worker": chance.integers(0, 50, 1000), "label": answers})
    found = BayesianDawidSkene().fit_predict_proba(votes).to_numpy().argmax(axis=1)
    assert (found == answers).all()


def test_golden_tasks_overrule_one_answer() -> None:
    """Who always answers the same to golden tasks says nothing about an item."""
    votes = pd.DataFrame({"task": [0, 1, 2, 3], "worker": [0, 1, 1, 1], "label": [1, 0, 0, 1]})
    known = Beliefs(workers={0: np.array([[0.0, 40.0], [0.0, 40.0]])})
    assert BayesianDawidSkene().fit_predict_proba(votes, known).iloc[0].max() < 0.65


def test_a_few_golden_tasks_do_not_overrule_one_answer() -> None:
    """Three mistakes are not enough to be sure that a worker means something else, even in a very mixed crowd."""

    def judge(mistakes: float) -> pd.DataFrame:
        mixed = {code: np.array([[30.0, 0.0], [0.0, 30.0]])[:: 1 if code % 2 else -1] for code in range(1, 21)}
        known = Beliefs(workers={0: np.array([[0.0, mistakes], [0.0, 0.0]]), **mixed})
        return BayesianDawidSkene().fit_predict_proba(pd.DataFrame({"task": [0], "worker": [0], "label": [1]}), known)

    assert judge(3.0).iloc[0].idxmax() == 1
    assert judge(3.0).iloc[0].max() == pytest.approx(0.5, abs=1e-6)
    assert judge(30.0).iloc[0].idxmax() == 0


def test_a_prior_overrules_one_answer() -> None:
    """What a model knows of the item is a second opinion."""
    votes = pd.DataFrame({"task": [0], "worker": [0], "label": [1]})
    known = Beliefs(priors={0: np.array([0.99, 0.01])})
    assert BayesianDawidSkene().fit_predict_proba(votes, known).iloc[0].idxmax() == 0


def test_workers_with_one_answer_each_are_judged_as_a_crowd() -> None:
    """Three answers by three strangers are decided by their majority."""
    chance = np.random.default_rng(1)
    truth = chance.integers(0, 2, 400)
    right = chance.random((400, 3)) < 0.8
    answers = np.where(right, truth[:, None], 1 - truth[:, None])
    votes = pd.DataFrame({"task": np.repeat(range(400), 3), "worker": range(1200), "label": answers.ravel()})
    found = BayesianDawidSkene().fit_predict_proba(votes).to_numpy().argmax(axis=1)
    assert (found == (answers.sum(axis=1) > 1)).all()


@pytest.mark.slow
def test_a_hundred_labels_are_told_apart() -> None:
    """At least as well as by the majority."""
    votes, truth = simulate(0, 1500, 3, 100)
    found = BayesianDawidSkene().fit_predict_proba(votes, Beliefs(labels=100)).to_numpy().argmax(axis=1)
    most = votes.groupby("task")["label"].agg(lambda given: given.mode()[0]).to_numpy()
    assert (found == truth).mean() >= (most == truth).mean()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_square_of_labels() -> None:
    """Twenty thousand answers, a hundred labels: an array of answers x labels x labels would be 1.6 GB."""
    chance = np.random.default_rng(0)
    votes = pd.DataFrame(
        {"task": np.arange(20_000) // 20, "worker": np.arange(20_000) % 50, "label": chance.integers(0, 100, 20_000)}
    )
    tracemalloc.start()
    BayesianDawidSkene().fit_predict_proba(votes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6


def test_one_answer_is_a_label() -> None:
    """The smallest input; and the codes of tasks come back as rows."""
    votes = pd.DataFrame({"task": [3], "worker": [5], "label": [0]})
    found = BayesianDawidSkene().fit_predict_proba(votes)
    assert list(found.index) == [3]
    assert found.iloc[0, 0] == pytest.approx(1.0)
