"""Reliability of real crowds: the same draws for all, golden tasks apart, and promises counted as they are written."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_crowds.crowds import ALL, DataSet, draw, read_set
from benchmarks.real_crowds.reliability import (
    CALIBRATED,
    STATED,
    SUPPORTED,
    Judgment,
    promise,
    reliability_table,
    run_reliability,
)


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    """100 tasks of two labels; ten workers answer each, and are right in 80 %."""
    chance = np.random.default_rng(0)
    answers, truth = ["task,worker,label"], ["task,label"]
    for task in range(100):
        truth.append(f"t{task},{task % 2}")
        answers += [f"t{task},w{worker},{task % 2 ^ int(chance.random() < 0.2)}" for worker in range(10)]
    (tmp_path / "answers.csv").write_text("\n".join(answers))
    (tmp_path / "truth.csv").write_text("\n".join(truth))
    return read_set(tmp_path)


def judgment(right: list[float], confidence: list[float], bounds: list[float]) -> Judgment:
    """One draw of a set."""
    return Judgment("a", 3, "glad", SUPPORTED, np.array(right), np.array(confidence), np.array(bounds))


def test_golden_tasks_are_neither_counted_nor_judged(data: DataSet) -> None:
    """One in five; and what is known of workers is from these."""
    drawn = draw(data, 3, 0, golden=True)
    golden = set(drawn.golden["task"])
    assert len(golden) == 20 == len(drawn.known)
    assert not golden & set(drawn.votes["task"]) and not golden & set(drawn.truth.index)
    assert sum(record.sum() for record in drawn.beliefs.workers.values()) == len(drawn.golden) == 60


def test_without_golden_tasks_all_are_judged(data: DataSet) -> None:
    """By all answers, if all are asked for."""
    drawn = draw(data, ALL, 0)
    assert (len(drawn.votes), len(drawn.truth), len(drawn.golden)) == (1000, 100, 0)


@pytest.mark.slow
def test_every_reading_is_of_the_same_labels(data: DataSet) -> None:
    """Calibration changes how sure they are, not what they are."""
    found = [each for each in run_reliability(data, ("bayesian_dawid_skene",), 1, True) if each.answers == 3]
    stated, calibrated, supported = found
    assert [each.reading for each in found] == [STATED, CALIBRATED, SUPPORTED]
    assert (stated.right == calibrated.right).all() and (calibrated.confidence == supported.confidence).all()
    assert (supported.lower_bound < 1).all() and (supported.lower_bound > 0).any()


def test_without_golden_tasks_nothing_is_supported_by_evidence(data: DataSet) -> None:
    """The default calibration promises nothing."""
    found = [each for each in run_reliability(data, ("majority_vote",), 1, False) if each.reading == SUPPORTED]
    assert found and all((each.lower_bound == 0).all() for each in found)


def test_a_promise_is_of_labels_that_say_so_and_have_evidence() -> None:
    """Forty say 0.9 and have evidence, 36 of them are right; ten have none, ten don't say so."""
    right = [1.0] * 36 + [0.0] * 24
    found = judgment(right, [0.9] * 50 + [0.8] * 10, [0.9] * 40 + [0.5] * 10 + [0.9] * 10)
    share_right, share = promise([found], 0.9)
    assert share_right == pytest.approx(90.0) and share == pytest.approx(100 * 40 / 60)


def test_a_promise_of_few_labels_is_not_judged() -> None:
    """Of 29 in a draw."""
    assert np.isnan(promise([judgment([1.0] * 29, [0.99] * 29, [1.0] * 29)], 0.9)[0])


def test_a_promise_is_kept_but_for_two_points() -> None:
    """88 % of labels that say 0.9."""
    lines = list(reliability_table([judgment([1.0] * 88 + [0.0] * 12, [0.9] * 100, [0.9] * 100)]))
    assert "88.0 % right (kept on 1 of 1); 100 % of labels" in lines[-1]
    lines = list(reliability_table([judgment([1.0] * 87 + [0.0] * 13, [0.9] * 100, [0.9] * 100)]))
    assert "87.0 % right (kept on 0 of 1); 100 % of labels" in lines[-1]
