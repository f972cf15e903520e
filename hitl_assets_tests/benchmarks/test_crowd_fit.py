"""What a crowd is like in numbers, on answers that are made up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.crowd_fit.fitting import NAMES, PARAMETERS, as_row, describe, limited, target_of
from benchmarks.crowd_fit.marginals import Marginals, marginals
from benchmarks.crowd_fit.simulation import Shape, simulate, write_set
from benchmarks.real_crowds.crowds import DataSet, read_sets
from hitl_assets.emulators.crowd.population import Population


def told(
    workers: int = 20, items: int = 100, accuracy: float = 0.8, pressing: int = 0, hard: float = 0.0, seed: int = 0
) -> Marginals:
    """The numbers of workers who all answer all items of two classes, some pressing a button, a share of them hard."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 2, items)
    able = np.where(chance.random(items) < hard, 0.2, accuracy)
    right = chance.random((workers, items)) < able
    given = np.where(right, truth, 1 - truth)
    given[:pressing] = 1
    worker, task = np.indices(given.shape)
    answers = pd.DataFrame({"task": task.ravel(), "worker": worker.ravel(), "label": given.ravel()})
    return marginals(DataSet("made up", answers, pd.Series(truth), ("no", "yes")))


def test_who_presses_one_button_is_counted() -> None:
    """Five of twenty."""
    assert (told().buttons, told(pressing=5).buttons) == (0.0, 25.0)


def test_accuracy_has_quantiles_over_workers() -> None:
    """The pressers are the low ones."""
    found = told(pressing=5)
    assert 40 < found.worker_low < 60 < 74 < found.worker_median < found.worker_high < 92


def test_items_that_are_hard_for_all_are_told_from_chance() -> None:
    """Errors of people who err alone do not coincide."""
    assert abs(told().shared) < 3
    assert told(hard=0.2).shared > 20
    assert told(hard=0.2).items_wrong > told().items_wrong + 10


def test_few_who_give_most_answers_are_seen() -> None:
    """One of ten workers gave every second answer."""
    answers = pd.DataFrame({"task": range(100), "worker": [0] * 50 + [1 + at % 9 for at in range(50)], "label": 0})
    assert marginals(DataSet("made up", answers, pd.Series([0] * 100), ("a",))).active == 50


def test_wrong_answers_may_be_of_one_kind() -> None:
    """Everybody takes a for b; what is taken for c half the time is not as clear."""
    votes = [(task, worker, 1 if task < 10 else 2 * (worker % 2)) for task in range(20) for worker in range(10)]
    answers = pd.DataFrame(votes, columns=["task", "worker", "label"])
    found = marginals(DataSet("made up", answers, pd.Series([0] * 10 + [1] * 10), ("a", "b", "c")))
    assert found.confusion == pytest.approx(75)
    assert found.decoys == pytest.approx(100 * (90 + 40) / 180)


def test_a_simulated_crowd_has_the_shape_of_a_data_set() -> None:
    """So many items, so many answers each, nobody twice; again the same for the same seed."""
    found = simulate("any", "good", Shape(items=40, overlap=3, labels=4), 1)
    assert found.answers.groupby("task").size().tolist() == [3] * 40
    assert not found.answers.duplicated(["task", "worker"]).any()
    assert found.answers.equals(simulate("any", "good", Shape(items=40, overlap=3, labels=4), 1).answers)


def test_a_simulated_crowd_is_read_as_a_real_one(tmp_path: Path) -> None:
    """Written and read again, its numbers are the same."""
    found = simulate("any", "mixed", Shape(items=40, overlap=3), 1)
    write_set(found, tmp_path)
    (read,) = read_sets(tmp_path)
    assert as_row(marginals(read)) == pytest.approx(as_row(marginals(found)), nan_ok=True)


def test_a_target_is_the_median_in_units_of_the_spread() -> None:
    """Of three sets, the one in the middle."""
    sets = [told(accuracy=accuracy) for accuracy in (0.6, 0.75, 0.9)]
    target = target_of(sets, sets)
    assert target.numbers[NAMES.index("answers_right")] == sets[1].answers_right
    assert target.units[NAMES.index("answers_right")] == pytest.approx(np.std([each.answers_right for each in sets]))
    assert as_row(sets[0])[0] == sets[0].answers_right


def test_what_is_fitted_describes_a_crowd() -> None:
    """Wherever the search goes, the description is one that the emulator takes."""
    for name, parameter in PARAMETERS.items():
        for value in (parameter.low, parameter.high, limited(name, 1000)):
            crowd = describe({**{each: PARAMETERS[each].start for each in PARAMETERS}, name: value})
            assert isinstance(crowd, Population)
