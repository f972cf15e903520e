"""What checks decide: when they complain, when they stop what comes next, and what they say."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from scipy.stats import binomtest

from hitl_assets.labeling.answers.workers import Worker
from hitl_assets.labeling.items.items import REPEATED, WITHDRAWN, RawData, SourceFile
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.thresholds import Checks
from hitl_assets.labeling.records import Item, KnownTask, Label, RejectedRow, item_key
from hitl_assets.labeling.verdicts import (
    judge_agreement,
    judge_balance,
    judge_counts,
    judge_dataset,
    judge_estimate,
    judge_files,
    judge_form,
    judge_golden_answers,
    judge_golden_tasks,
    judge_labels,
    judge_rejected,
    judge_repeats,
    judge_shares,
    upper_limit,
)

CHECKS = Checks()
INPUTS = {"headline": {"type": "string", "max_length": 10}, "year": {"type": "integer", "required": False}}
GOOD, WARNS, STOPS = (True, False), (False, False), (False, True)


def outcome(verdict: Any) -> tuple[bool, bool]:
    """Whether it passed, and whether it stops what comes next."""
    return verdict.passed, verdict.stops


def item(key: str = "", **values: Any) -> Item:
    """An item with these values."""
    return Item(key or item_key(values), values, "/a.csv", 2)


def test_rows_are_named_that_somebody_can_correct() -> None:
    """Not those that are there twice, or were withdrawn: about these there is nothing to do."""
    twice = RejectedRow("/a.csv", 3, "", f"{REPEATED} row 2")
    gone, empty = RejectedRow("/a.csv", 4, "", WITHDRAWN), RejectedRow("/a.csv", 5, "text", "value is missing")
    done, todo = judge_rejected([twice, gone], "here"), judge_rejected([twice, gone, empty], "here")
    assert outcome(judge_rejected([], "here")) == GOOD
    assert (outcome(done), outcome(todo)) == (WARNS, WARNS)
    assert done.description.endswith("there is nothing to do.")
    assert todo.description.startswith("3 rows were put aside, listed in here. Correct them and commit them again")
    assert todo.description.endswith("The first: /a.csv row 5 column text: value is missing")


def test_a_commit_that_changed_nothing_says_so() -> None:
    """Whoever committed a file once more sees why there is no new item."""
    verdict = judge_files(RawData(()), "/**.csv")
    assert outcome(verdict) == GOOD
    assert "one is read again only if it changed, or has another name" in verdict.description
    assert "none in vain" in judge_files(RawData((), files=(SourceFile("/a.csv", 1, "CSV"),)), "/**.csv").description


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (item(headline="x" * 11), "headline: "),
        (item(year=1), "headline is missing"),
        (item(headline="One", year="1990"), "year: '1990' is not of type integer"),
        (item(headline="One", title="x"), "title is no field"),
        (item("0" * 64, headline="One"), "item_key"),
    ],
)
def test_items_that_workers_cannot_be_shown_stop_the_batch(wrong: Item, reason: str) -> None:
    """By file, row and reason."""
    verdict = judge_form([item(headline="One", year=1990), wrong], INPUTS)
    assert outcome(verdict) == STOPS
    assert f"1 of 2 items don't fit input_spec. The first: /a.csv row 2: {reason}" in verdict.description
    assert outcome(judge_form([item(headline="One"), item(headline="Two", year=1)], INPUTS)) == GOOD


@pytest.mark.parametrize(("tasks", "expected"), [(24, GOOD), (9, WARNS), (1, WARNS), (0, STOPS)])
def test_golden_tasks_fill_a_suite_and_the_next_one(
    shipped_project: Project, tasks: int, expected: tuple[bool, bool]
) -> None:
    """Without enough for one suite nobody can be asked; with few, workers get to know them."""
    golden = [KnownTask({"headline": str(n)}, {"category": "clickbait"}) for n in range(tasks)]
    assert outcome(judge_golden_tasks(golden, shipped_project)) == expected


def test_a_project_may_have_no_golden_tasks_in_its_suites(shipped_project: Project) -> None:
    """Then none are needed."""
    suite = {**shipped_project.pool, "mixer_config": {"real_tasks_count": 4}}
    assert outcome(judge_golden_tasks([], replace(shipped_project, pool=suite))) == GOOD


@pytest.mark.parametrize(
    ("right", "total", "expected"),
    [
        (70, 100, GOOD),
        (69, 100, WARNS),
        (50, 100, WARNS),
        (49, 100, STOPS),
        (9, 20, STOPS),
        (1, 15, STOPS),
        (5, 15, STOPS),
        (0, 3, STOPS),
        (0, 2, WARNS),
        (1, 3, WARNS),
        (2, 5, WARNS),
        (0, 0, GOOD),
    ],
)
def test_careless_answers_do_not_become_labels(right: int, total: int, expected: tuple[bool, bool]) -> None:
    """Unless they are so few that careful people may have given them by chance; there is no least number."""
    verdict = judge_golden_answers(right, total, CHECKS)
    assert outcome(verdict) == expected
    assert ("materialize aggregated_labels" in verdict.description) == (expected == STOPS)


@pytest.mark.parametrize(
    ("shares", "answers", "expected"), [((3, 7), 100, WARNS), ((1, 1, 1, 1), 100, GOOD), ((1,), 49, GOOD)]
)
def test_one_worker_s_share(shares: tuple[int, ...], answers: int, expected: tuple[bool, bool]) -> None:
    """In a batch that is large enough for more than a few workers."""
    workers = [
        Worker(str(n), answers * part // sum(shares), part / sum(shares), 0, 0, None) for n, part in enumerate(shares)
    ]
    assert outcome(judge_shares(workers, CHECKS)) == expected


def label(**votes: int) -> Label:
    """A label `a` with these votes."""
    return Label("k", {}, "a", 1.0, votes, (), "7")


def test_labels_of_a_model_say_nothing_about_agreement() -> None:
    """They have no votes."""
    assert outcome(judge_agreement([label(a=3, b=2), label(a=3, b=2)], CHECKS, Class("kind"))) == WARNS
    assert outcome(judge_agreement([label(a=4, b=1), label()], CHECKS, Class("kind"))) == GOOD
    assert outcome(judge_agreement([label()], CHECKS, Class("kind"))) == GOOD


def test_labels_are_spread_as_before() -> None:
    """A new label counts as well; a few labels are chance."""
    before = Counter({"a": 50, "b": 50})
    assert judge_balance(Counter({"a": 80, "c": 20}), before, CHECKS).numbers == {"balance_shift": 0.5}
    assert outcome(judge_balance(Counter({"a": 80, "c": 20}), before, CHECKS)) == WARNS
    assert outcome(judge_balance(Counter({"a": 45, "b": 55}), before, CHECKS)) == GOOD
    assert outcome(judge_balance(Counter({"c": 29}), before, CHECKS)) == GOOD


def test_a_cap_that_was_lowered_is_told() -> None:
    """Publishing refuses what is over the cap; this is about pools that were made before."""
    assert outcome(judge_estimate(Decimal("5.0001"), Decimal(5))) == WARNS
    assert outcome(judge_estimate(Decimal(5), Decimal(5))) == GOOD
    said = judge_estimate(Decimal("4.8750"), Decimal(5)).description
    assert said == "The pool may cost 4.88, the cap per batch is 5.00."


def test_no_item_is_lost_between_two_assets() -> None:
    """The verdict names the step that lost or made one, and the item."""
    two, one = Counter(["k1", "k2"]), Counter(["k1"])
    assert outcome(judge_counts(two, two, two)) == GOOD
    assert outcome(judge_counts(Counter(), Counter(), Counter())) == GOOD
    for counts, step, key in (
        ((two, one, one), "tasks", "k2"),
        ((two, two, one), "aggregated_labels", "k2"),
        ((one, two, two), "tasks", "k2"),
    ):
        verdict = judge_counts(*counts)
        assert outcome(verdict) == STOPS
        assert f"item {key}: materialize {step}" in verdict.description


def test_the_dataset_has_each_label_once() -> None:
    """Lost ones, surplus ones and repeated ones are counted."""
    assert outcome(judge_dataset(["k1", "k2"], ["k2", "k1"])) == GOOD
    assert judge_dataset(["k1", "k3"], ["k1", "k2"]).numbers["labels_lost"] == 1
    assert outcome(judge_repeats(["k1", "k1"], 2)) == STOPS
    assert outcome(judge_labels(["k1"], ["k1"])) == GOOD
    assert judge_labels(["k1", "k2"], ["k1"]).numbers["items_without_label"] == 1


def test_a_row_that_was_labeled_before_is_told_and_stops_nothing() -> None:
    """Datasets of earlier versions hold such rows."""
    verdict = judge_repeats(["k1", "k2"], 3, before=1)
    assert (verdict.passed, verdict.stops) == (False, False)
    assert "1 row one that was labeled before" in verdict.description


@pytest.mark.parametrize(("right", "total", "most"), [(1, 15, 0.2794), (0, 3, 0.6316), (49, 100, 0.5766), (3, 3, 1)])
def test_the_upper_limit_is_that_of_clopper_and_pearson(right: int, total: int, most: float) -> None:
    """As scipy's exact test of a proportion has it."""
    assert upper_limit(right, total) == pytest.approx(most, abs=1e-4)
    exact = binomtest(right, total).proportion_ci(0.9, "exact").high
    assert upper_limit(right, total) == pytest.approx(exact)
