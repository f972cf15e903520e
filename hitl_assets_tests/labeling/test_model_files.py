"""Evaluations and predictions come back from their files as they were."""

from hitl_assets.labeling.approval import Judgment
from hitl_assets.labeling.decisions import Audited
from hitl_assets.labeling.experience import audited_evidence, unaided_evidence
from hitl_assets.labeling.files import restore
from hitl_assets.labeling.label_files import write_audit
from hitl_assets.labeling.model_files import ModelVersion, StoredEvaluation, StoredPredictions
from hitl_assets.labeling.records import Label, Prediction
from hitl_assets.labeling.routing import Evidence

EVIDENCE = (Evidence(0.9, 1.0), Evidence(0.1 + 0.2, 0.75, 2.0))
VERSION = ModelVersion("clickbait_classifier", "abc", "0123")


def label(key: str, name: str, confidence: float = 0.9, model: str = "", source: str = "crowd") -> Label:
    """A label by people."""
    return Label(key, {}, name, confidence, {name: 2}, ("w1", "w2"), "p", source=source, model=model)


def test_an_evaluation_comes_back() -> None:
    """With and without a classifier that is approved."""
    judgment = Judgment("enough_evidence", True, 'It was "tried" on é rows.')
    for approved in (VERSION, None):
        stored = StoredEvaluation(VERSION, approved, (judgment,), {"test": {"accuracy": 0.5}}, EVIDENCE)
        assert restore(StoredEvaluation, stored.to_files(), "place") == stored


def test_predictions_come_back() -> None:
    """Probabilities to the last digit: a threshold is compared with them."""
    stored = StoredPredictions((Prediction("k", 'a "label", so', 0.1 + 0.2, "0123"),), EVIDENCE)
    assert restore(StoredPredictions, stored.to_files(), "place") == stored


def test_an_audit_is_evidence_of_the_model_that_was_audited() -> None:
    """Not of another version, except where versions don't matter."""
    audited = (
        Audited(Prediction("a", "news", 0.9, "old"), label("a", "news", 0.8)),
        Audited(Prediction("b", "news", 0.7, "new"), label("b", "bait", 0.75)),
    )
    content = write_audit(audited)
    assert audited_evidence(content, "new") == (Evidence(0.7, 0.25),)
    assert audited_evidence(content) == (Evidence(0.9, 1.0), Evidence(0.7, 0.25))


def test_a_label_that_a_prediction_had_a_say_in_is_no_evidence_of_it() -> None:
    """Nor one by the model, nor an audit, which is counted by itself."""
    predictions = [Prediction(key, "news", 0.9, "own") for key in "abcde"]
    labels = [
        label("a", "news"),
        label("b", "bait", 0.75),
        label("c", "news", model="own"),
        label("d", "news", model="own", source="model"),
        label("e", "news", source="audit"),
    ]
    assert unaided_evidence(predictions, labels) == (Evidence(0.9, 1.0), Evidence(0.9, 0.25))
