"""Top-up replayed on made-up answers: what is paid, when it ends, and what it is compared with."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.real_crowds.crowds import DataSet
from benchmarks.real_crowds.topup import compare, prepare, replay
from hitl_assets.labeling.project.automation import Overlap

OVERLAP = Overlap(start=2, max=6, rounds=3, confidence=0.9)


@pytest.fixture
def data() -> DataSet:
    """400 tasks of two labels; seven of forty workers answer each, and are right in 90 %."""
    chance = np.random.default_rng(0)
    task = np.repeat(np.arange(400), 7)
    worker = np.concatenate([chance.choice(40, 7, replace=False) for _ in range(400)])
    answers = pd.DataFrame({"task": task, "worker": worker, "label": (task % 2) ^ (chance.random(2800) < 0.1)})
    return DataSet("made up", answers, pd.Series(np.arange(400) % 2), ("0", "1"))


@pytest.mark.slow
def test_without_golden_tasks_every_item_gets_all_answers(data: DataSet) -> None:
    """There is no evidence that labels are right as often as they say. It takes the rounds there are."""
    found = replay(data, OVERLAP, 0, golden=False)
    assert (found.paid, found.most, found.rounds) == (6.0, 6.0, 3)
    assert not found.sure.any()
    assert found.right.equals(found.others["bayesian_dawid_skene"])


@pytest.mark.slow
def test_with_golden_tasks_fewer_answers_are_paid(data: DataSet) -> None:
    """Labels that are sure are as right as they say, and no round is one too many."""
    found = replay(data, OVERLAP, 0, golden=True)
    assert found.paid < 5
    assert found.rounds <= OVERLAP.rounds
    assert found.right[found.sure].mean() >= OVERLAP.confidence
    assert len(found.right) == 320


def test_golden_tasks_are_neither_paid_nor_judged(data: DataSet) -> None:
    """One in five."""
    crowd = prepare(data, 6, 0, golden=True)
    assert set(crowd.golden["task"]) == set(crowd.golden_truth.index)
    assert not set(crowd.golden["task"]) & {*crowd.votes["task"], *crowd.truth.index}
    assert len(crowd.golden_truth) == 80
    assert crowd.votes.groupby("task").size().eq(6).all()


def test_a_task_that_has_no_more_answers_is_not_asked_about(data: DataSet) -> None:
    """Real sets end somewhere."""
    found = replay(data, Overlap(start=2, max=9, rounds=4, confidence=0.9), 0, golden=False)
    assert (found.paid, found.most) == (7.0, 7.0)


@pytest.mark.slow
def test_what_is_beyond_two_standard_errors_is_marked(data: DataSet) -> None:
    """The differences are paired over items."""
    found = replay(data, OVERLAP, 0, golden=False)
    assert compare([found], "bayesian_dawid_skene") == "+0.0 \u00b1 0.0"
    found.others["dawid_skene"][:] = 1.0 - found.right
    assert compare([found], "dawid_skene").endswith(" better")
