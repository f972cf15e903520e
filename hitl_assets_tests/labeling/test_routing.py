"""Who labels an item, and what an audit says of the model."""

import numpy as np
import pytest

from hitl_assets.labeling.automation import Audit
from hitl_assets.labeling.records import Prediction
from hitl_assets.labeling.routing import (
    Evidence,
    Threshold,
    audit_size,
    choose_threshold,
    compare,
    is_other_kind,
    judge_audit,
    lower_bound,
    route_items,
    upper_bound,
)


def evidence(right: int, wrong: int = 0, probability: float = 0.9) -> list[Evidence]:
    """Equally sure predictions."""
    return [Evidence(probability, 1.0)] * right + [Evidence(probability, 0.0)] * wrong


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    """All right: the n-th root of the risk. One of ten: from the binomial distribution."""
    assert lower_bound(45, 45, 0.1) == pytest.approx(0.1 ** (1 / 45))
    assert 1 - upper_bound(9, 10, 0.05) == pytest.approx(0.005116, abs=1e-6)
    assert (lower_bound(0, 5), upper_bound(5, 5)) == (0.0, 1.0)


def test_without_enough_evidence_everything_goes_to_people() -> None:
    """44 right predictions without an error do not yet show that 95 % are right; 45 do."""
    assert choose_threshold([], 0.95) is None
    assert choose_threshold(evidence(44), 0.95) is None
    found = choose_threshold(evidence(45), 0.95)
    assert found is not None
    assert (found.probability, found.accuracy, found.items) == (0.9, 1.0, 45)
    assert found.lower_bound == pytest.approx(0.1 ** (1 / 45))


def test_the_threshold_is_as_low_as_the_evidence_allows() -> None:
    """Sure predictions are right, unsure ones often not: the line is between them."""
    ranked = [Evidence(1 - n / 1000, 1.0) for n in range(300)] + [Evidence(0.6 - n / 1000, n % 2) for n in range(100)]
    found = choose_threshold(ranked, 0.95)
    assert found is not None
    assert 0.6 >= found.probability > 0.55
    assert found.lower_bound >= 0.95


def test_a_wrong_model_is_not_trusted_however_sure_it_is() -> None:
    """Its probabilities are claims, not evidence."""
    assert choose_threshold(evidence(450, 50, probability=0.999), 0.95) is None


def test_equally_sure_predictions_go_the_same_way() -> None:
    """A threshold in between would tell apart what cannot be told apart."""
    found = choose_threshold([*evidence(100, probability=0.9), *evidence(60, 40, probability=0.8)], 0.95)
    assert found is not None
    assert (found.probability, found.items) == (0.9, 100)


@pytest.mark.slow
def test_thresholds_rarely_promise_too_much() -> None:
    """A model that is right in exactly nine of ten, however sure, passes 90 % about as often as the risk says."""
    chance = np.random.default_rng(7)
    tries = [[Evidence(p, float(q < 0.9)) for p, q in chance.random((400, 2))] for _ in range(300)]
    assert sum(choose_threshold(each, 0.9) is not None for each in tries) / 300 < 0.15


def test_a_batch_of_another_kind_goes_to_people() -> None:
    """Evidence says nothing of items that the model finds stranger than those that it was tried on."""
    known = [Evidence(1 - n / 1000, 1.0) for n in range(300)]
    like = [Prediction(f"key {n}", "a", 1 - n / 300, "m") for n in range(90)]
    unlike = [Prediction(f"key {n}", "a", 1 - n / 200, "m") for n in range(90)]
    surer = [Prediction(f"key {n}", "a", 0.99, "m") for n in range(90)]
    assert is_other_kind(unlike, known)
    assert not is_other_kind(like, known)
    assert not is_other_kind(surer, known)
    assert is_other_kind(like, [])
    assert not is_other_kind([], known)


def test_weighted_evidence_counts_for_what_it_stands_for() -> None:
    """One of ten that was audited stands for ten, but is not ten observations."""
    assert choose_threshold([Evidence(0.9, 1.0, 10.0)] * 44, 0.95) is None
    assert choose_threshold([Evidence(0.9, 1.0, 10.0)] * 45, 0.95) is not None


def test_sure_items_are_the_models_and_some_of_them_are_audited() -> None:
    """The rest goes to people. Which items are audited is the same on a rerun, in whatever order they come."""
    predictions = [Prediction(f"key {n}", "a", 0.99 if n < 100 else 0.6, "m") for n in range(120)]
    threshold = Threshold(0.95, 0.99, 0.96, 200)
    routes = route_items(predictions, threshold, Audit(share=0.2, at_least=5))
    counts = {route: list(routes.values()).count(route) for route in ("model", "audit", "crowd")}
    assert counts == {"model": 80, "audit": 20, "crowd": 20}
    assert route_items(predictions[::-1], threshold, Audit(share=0.2, at_least=5)) == routes
    assert set(route_items(predictions, None, Audit()).values()) == {"crowd"}


@pytest.mark.parametrize(("sure", "size"), [(0, 0), (4, 4), (100, 10), (200, 10), (201, 11), (1000, 50)])
def test_an_audit_has_a_share_and_a_minimum(sure: int, size: int) -> None:
    """In a small batch a share alone would show nothing."""
    assert audit_size(sure, Audit(share=0.05, at_least=10)) == size


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


def test_who_disagrees_with_people_may_be_right() -> None:
    """As often as people's label is wrong; who agrees is right."""
    assert compare(0.9, agrees=True, confidence=0.8) == Evidence(0.9, 1.0)
    assert compare(0.9, agrees=False, confidence=0.75) == Evidence(0.9, 0.25)
