"""Where workers err: what mistakes have in common, and that chance follows from names."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from hitl_assets.emulators.crowd.answering.mistakes import is_right, other, twin
from hitl_assets.emulators.crowd.population import Population
from hitl_assets.emulators.crowd.workers import Worker, leaves, meet

LETTERS = ("a", "b", "c", "d", "e")


def crowd(accuracy: Any = 0.8, mistakes: dict[str, Any] | None = None, **group: Any) -> Population:
    """A crowd of one kind of workers."""
    described = {"groups": [{"name": "all", "share": 1, "accuracy": accuracy, **group}], "mistakes": mistakes or {}}
    return Population.model_validate(described)


def people(population: Population, count: int = 60) -> list[Worker]:
    """So many of them."""
    return [meet(0, number, population) for number in range(1, count + 1)]


def right(population: Population, items: int = 100) -> np.ndarray:
    """Whether each worker (rows) is right on each item (columns), of which every fifth is of each letter."""
    return np.array(
        [
            [is_right(worker, 0, f"item {item}", [LETTERS[item % 5]], LETTERS) for item in range(items)]
            for worker in people(population)
        ]
    )


def wrong(population: Population, truth: str, items: int = 100) -> list[list[Any]]:
    """What each worker (outer) answers in error to each item (inner)."""
    return [
        [other(worker, 0, LETTERS, truth, "letter", f"item {item}") for item in range(items)]
        for worker in people(population)
    ]


@pytest.mark.parametrize("mistakes", [{"difficulty": 2}, {"classes": 1}, {"together": 0.5}])
@pytest.mark.parametrize("accuracy", [0.6, 0.8, 0.95])
def test_accuracy_stays_the_mean(accuracy: float, mistakes: dict[str, Any]) -> None:
    """Hard items, hard classes and cliques say where people err, not how often."""
    assert abs(right(crowd(accuracy, mistakes)).mean() - accuracy) < 0.05


def test_without_common_mistakes_items_are_alike() -> None:
    """The share of right answers varies over items as chance has it."""
    shares = right(crowd()).mean(axis=0)
    assert shares.std() < 1.3 * (0.8 * 0.2 / 60) ** 0.5


def test_hard_items_are_hard_for_all() -> None:
    """Some items nearly all get wrong, many nobody does."""
    shares = right(crowd(mistakes={"difficulty": 2})).mean(axis=0)
    assert (shares < 0.4).mean() > 0.05
    assert (shares > 0.95).mean() > 0.25


def test_cliques_err_on_the_same_items() -> None:
    """Two of a clique coincide, two of different ones don't."""
    population = crowd(mistakes={"together": 0.8, "cliques": 2})
    table = np.corrcoef(right(population))[np.triu_indices(60, 1)]
    assert 0.3 < (table > 0.4).mean() < 0.7
    assert 0.3 < (abs(table) < 0.2).mean() < 0.7


def test_classes_may_be_harder_for_all() -> None:
    """The easiest and the hardest are far apart, whoever answers."""
    by_class = right(crowd(mistakes={"classes": 1.5})).reshape(60, -1, 5).mean(axis=(0, 1))
    assert by_class.max() - by_class.min() > 0.3


def test_a_worker_may_lean_to_some_answers() -> None:
    """Good at one letter, bad at another, each worker at others."""
    table = right(crowd(leaning=1.5)).reshape(60, -1, 5).mean(axis=1)
    assert (table.max(axis=1) - table.min(axis=1)).mean() > 0.3
    assert np.ptp(table.mean(axis=0)) < 0.25


@pytest.mark.parametrize(("answer", "taken"), [("a", "b"), ("b", "a"), ("d", "c"), ("e", "a")])
def test_answers_have_twins(answer: str, taken: str) -> None:
    """Options are taken for each other in pairs; the last of an odd number for the first."""
    assert twin(LETTERS, answer) == taken
    assert {each for row in wrong(crowd(mistakes={"twins": 1}), answer, 5) for each in row} == {taken}


def test_items_have_decoys() -> None:
    """All who err on an item fall for the same, another one on other items."""
    rows = wrong(crowd(mistakes={"decoys": 1}), "a")
    assert all(row == rows[0] for row in rows)
    assert set(Counter(rows[0])) == {"b", "c", "d", "e"}


def test_visits_have_a_long_tail() -> None:
    """With `stays`, many leave after a suite or two, and few stay for long; without it nobody leaves."""
    described = {"stays": 2, "stays_spread": 1.5}
    population = Population.model_validate({"groups": [{"name": "all", "share": 1}], "arrival": described})
    visits = [
        next(suite for suite in range(1, 2000) if leaves(worker, 0, str(suite), population.arrival))
        for worker in people(population, 200)
    ]
    assert np.median(visits) < 5
    assert sum(sorted(visits)[-20:]) > 0.4 * sum(visits)
    assert not leaves(meet(0, 1), 0, "1", crowd().arrival)
