"""What a label says of a prediction, and how large an error that leaves possible."""

import numpy as np
import pytest

from hitl_assets.labeling.model.bounds import error_at_most, lower_bound, upper_bound
from hitl_assets.labeling.model.evidence import Counts, Evidence, compare, count, reconsider


def test_people_may_be_wrong_whether_or_not_they_agree() -> None:
    """Who disagrees is not therefore right."""
    assert compare(0.9, agrees=True, confidence=0.75) == Evidence(0.9, 1.0, noise=0.25)
    assert compare(0.9, agrees=False, confidence=0.75) == Evidence(0.9, 0.0, noise=0.25)


def test_who_was_asked_again_is_wrong_only_as_the_label_says() -> None:
    """A second opinion where they disagree has found people's mistakes."""
    assert reconsider(0.9, agrees=True, confidence=0.75) == Evidence(0.9, 1.0)
    assert reconsider(0.9, agrees=False, confidence=0.75) == Evidence(0.9, 0.25)


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    """All right: the n-th root of the risk. One of ten: from the binomial distribution."""
    assert lower_bound(45, 45, 0.1) == pytest.approx(0.1 ** (1 / 45))
    assert 1 - upper_bound(9, 10, 0.05) == pytest.approx(0.005116, abs=1e-6)
    assert (lower_bound(0, 5), upper_bound(5, 5)) == (0.0, 1.0)


def counts(total: int, wrong: int, noise: float) -> Counts:
    """So many labels, of which so many disagree; all are equally noisy."""
    return count([Evidence(0.9, float(at >= wrong), noise=noise) for at in range(total)])


@pytest.mark.parametrize(("total", "wrong"), [(45, 0), (200, 3), (1400, 20)])
def test_with_hardly_any_noise_the_bound_is_that_of_clopper_and_pearson(total: int, wrong: int) -> None:
    """Exactly so without any."""
    exact = upper_bound(wrong, total)
    assert error_at_most(counts(total, wrong, 0.0)) == exact
    assert error_at_most(counts(total, wrong, 1e-6)) == pytest.approx(exact, rel=0.05)


def test_what_people_got_wrong_is_not_charged_to_the_model() -> None:
    """3 % of a thousand labels are wrong by what people say, and 3 % of the predictions disagree."""
    assert error_at_most(counts(1000, 30, 0.03)) < 0.025 < 0.038 < upper_bound(30, 1000)


def test_no_more_is_excused_than_people_say_they_got_wrong() -> None:
    """They say 1 %, and a tenth disagrees."""
    assert error_at_most(counts(1000, 100, 0.01)) > 0.09


def test_disagreement_where_people_are_sure_speaks_against_the_model() -> None:
    """The same noise on average; but the model errs where people don't."""
    noise = np.repeat([0.001, 0.2], [900, 100])
    sure, unsure = np.zeros(1000), np.zeros(1000)
    sure[:15], unsure[-15:] = 1, 1
    ones = np.ones(1000)
    assert error_at_most(Counts(unsure, noise, ones)) < 0.01 < error_at_most(Counts(sure, noise, ones))
