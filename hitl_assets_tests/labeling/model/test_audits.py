"""How many of a model's labels people look at, and what they say of it."""

import numpy as np
import pytest

from hitl_assets.labeling.model.audits import (
    Terms,
    audit_size,
    error_to_find,
    judge_audit,
    odds_against,
    smallest_trial,
)
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.project.automation import Audit


def evidence(right: int, wrong: int = 0, noise: float = 0.0) -> list[Evidence]:
    """Audited predictions."""
    return [Evidence(0.9, 1.0, noise=noise)] * right + [Evidence(0.9, 0.0, noise=noise)] * wrong


@pytest.mark.parametrize(("sure", "size"), [(0, 0), (4, 4), (100, 25), (200, 25), (1000, 50), (1001, 51)])
def test_an_audit_has_a_share_and_is_large_enough_to_find_an_error(sure: int, size: int) -> None:
    """Of 25 that are looked at, a model that is wrong in a quarter is found in 90 %."""
    assert audit_size(sure, Audit(share=0.05, at_least=10), 0.95) == size


def test_a_smaller_error_takes_a_larger_audit() -> None:
    """And so does finding it more surely."""
    usual, smaller = Audit(), Audit(error=0.15)
    assert audit_size(1000, smaller, 0.95) > audit_size(1000, usual, 0.95)
    assert audit_size(400, Audit(power=0.99), 0.95) > audit_size(400, usual, 0.95)


@pytest.mark.parametrize("target", [0.51, 0.6, 0.75, 0.9, 0.99])
def test_an_error_that_is_found_is_larger_than_what_is_allowed(target: float) -> None:
    """However much that is."""
    assert 1 - target < error_to_find(Audit(), target) < 1


@pytest.mark.slow
def test_an_audit_finds_what_it_is_made_for() -> None:
    """A model that guesses is caught in at least 95 % of batches of 200; one that is just right hardly ever."""
    chance = np.random.default_rng(1)
    size = audit_size(200, Audit(), 0.95)
    guesses, is_right = ([judge(each) for each in chance.random((400, size)) < share] for share in (0.51, 0.95))
    assert sum(guesses) / 400 >= 0.95
    assert sum(is_right) / 400 <= 0.05


def judge(right: np.ndarray) -> bool:
    """Whether an audit with these findings fails."""
    return judge_audit([Evidence(0.9, float(each)) for each in right], 0.95).has_failed


def test_an_audit_has_an_interval() -> None:
    """Two wrong of twenty: 10 %, and by Clopper and Pearson between 1.8 and 28.3 %."""
    audit = judge_audit(evidence(18, 2), 0.95)
    assert (audit.items, audit.wrong, audit.error) == (20, 2.0, pytest.approx(0.1))
    assert (audit.low, audit.high) == (pytest.approx(0.018065, abs=1e-5), pytest.approx(0.282619, abs=1e-5))
    assert not audit.has_failed
    assert judge_audit(evidence(16, 4), 0.95).has_failed


def test_one_disagreement_is_not_a_failed_audit() -> None:
    """It may be people who are wrong; and without an audit nothing has failed."""
    assert not judge_audit(evidence(9, 1), 0.999).has_failed
    assert judge_audit(evidence(8, 2), 0.999).has_failed
    assert not judge_audit([], 0.999).has_failed


def test_half_of_what_people_get_wrong_is_not_the_models_error() -> None:
    """A tenth of their labels are said to be wrong, and a tenth disagree."""
    audit = judge_audit(evidence(90, 10, noise=0.1), 0.95)
    assert (audit.wrong, audit.error, audit.has_failed) == (pytest.approx(5), pytest.approx(0.05 / 0.9), False)
    assert judge_audit(evidence(90, 10), 0.95).has_failed


def test_people_who_are_said_to_be_careless_excuse_no_model_that_guesses() -> None:
    """Of what their confidence admits, half is allowed for: it is a cautious guess where there are no golden tasks."""
    found = [Evidence(0.99, float(number % 2), noise=0.25) for number in range(25)]
    assert judge_audit(found, 0.95).has_failed


def test_audits_of_several_batches_find_together_what_none_finds_alone() -> None:
    """Two wrong of 25, batch after batch, where one of 20 may be."""
    batch = evidence(22, 3)
    assert not judge_audit(batch, 0.95).has_failed
    failed = [judge_audit(batch, 0.95, Terms(tuple(batch * before))).has_failed for before in range(8)]
    assert failed == sorted(failed)
    assert failed[-1]


@pytest.mark.slow
def test_who_looks_after_each_batch_rarely_stops_a_good_model() -> None:
    """The odds against a model that is just right reach 20 in one of 20 histories at most, however often one looks."""
    chance = np.random.default_rng(2)
    stopped = 0
    for _ in range(200):
        wrong = chance.random((20, 25)) < 0.05
        known = [Evidence(0.9, float(not each)) for each in wrong.ravel()]
        stopped += any(odds_against(known[: 25 * batches], 0.05) >= 20 for batches in range(1, 21))
    assert stopped / 200 <= 0.05 + 0.03


def test_on_trial_a_model_has_to_prove_that_it_is_right() -> None:
    """45 without an error show 0.95, 44 don't; those that are still being asked about may."""
    trial = Terms(must_prove=True)
    assert judge_audit(evidence(44), 0.95, trial).has_failed
    assert not judge_audit(evidence(45), 0.95, trial).has_failed
    assert not judge_audit(evidence(44), 0.95, trial, waiting=1).has_failed
    assert not judge_audit(evidence(44), 0.95).has_failed


def test_a_trial_is_as_large_as_the_proof_takes() -> None:
    """45 suffice only if there are no errors; so many of a model with few."""
    assert smallest_trial(0.05, 0.001) == 45
    assert smallest_trial(0.05, 0.005) > 45
