"""From which probability on a model labels."""

import numpy as np
import pytest

from hitl_assets.labeling.model.evidence import Evidence, count
from hitl_assets.labeling.model.threshold import choose_threshold, hope_for_threshold, is_other_kind, split_risk
from hitl_assets.labeling.records import Prediction


def evidence(right: int, wrong: int = 0, probability: float = 0.9) -> list[Evidence]:
    """Equally sure predictions."""
    return [Evidence(probability, 1.0)] * right + [Evidence(probability, 0.0)] * wrong


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


def test_a_batch_of_which_the_model_is_less_sure_is_of_another_kind() -> None:
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


def test_a_model_that_is_good_where_it_is_surest_labels_that() -> None:
    """Right in 97 % of the surest fifth and in 70 % of the rest: the surer half is too bad for 0.9."""
    chance = np.random.default_rng(3)
    ranked = [Evidence(1 - n / 2000, float(chance.random() < (0.97 if n < 400 else 0.7))) for n in range(2000)]
    found = choose_threshold(ranked, 0.9)
    assert found is not None
    assert 200 <= found.items <= 700


def test_one_wrong_prediction_at_the_top_does_not_end_it() -> None:
    """The first step fails by chance; a later one starts anew."""
    ranked = [Evidence(1 - n / 2000, float(n not in (1, 3, 5))) for n in range(1400)]
    found = choose_threshold(ranked, 0.95)
    assert found is not None
    assert found.items == 1400


def starts(number: int, noise: float = 0.0, target: float = 0.95) -> list[int]:
    """From which steps on thresholds are tested anew, of 20 steps of so many predictions each."""
    steps = [count([Evidence(0.9, 1.0, noise=noise)] * (number * step)) for step in range(1, 21)]
    risks = split_risk(steps, target)
    assert sum(risks) == pytest.approx(0.1)
    return [at for at, risk in enumerate(risks, 1) if risk]


def test_the_risk_is_split_between_steps_that_are_large_enough_for_a_proof() -> None:
    """If only all of them together may be, they have all of it; noise takes more of them."""
    assert starts(70) == [1, 2, 4]
    assert starts(9) == [8, 16, 20]
    assert starts(2) == [20]
    assert min(starts(70, noise=0.03)) > 1


def test_labels_with_mistakes_can_show_that_a_model_is_good() -> None:
    """A model that is right in 99.6 %, and people who are wrong in 3 % and say so: 1,400 labels prove 0.97."""
    chance = np.random.default_rng(5)
    differs = (chance.random(1400) < 0.004) != (chance.random(1400) < 0.03)
    labels = [Evidence(1 - n / 3000, float(not each), noise=0.03) for n, each in enumerate(differs)]
    found = choose_threshold(labels, 0.97)
    assert found is not None
    assert found.items == 1400
    assert choose_threshold([Evidence(each.probability, each.is_right) for each in labels], 0.97) is None


def test_hope_is_for_models_that_an_audit_could_prove() -> None:
    """Half the allowed errors, and not on a handful of items."""
    assert hope_for_threshold([Evidence(0.9, 1.0)] * 19, 0.95) is None
    assert hope_for_threshold([Evidence(0.9, 1.0)] * 20, 0.95) is not None
    assert hope_for_threshold([Evidence(0.9, float(n % 25 > 0)) for n in range(100)], 0.95) is None
