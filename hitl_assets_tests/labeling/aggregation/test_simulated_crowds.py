"""Labels on two answers by crowds that err as real ones do: none swallows the others, and a majority is not better."""

import numpy as np
import pandas as pd
import pytest

from hitl_assets.emulators.crowd.answering.mistakes import is_right, other
from hitl_assets.emulators.crowd.population import Population, read_population
from hitl_assets.emulators.crowd.workers import meet
from hitl_assets.labeling.engine.bayesian_dawid_skene import BayesianDawidSkene

pytestmark = pytest.mark.slow

ITEMS, WORKERS, SEEDS = 300, 60, range(10)
ABLE = {"name": "able", "share": 80, "accuracy": 0.8}
PRESSING = {"name": "pressing", "share": 20, "spam": "constant"}
CROWDS = {
    "button-pressers": Population.model_validate({"groups": [ABLE, PRESSING]}),
    "cliques": Population.model_validate({"groups": [ABLE, PRESSING], "mistakes": {"together": 0.5, "cliques": 3}}),
    "leaning": Population.model_validate({"groups": [{**ABLE, "leaning": 1.5}, PRESSING]}),
    "twins": Population.model_validate({"groups": [ABLE, PRESSING], "mistakes": {"twins": 0.5, "decoys": 0.3}}),
}


def ask(crowd: Population, seed: int, overlap: int, labels: int) -> tuple[pd.DataFrame, np.ndarray]:
    """So many answers to each item by workers at random, and what is right."""
    chance, options = np.random.default_rng(seed), range(labels)
    truth = chance.integers(0, labels, ITEMS)
    people = [meet(seed, number, crowd) for number in range(1, WORKERS + 1)]
    rows = []
    for item, right in enumerate(truth.tolist()):
        for number in chance.choice(WORKERS, overlap, replace=False).tolist():
            knows = is_right(people[number], seed, str(item), [right], options)
            answer = right if knows else other(people[number], seed, options, right, "label", str(item))
            rows.append((item, number, answer))
    return pd.DataFrame(rows, columns=["task", "worker", "label"]), truth


def majority(votes: pd.DataFrame) -> np.ndarray:
    """The commonest answer to each item, of equally common ones the first that was given."""
    return votes.groupby("task")["label"].agg(lambda given: given.value_counts(sort=False).idxmax()).to_numpy()


def differences(crowd: Population, overlap: int, labels: int) -> tuple[np.ndarray, list[float]]:
    """Item by item over all seeds, whether our label is right less whether the majority's is; and for each seed the
    share of the commonest label."""
    found, shares = [], []
    for seed in SEEDS:
        votes, truth = ask(crowd, seed, overlap, labels)
        ours = BayesianDawidSkene().fit_predict_proba(votes).idxmax(axis=1).to_numpy()
        found.append((ours == truth).astype(float) - (majority(votes) == truth))
        shares.append(float(np.bincount(ours).max() / ITEMS))
    return np.concatenate(found), shares


@pytest.mark.parametrize(("crowd", "labels"), [("button-pressers", 2), ("cliques", 2), ("leaning", 2), ("twins", 5)])
def test_two_answers_are_worth_as_much_as_a_majority(crowd: str, labels: int) -> None:
    """Whatever mistakes have in common, no label swallows the others, and no more labels are wrong, beyond noise."""
    gains, shares = differences(CROWDS[crowd], 2, labels)
    assert max(shares) < 0.75
    assert gains.mean() >= -2 * gains.std() / len(gains) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "labels"), [("typical", 2), ("hard", 2), ("confused", 5)])
def test_presets_like_real_crowds_are_not_worse_than_a_majority(preset: str, labels: int) -> None:
    """What holds on crowds that were made up to be awkward holds on those that are fitted to real ones."""
    gains, shares = differences(read_population(preset), 2, labels)
    assert max(shares) < 0.85
    assert gains.mean() >= -2 * gains.std() / len(gains) ** 0.5
