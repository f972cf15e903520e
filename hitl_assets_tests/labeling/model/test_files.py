"""Evaluations and predictions come back from their files as they were."""

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.labels.decisions import Audited
from hitl_assets.labeling.labels.experience import audited_evidence, unaided_evidence
from hitl_assets.labeling.labels.files import write_audit
from hitl_assets.labeling.model.approval import Judgment
from hitl_assets.labeling.model.evidence import AUDITED, Evidence
from hitl_assets.labeling.model.files import ModelVersion, StoredEvaluation, StoredPredictions, read_evidence
from hitl_assets.labeling.records import Label, Prediction
from hitl_assets.labeling.storage.files import restore

EVIDENCE = (Evidence(0.9, 1.0), Evidence(0.1 + 0.2, 0.75, 2.0, 0.1 + 0.2, AUDITED))
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
    new = Evidence(0.7, 0.25, source=AUDITED)
    assert audited_evidence(content, "new") == (new,)
    assert audited_evidence(content) == (Evidence(0.9, 1.0, source=AUDITED), new)


def test_an_audit_without_second_opinions_has_peoples_mistakes_in_it() -> None:
    """Whether or not they agree with the model; where they were asked again, they are not wrong by chance any more."""
    audited = (
        Audited(Prediction("a", "news", 0.9, "m"), label("a", "news", 0.75), asked_again=False),
        Audited(Prediction("b", "news", 0.7, "m"), label("b", "bait", 0.75), asked_again=False),
    )
    found = audited_evidence(write_audit(audited))
    assert found == (Evidence(0.9, 1.0, noise=0.25, source=AUDITED), Evidence(0.7, 0.0, noise=0.25, source=AUDITED))


def test_an_audit_of_strange_items_says_nothing_of_what_the_model_knows() -> None:
    """One odd batch would stop a model that is good at everything else."""
    audited = (Audited(Prediction("a", "news", 0.9, "m"), label("a", "bait"), is_strange=True),)
    assert audited_evidence(write_audit(audited)) == ()


def test_what_older_versions_wrote_is_charged_to_the_model() -> None:
    """Nobody knows how noisy its labels were."""
    assert read_evidence(b"probability,is_right,weight\n0.9,0.25,2.0\n") == (Evidence(0.9, 0.25, 2.0),)
    old = b"item_key,predicted,probability,model,label,confidence\na,news,0.9,m,bait,0.75\n"
    assert audited_evidence(old) == (Evidence(0.9, 0.25, source=AUDITED),)


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
    found = unaided_evidence(predictions, labels, Class("label"))
    assert [(each.is_right, round(each.noise, 9)) for each in found] == [(1.0, 0.1), (0.0, 0.25)]
