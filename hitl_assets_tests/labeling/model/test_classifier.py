"""What the model learns from, and what its predictions are worth."""

import numpy as np
import pandas as pd
import pytest

from hitl_assets.labeling.classifier import (
    TextClassifier,
    input_frame,
    is_trainable,
    load_classifier,
    out_of_fold,
    text_key,
    training_rows,
)
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.records import item_key

NOUNS = (
    "cats",
    "trains",
    "rivers",
    "clocks",
    "doors",
    "gardens",
    "bridges",
    "lamps",
    "ships",
    "roads",
    "birds",
    "maps",
)
TEXTS = [text for noun in NOUNS for text in (f"You Will Never Guess These {noun}", f"Council reports on {noun}")]
LABELS = ["clickbait", "news"] * len(NOUNS)


def frame(texts: list[str]) -> pd.DataFrame:
    """Texts as a classifier takes them."""
    return input_frame([{"headline": text} for text in texts], ["headline"])


def row(text: str, label: str = "news", source: str = "crowd", **about: object) -> LabeledRow:
    """A row of the dataset."""
    return LabeledRow({"headline": text}, label, source, **about)  # type: ignore[arg-type]  # by name


def test_few_rows_are_enough() -> None:
    """Two dozen rows teach a simple difference, and the probabilities of a row add up to one."""
    model = TextClassifier().fit(frame(TEXTS), LABELS)
    probabilities = model.predict_proba(frame(["You Will Never Guess These spoons", "Council reports on spoons"]))
    assert list(model.classes_[probabilities.argmax(axis=1)]) == ["clickbait", "news"]
    assert probabilities.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.slow
@pytest.mark.parametrize("rare", [1, 2, 3])
def test_a_rare_label_stops_nothing(rare: int) -> None:
    """A label that occurs once cannot be learned, one that occurs twice can."""
    labels = [*LABELS[:-rare], *["satire"] * rare]
    assert len(TextClassifier().fit(frame(TEXTS), labels).classes_) == (2 if rare == 1 else 3)
    assert out_of_fold(TextClassifier, frame(TEXTS), labels).shape == (len(TEXTS), 3)


def test_the_same_rows_make_the_same_model() -> None:
    """Otherwise a version of the dataset would not name its model."""
    first, second = (TextClassifier().fit(frame(TEXTS), LABELS).predict_proba(frame(TEXTS)) for _ in range(2))
    assert np.array_equal(first, second)


def test_signs_without_a_word_are_no_error() -> None:
    """A project may label anything that is text."""
    signs = ["!!!", "???", ":-)", ":-("] * 6
    assert len(TextClassifier().fit(frame(signs), LABELS).predict_proba(frame(signs))) == len(signs)


class Memory:
    """Knows what it was taught by heart, and nothing else."""

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:  # noqa: N803  # scikit-learn's names
        """Remember each text."""
        self.classes_ = sorted(set(y))
        self.known = dict(zip(X["headline"], y, strict=True))

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:  # noqa: N803  # scikit-learn's names
        """Certainty, or none at all."""
        known = [self.known.get(text) for text in X["headline"]]
        return np.array([[0.5 if text is None else float(text == label) for label in self.classes_] for text in known])


def test_a_prediction_out_of_fold_has_not_seen_its_row() -> None:
    """What is only known by heart is no evidence that a model is right."""
    assert (out_of_fold(Memory, frame(TEXTS), LABELS) == 0.5).all()


def test_the_model_does_not_learn_from_itself() -> None:
    """What people, and those before them, labeled teaches; each item once, as it was labeled last."""
    rows = [row("a", source="before"), row("b"), row("c", source="audit"), row("d", source="model"), row("b", "other")]
    assert [(each.values["headline"], each.label) for each in training_rows(rows)] == [
        ("a", "news"),
        ("b", "other"),
        ("c", "news"),
    ]


def test_what_is_held_out_is_not_learned() -> None:
    """Wherever the item comes from: an evaluation on it would mean nothing."""
    rows = [row("a", source="before"), row("b", item_key=item_key({"headline": "b"})), row("c")]
    held_out = {item_key({"headline": name}) for name in ("a", "b")}
    assert [each.values["headline"] for each in training_rows(rows, held_out)] == ["c"]


def test_an_item_is_the_same_in_a_file_and_in_memory() -> None:
    """A number comes back from a file as text, a missing value as an empty cell."""
    assert text_key({"size": 1.5, "sure": True, "tags": ["ä"], "note": None}) == text_key(
        {"size": "1.5", "sure": "true", "tags": '["ä"]', "note": ""}
    )
    assert text_key({"headline": "Ä"}) == item_key({"headline": "Ä"})


def test_unsure_labels_of_a_partial_batch_teach_nothing() -> None:
    """A pool that ended early may have asked one person."""
    rows = [row("a", partial=True, confidence=0.6), row("b", partial=True, confidence=0.95), row("c", confidence=0.6)]
    assert [each.values["headline"] for each in training_rows(rows)] == ["b", "c"]


@pytest.mark.parametrize(
    ("labels", "is_enough"),
    [
        (["a", "b"] * 10, True),
        (["a", "b"] * 9, False),
        (["a"] * 30, False),
        (["a"] * 29 + ["b"], False),
        (["a"] * 28 + ["b"] * 2, True),
    ],
)
def test_training_needs_two_labels(labels: list[str], is_enough: bool) -> None:
    """A handful of rows, or one label, teaches nothing."""
    assert is_trainable(labels) == is_enough


def test_a_class_is_named_by_its_import_path() -> None:
    """Any class that can fit and tell probabilities."""
    assert load_classifier("hitl_assets.labeling.classifier.TextClassifier") is TextClassifier


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("no_such_module.Classifier", "cannot be imported: No module named 'no_such_module'"),
        ("hitl_assets.labeling.classifier.NoSuchClass", "cannot be imported: module"),
        ("sklearn.svm.LinearSVC", "has no predict_proba"),
        ("sklearn.preprocessing.StandardScaler", "has no predict_proba"),
        ("json.JSONDecoder", "has no fit and no predict_proba"),
        ("hitl_assets.labeling.classifier.out_of_fold", "has no fit and no predict_proba"),
    ],
)
def test_what_is_no_classifier_is_refused(path: str, reason: str) -> None:
    """Before anything is trained, with what it lacks."""
    with pytest.raises(ConfigurationError, match=rf"model\.classifier = '{path}'") as error:
        load_classifier(path)
    assert reason in str(error.value)
