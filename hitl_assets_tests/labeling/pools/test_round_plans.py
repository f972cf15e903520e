"""How many more answers an item gets in a round, and which items are asked about first."""

import random

import pytest

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.pools.round_plans import (
    Need,
    find_needs,
    gain_per_answer,
    in_order,
    levels_of,
    plan_round,
    round_of,
    worth_of_answer,
)
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.records import Label

OVERLAP = Overlap(start=2, max=8, rounds=4, confidence=0.95)


KIND = Class("kind")


def label(key: str, confidence: float, lower_bound: float = 1.0, **votes: int) -> Label:
    """A label with these votes."""
    return Label(key, {}, "apple", confidence, votes or {"apple": 2}, (), "7", lower_bound=lower_bound)


def test_levels_rise_from_the_start_to_the_maximum() -> None:
    """In so many rounds, or fewer where a round brings one answer."""
    assert levels_of(OVERLAP) == (2, 4, 6, 8)
    assert levels_of(Overlap(start=2, max=7)) == (2, 4, 6, 7)
    assert levels_of(Overlap(start=2, max=4, rounds=9)) == (2, 3, 4)
    assert levels_of(Overlap(start=2, max=9, rounds=1)) == levels_of(Overlap(start=2, max=2)) == (2,)


def test_the_round_is_told_by_the_item_with_the_most_answers() -> None:
    """More than the maximum, which somebody lowered, is of the last round."""
    assert [round_of(answers, (2, 4, 7)) for answers in (0, 2, 3, 4, 5, 7, 9)] == [1, 1, 2, 2, 3, 3, 3]


def test_an_item_gets_what_it_needs_up_to_the_level_of_the_round() -> None:
    """One that needs one answer gets one; the next round decides about the others."""
    plan = plan_round(
        {"a": 2, "b": 2, "c": 2, "d": 2}, {"a": Need(1, 0.9), "b": Need(2, 0.7), "c": Need(5, 0.5)}, OVERLAP
    )
    assert plan == {"a": 1, "b": 2, "c": 2}


def test_in_the_last_round_an_item_gets_all_that_it_may_have() -> None:
    """Nobody is asked after it."""
    assert plan_round({"a": 6, "b": 3, "c": 2}, {"a": Need(1, 0.9), "b": Need(1, 0.9)}, OVERLAP) == {"a": 2, "b": 5}


def test_after_the_last_round_nobody_is_asked() -> None:
    """A label may fall back when workers are judged anew."""
    assert plan_round({"a": 8, "b": 3}, {"b": Need(1, 0.9)}, OVERLAP) == {}
    assert plan_round({"a": 2}, {"a": Need(1, 0.9)}, Overlap(start=2, max=8, rounds=1)) == {}


def test_a_round_brings_one_item_above_the_level_before() -> None:
    """Otherwise it could not be told that it has been: here all that is asked about has few answers."""
    plan = plan_round({"a": 4, "b": 2, "c": 3}, {"b": Need(1, 0.9), "c": Need(1, 0.9)}, OVERLAP)
    assert plan == {"b": 1, "c": 2}


def test_nothing_is_planned_where_nothing_is_needed() -> None:
    """Nor for items that are not in the pool."""
    assert plan_round({"a": 2}, {}, OVERLAP) == plan_round({"a": 2}, {"b": Need(1, 0.5)}, OVERLAP) == {}
    assert plan_round({}, {}, OVERLAP) == {}


@pytest.mark.parametrize("seed", range(50))
def test_no_batch_has_more_rounds_or_answers_than_it_may(seed: int) -> None:
    """Whatever is sure when, and falls back."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    start, most, rounds = chance.randint(1, 3), chance.randint(3, 12), chance.randint(1, 6)
    overlap = Overlap(start=start, max=most, rounds=rounds)
    given = dict.fromkeys("abcdefgh", start)
    asked = 1
    while True:
        needs = {key: Need(chance.randint(1, 9), 0.5) for key in given if chance.random() < 0.5}
        plan = plan_round(given, needs, overlap)
        last = round_of(max(given.values()), levels_of(overlap)) == len(levels_of(overlap))
        if last:
            break
        if plan:
            asked += 1
            assert min(plan.values()) >= 1
            given = {key: answers + plan.get(key, 0) for key, answers in given.items()}
            assert round_of(max(given.values()), levels_of(overlap)) == asked
    assert max(given.values()) <= max(most, start)
    assert asked <= rounds


def test_an_answer_is_worth_what_the_labels_rose_by() -> None:
    """By the answers by which they lead; a tie says nothing."""
    even = label("b", 0.6, apple=1, pear=1)
    assert worth_of_answer([label("a", 0.9, apple=2), even], KIND) == pytest.approx(1.0986, abs=1e-3)
    assert worth_of_answer([label("a", 0.9, apple=3, pear=2)], KIND) == pytest.approx(2.197, abs=1e-3)
    assert worth_of_answer([even], KIND) == 1.0
    assert worth_of_answer([label("a", 0.4)], KIND) == 0.2


def test_what_is_farther_from_the_target_needs_more() -> None:
    """As many as it takes if all agree; a label that is sure needs none."""
    labels = [label("sure", 0.96), label("near", 0.9), label("far", 0.5, apple=1, pear=1)]
    needs = find_needs(labels, ["sure", "near", "far", "none"], OVERLAP, KIND)
    assert {key: need.answers for key, need in needs.items()} == {"near": 1, "far": 3, "none": 3}
    assert needs["near"].confidence == 0.9


@pytest.mark.parametrize("confidence", [0.3, 0.5])
def test_an_item_without_a_label_needs_an_answer(confidence: float) -> None:
    """Whatever a label must be sure of."""
    assert find_needs((), ["a"], Overlap(start=2, max=7, confidence=confidence), KIND)["a"].answers >= 1


def test_a_label_without_evidence_needs_all_answers() -> None:
    """It says that it is sure, but nothing shows that such labels are right."""
    assert find_needs([label("a", 0.99, lower_bound=0.0)], ["a"], OVERLAP, KIND)["a"].answers == OVERLAP.max


def test_an_answer_gains_most_where_it_may_turn_the_label() -> None:
    """Nothing where so few cannot; less where the label is nearly sure."""
    assert gain_per_answer(0.5, 1.386, 1) == pytest.approx(0.3, abs=1e-3)
    assert gain_per_answer(0.9, 1.386, 1) == 0.0
    assert 0 < gain_per_answer(0.9, 1.386, 3) < gain_per_answer(0.7, 1.386, 3)
    assert gain_per_answer(0.2, 1.386, 1) == gain_per_answer(0.5, 1.386, 1)


def test_items_come_in_the_order_of_what_they_gain() -> None:
    """But for the one that tells which round it is."""
    needs = {"sure": Need(1, 0.9), "even": Need(2, 0.5), "odd": Need(2, 0.7)}
    plan = {"sure": 1, "even": 2, "odd": 2}
    assert in_order(plan, {"sure": 2, "even": 2, "odd": 2}, needs, 1.386) == ["even", "odd", "sure"]
    assert in_order(plan, {"sure": 5, "even": 2, "odd": 2}, needs, 1.386) == ["sure", "even", "odd"]
    assert in_order({}, {}, {}, 1.0) == []
