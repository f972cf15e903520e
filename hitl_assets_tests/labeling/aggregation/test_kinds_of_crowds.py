"""Dawid-Skene with priors on crowds of all kinds: never worse than a majority vote, and no label is lost."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hitl_assets.labeling.engine.bayesian_dawid_skene import BayesianDawidSkene
from hitl_assets_tests.labeling.crowds import Crowd, majority_right, simulate

FIFTY = (0.02,) * 50
KINDS = {
    "a fifth presses one button": Crowd(pressing=0.2, items=300),
    "a fifth presses one button, three answers": Crowd(pressing=0.2, overlap=3),
    "two fifths press one button": Crowd(pressing=0.4, overlap=3),
    "a fifth presses one button of fifty": Crowd(FIFTY, pressing=0.2),
    "one in ten answers the other way round": Crowd(inverting=0.1),
    "one in ten answers the other way round, five answers": Crowd(inverting=0.1, overlap=5),
    "one worker gives half of the answers": Crowd(busy=0.9),
    "one worker gives most of the answers, golden tasks": Crowd(busy=0.9, golden=200),
    "workers with one or two answers": Crowd(workers=1500, items=500, overlap=3),
    "one in a hundred, two answers": Crowd((0.99, 0.01), accuracy=0.9),
    "one in a hundred, five answers": Crowd((0.99, 0.01), accuracy=0.9, spread=0.0, overlap=5, items=4000),
    "fifty labels, two answers": Crowd(FIFTY),
    "fifty labels, golden tasks": Crowd(FIFTY, golden=200),
    "six labels in confused pairs": Crowd((1 / 6,) * 6, accuracy=0.65, confused=True, overlap=3),
    "all say one label too often, golden tasks": Crowd(habit=0.3, golden=250),
    "all say one label too often, golden tasks, three answers": Crowd(habit=0.3, golden=250, overlap=3),
    "nobody knows anything": Crowd(accuracy=0.5, spread=0.03, overlap=3),
}


def judge(crowd: Crowd, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64], set[int]]:
    """By item, whether our label is right and how probably the majority's; and which labels occur in ours."""
    votes, beliefs, truth = simulate(crowd, seed)
    found = BayesianDawidSkene().fit_predict_proba(votes, beliefs).to_numpy().argmax(axis=1)
    return (found == truth).astype(float), majority_right(votes, truth, len(crowd.shares)), set(found)


@pytest.mark.parametrize("crowd", KINDS.values(), ids=KINDS)
def test_labels_are_never_worse_than_the_majoritys(crowd: Crowd) -> None:
    """Over three batches, not by more than two standard errors."""
    ours, majority, _ = zip(*(judge(crowd, seed) for seed in range(3)), strict=True)
    differences = np.concatenate(ours) - np.concatenate(majority)
    assert differences.mean() >= -2 * differences.std() / len(differences) ** 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.3, 0.3, 0.2, 0.2), FIFTY])
def test_no_label_is_lost(shares: tuple[float, ...], seed: int) -> None:
    """Not even where two fifths of the workers press one button."""
    assert judge(Crowd(shares, pressing=0.4, items=2000), seed)[2] == set(range(len(shares)))


def test_golden_tasks_tell_how_rare_a_label_is() -> None:
    """One item in a hundred, workers right in 90 %: two of three who say so are more often wrong than right."""
    crowd = Crowd((0.99, 0.01), accuracy=0.9, spread=0.0, overlap=3, golden=250)
    ours, majority, _ = zip(*(judge(crowd, seed) for seed in range(3)), strict=True)
    assert np.mean(majority) < 0.98
    assert np.mean(ours) > 0.99


def test_evenly_chosen_golden_tasks_do_not_make_rare_labels_frequent() -> None:
    """They tell what people say of each label, not how frequent it is."""
    crowd = Crowd((0.95, 0.05), overlap=3, golden=250, even=True)
    ours, majority, _ = zip(*(judge(crowd, seed) for seed in range(3)), strict=True)
    assert np.mean(ours) > np.mean(majority) + 0.03
