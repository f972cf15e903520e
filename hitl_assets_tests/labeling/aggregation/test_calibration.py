"""Calibration: confidence that holds, and the limit below which it has no evidence."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.calibration import Trial, calibrate, is_sure, items_needed
from hitl_assets.labeling.records import Label

LABEL = Label("a", {"text": "a"}, "pear", 0.96, {"pear": 3}, ("ann",), "7")


def trials(right: Sequence[float], stated: float = 0.99) -> list[Trial]:
    """An item each, for which so much was stated."""
    return [Trial(str(n), 3, (stated, 1 - stated), each, "golden") for n, each in enumerate(right)]


def confidence(tried: Sequence[Trial], stated: float = 0.99) -> float:
    """What is made of a label for which so much is stated."""
    return float(calibrate(tried).confidence(np.array([[stated, 1 - stated]]))[0])


def test_without_evidence_less_is_believed_than_is_stated() -> None:
    """Whatever the method says: on real crowds it is too sure."""
    assert 0.8 < confidence([]) < 0.95


def test_without_evidence_nothing_is_calibrated() -> None:
    """0.0 says so."""
    assert calibrate([]).lower_bounds(np.array([0.5, 1.0])).tolist() == [0.0, 0.0]


def test_confidence_comes_close_to_the_share_that_is_right() -> None:
    """300 items, 80 % of them right, where 0.99 was stated."""
    assert confidence(trials([1, 1, 1, 1, 0] * 60)) == pytest.approx(0.8, abs=0.02)


def test_a_few_faultless_items_do_not_make_a_label_sure() -> None:
    """Ten say little about one mistake in a hundred; a thousand say much."""
    assert confidence(trials([1] * 10)) < 0.96 < confidence(trials([1] * 1000), 0.999)


def test_the_surest_stay_below_what_the_crowd_as_a_whole_gets_wrong() -> None:
    """One in ten is wrong however sure the method is: that is a lapse, which no temperature explains."""
    tried = [*trials([1] * 9 + [0], 0.9999999) * 1, *trials([1] * 5 + [0] * 5, 0.55)]
    many = [replace(each, item=f"{each.item} {copy} {each.stated}") for copy in range(30) for each in tried]
    assert confidence(many, 0.9999999) == pytest.approx(0.9, abs=0.02)


def test_the_order_of_labels_by_confidence_stays() -> None:
    """Calibration makes none surer than another that was surer before."""
    stated = np.linspace(0.5, 0.9999, 50)
    found = calibrate(trials([1, 1, 0] * 20)).confidence(np.column_stack([stated, 1 - stated]))
    assert (np.diff(found) > 0).all()


def test_never_more_is_believed_than_is_stated() -> None:
    """However right the golden items are: the temperature is one at most."""
    assert confidence(trials([1] * 1000, 0.8), 0.8) <= 0.8


def test_where_there_is_one_label_it_is_certain() -> None:
    """Nothing else can be right."""
    assert calibrate([]).confidence(np.ones((2, 1))).tolist() == pytest.approx([1.0, 1.0])


def test_shares_of_votes_may_be_zero() -> None:
    """One vote, all for it: no method is sure of that by its own word."""
    assert 0.5 < float(calibrate([]).confidence(np.array([[1.0, 0.0]]))[0]) < 1.0


def test_faultless_items_limit_the_share_of_wrong_labels() -> None:
    """Clopper and Pearson's lower limit of n right ones of n is the n-th root of the risk."""
    found = calibrate(trials([1] * 20))
    assert found.lower_bounds(np.array([1.0])) == pytest.approx(0.1 ** (1 / 20), abs=1e-5)


def test_several_trials_of_an_item_are_one_items_evidence() -> None:
    """Items differ in how hard they are: the same one again says little about others."""
    again = [replace(each, item=str(int(each.item) % 5)) for each in trials([1] * 20)]
    assert calibrate(again).highest_limit == pytest.approx(0.1 ** (1 / 5), abs=1e-5)


def test_the_lower_limit_is_of_labels_that_are_as_sure() -> None:
    """Unsure items that are wrong don't speak against the sure ones; and surer never means less."""
    tried = [*trials([1] * 40), *(replace(each, item=f"_{each.item}") for each in trials([1, 0] * 20, 0.6))]
    limits = calibrate(tried).lower_bounds(np.linspace(0, 1, 101))
    assert limits[-1] == pytest.approx(0.1 ** (1 / 40), abs=1e-5)
    assert limits[0] == 0 and (np.diff(limits) >= 0).all() and 0 < limits[60] < 0.9


def test_evidence_counts_by_source() -> None:
    """So that people see on what it stands."""
    tried = [*trials([1, 1]), Trial("0", 5, (0.9, 0.1), 1, "golden"), Trial("b", 2, (0.9, 0.1), 0.8, "settled", 0.4)]
    assert calibrate(tried).items == {"golden": 2, "settled": 1}


def test_sure_is_what_evidence_supports() -> None:
    """Confidence alone is a promise; a bound two points below the target will do."""
    bounds = {0.0: False, 0.92: False, 0.93: True, 0.99: True}
    assert {bound: is_sure(replace(LABEL, lower_bound=bound), 0.95) for bound in bounds} == bounds
    assert not is_sure(replace(LABEL, lower_bound=0.99), 0.97)


def test_how_many_faultless_items_a_target_takes() -> None:
    """With as many, its lower limit is two points below the target at most; with one less it isn't."""
    assert [items_needed(target) for target in (0.9, 0.95, 0.99)] == [19, 32, 76]
