"""What learns from pictures: real handwriting, numbers of each picture, and a stored model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hitl_assets.examples.digits.key import draw_all
from hitl_assets.labeling.classifier import out_of_fold
from hitl_assets.labeling.model.linear_classifiers import LinearClassifier, PictureClassifier
from hitl_assets.labeling.model.picture_numbers import COUNT, PictureNumbers
from hitl_assets.labeling.model.stored_classifier import read_model, write_model
from hitl_assets.labeling.project.automation import Model

TAUGHT, HELD_OUT = 350, 200


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, Sequence[str]]:
    """The numbers of some pictures of digits, and what each is."""
    folder: Path = tmp_path_factory.mktemp("digits")
    drawn = draw_all(1, TAUGHT + HELD_OUT)
    for name, each in drawn.items():
        (folder / name).write_bytes(each.png)
    return PictureNumbers().embed([str(folder / name) for name in drawn]), [each.digit for each in drawn.values()]


@pytest.mark.slow
def test_the_default_reads_handwriting(digits: tuple[np.ndarray, Sequence[str]]) -> None:
    """Ten digits by many hands, 350 to learn from: nine of ten others are right, and it knows how sure it is."""
    numbers, labels = digits
    assert numbers.shape == (TAUGHT + HELD_OUT, COUNT) == (550, 288)
    model = PictureClassifier().fit(numbers[:TAUGHT], labels[:TAUGHT])
    probabilities = model.predict_proba(numbers[TAUGHT:])
    is_right = model.classes_[probabilities.argmax(axis=1)] == np.asarray(labels[TAUGHT:])
    assert is_right.mean() >= 0.9
    surest = np.argsort(-probabilities.max(axis=1))[: HELD_OUT // 2]
    assert is_right[surest].mean() >= 0.97
    assert probabilities.max(axis=1).mean() == pytest.approx(is_right.mean(), abs=0.15)


@pytest.mark.slow
def test_a_stored_one_is_the_same_and_needs_no_trust(digits: tuple[np.ndarray, Sequence[str]]) -> None:
    """Nothing but arrays and parts of scikit-learn; and the same rows make the same bytes."""
    numbers, labels = digits
    settings = Model().completed(of_files=True)
    models = [PictureClassifier().fit(numbers[:100], labels[:100]) for _ in range(2)]
    first, second = (write_model(model, settings) for model in models)
    assert first == second
    restored = read_model(first, settings, "a test")
    assert np.array_equal(restored.predict_proba(numbers[100:120]), models[0].predict_proba(numbers[100:120]))


@pytest.mark.parametrize(("labels", "classes"), [(["a", "b"] * 9 + ["c", "c"], 3), (["a", "b"] * 9 + ["c", "d"], 2)])
def test_a_rare_label_stops_nothing(labels: Sequence[str], classes: int) -> None:
    """As for texts: one that occurs once is left out."""
    numbers = np.random.default_rng(0).random((len(labels), 5))
    assert len(LinearClassifier().fit(numbers, labels).classes_) == classes
    assert out_of_fold(LinearClassifier, numbers, labels).shape == (len(labels), len(set(labels)))
