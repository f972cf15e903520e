"""Who labels an item, people or the model."""

from hitl_assets.labeling.model.evidence import AUDITED, Evidence
from hitl_assets.labeling.model.routing import judge_trust, route_items
from hitl_assets.labeling.model.threshold import Threshold
from hitl_assets.labeling.project.automation import Audit, Model
from hitl_assets.labeling.records import Prediction

MODEL = Model(target_accuracy=0.95)


def predictions(count: int, least: float = 0.0) -> list[Prediction]:
    """Predictions of which the model is as sure as of KNOWN, or of which it is less sure."""
    return [Prediction(f"key {n}", "a", 1 - least - n / (2 * count), "m") for n in range(count)]


def known(count: int, wrong: int = 0, noise: float = 0.0, source: str = "") -> list[Evidence]:
    """Evidence from sure to unsure, the wrong ones evenly among it."""
    every = count // wrong if wrong else count + 1
    return [Evidence(1 - n / (2 * count), float((n + 1) % every > 0), noise=noise, source=source) for n in range(count)]


def test_a_proven_model_is_trusted() -> None:
    """Its audit has the usual size."""
    trust = judge_trust(predictions(200), known(400), MODEL)
    assert trust.threshold is not None
    assert (trust.least, trust.terms.must_prove) == (0, False)


def test_without_evidence_nothing_is_trusted() -> None:
    """However sure the model is."""
    assert judge_trust(predictions(200), [], MODEL).threshold is None


def test_a_batch_of_another_kind_is_on_trial() -> None:
    """Its audit can prove the model by itself; it doesn't go to people whole."""
    trust = judge_trust(predictions(400, least=0.2), known(400), MODEL)
    assert trust.threshold is not None
    assert trust.terms.must_prove
    assert trust.terms.is_strange
    routes = route_items(predictions(400, least=0.2), trust.threshold, MODEL.audit, 0.95, trust.least)
    counts = {route: list(routes.values()).count(route) for route in ("model", "audit")}
    assert counts["audit"] == trust.least >= 45
    assert counts["model"] > 0


def test_a_trial_that_would_leave_the_model_nothing_is_none() -> None:
    """People label the batch, as the audit would be all of it."""
    trust = judge_trust(predictions(70, least=0.2), known(400), MODEL)
    assert (trust.threshold, trust.terms.must_prove, trust.terms.is_strange) == (None, False, True)


def test_a_promising_model_is_on_trial() -> None:
    """40 labels without an error are too few for a proof; the audit of a large batch isn't."""
    trust = judge_trust(predictions(400), known(40), MODEL)
    assert trust.threshold is not None
    assert (trust.terms.must_prove, trust.terms.is_strange) == (True, False)
    assert judge_trust(predictions(400), known(40, wrong=10), MODEL).threshold is None


def test_a_model_that_failed_over_batches_is_not_asked_any_more() -> None:
    """Until there is another version: its audits together say that it is wrong too often."""
    audits = known(60, wrong=15, source=AUDITED)
    assert judge_trust(predictions(400), known(4000), MODEL).threshold is not None
    assert judge_trust(predictions(400), [*known(4000), *audits], MODEL).threshold is None


def test_sure_items_are_the_models_and_some_of_them_are_audited() -> None:
    """The rest goes to people. Which items are audited is the same on a rerun, in whatever order they come."""
    sure = [Prediction(f"key {n}", "a", 0.99 if n < 100 else 0.6, "m") for n in range(120)]
    threshold = Threshold(0.95, 0.99, 0.96, 200)
    routes = route_items(sure, threshold, Audit(share=0.2, at_least=5), 0.95)
    counts = {route: list(routes.values()).count(route) for route in ("model", "audit", "crowd")}
    assert counts == {"model": 75, "audit": 25, "crowd": 20}
    assert route_items(sure[::-1], threshold, Audit(share=0.2, at_least=5), 0.95) == routes
    assert set(route_items(sure, None, Audit(), 0.95).values()) == {"crowd"}
