"""Methods of aggregation on the same answers."""

import itertools
from dataclasses import replace
from typing import get_args

import pytest

from hitl_assets.labeling.aggregation.comparison import Trial, compare_methods, share_of_equal_labels
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Method, Project
from hitl_assets.labeling.records import Answer

RIGHT, WRONG = "clickbait", "notclickbait"


def answer(key: str, worker: str, label: str, known: str = "") -> Answer:
    """An answer to an item, or to a golden task."""
    solutions = ({"category": known},) if known else ()
    return Answer(key, {"category": label}, worker, worker, key, "7", "ACCEPTED", bool(known), "", "", solutions)


def batch() -> list[Answer]:
    """Three workers: two are right about 12 items and 4 golden tasks, one is always wrong."""
    workers = {"ann": RIGHT, "bob": RIGHT, "eve": WRONG}
    items = [answer(f"k{n}", worker, label) for n in range(12) for worker, label in workers.items()]
    return items + [answer(f"g{n}", worker, label, RIGHT) for n in range(4) for worker, label in workers.items()]


def test_methods_are_compared_on_items_and_on_golden_tasks(shipped_project: Project) -> None:
    """Golden tasks are no items: they show how right a method is."""
    clock = itertools.count()
    trials = compare_methods(shipped_project, {"b1": batch()}, ["majority_vote", "dawid_skene"], lambda: next(clock))
    for trial in trials:
        assert (len(trial.labels), set(trial.labels.values()), trial.seconds) == (12, {RIGHT}, 1)
        assert (trial.golden_right, trial.golden_total, trial.golden_accuracy) == (4, 4, 1.0)
    assert share_of_equal_labels(*trials, kind=Class("kind")) == 1


@pytest.mark.slow
def test_every_method_is_tried_and_one_that_cannot_says_why(shipped_project: Project) -> None:
    """kos knows two labels only; the others go on."""
    third = [replace(each, values={"category": "other"}) for each in batch()[:3]]
    free = {"task_spec": {**shipped_project.project["task_spec"], "output_spec": {"category": {"type": "string"}}}}
    project = replace(shipped_project, project={**shipped_project.project, **free})
    trials = compare_methods(project, {"b1": [*batch()[3:], *third]}, get_args(Method), lambda: 0.0)
    assert {trial.method for trial in trials if trial.problem} == {"kos"}
    assert "cannot aggregate" in next(trial.problem for trial in trials if trial.problem)


def test_what_only_one_method_labeled_is_not_compared() -> None:
    """And nothing is no share."""
    one, other = Trial("a", 0, {("b", "k1"): "x", ("b", "k2"): "x"}), Trial("b", 0, {("b", "k1"): "y"})
    assert share_of_equal_labels(one, other, kind=Class("kind")) == 0
    assert share_of_equal_labels(one, Trial("c", 0), kind=Class("kind")) is None
