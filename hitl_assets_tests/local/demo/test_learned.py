"""What `hitl demo --model` says of the model."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from rich.console import Console

from hitl_assets.events import BY_PEOPLE, ROWS_TO_LEARN
from hitl_assets.labeling.classifier import TextClassifier, input_frame, out_of_fold
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.model.evaluation import Tried
from hitl_assets.labeling.model.routing import judge_trust, route_items
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Prediction
from hitl_assets.labeling.tables.tables import read_rows
from hitl_assets.local.demo.demo import EXAMPLE, EXAMPLE_FILES, MODEL
from hitl_assets.local.demo.learned import Lesson, print_saved
from hitl_assets.local.state import State
from hitl_assets.local.status.progress import Batch

TRAINED = {ROWS_TO_LEARN: 105, BY_PEOPLE: 45}


def texts(lesson: Lesson) -> list[str]:
    """What is shown of it."""
    return [stage.text for stage in lesson.stages()]


def test_what_is_learned_is_told_step_by_step() -> None:
    """First who is waited for, then from what, then whether it is used."""
    tried = {"cross_validation_accuracy": 0.924, "is_approved": True}
    assert texts(Lesson(None, None)) == ["waiting for the retraining sensor", ""]
    assert not Lesson(TRAINED, None).is_done
    learned, approved = texts(Lesson(TRAINED, tried))
    assert learned == "from 105 labels: 60 from before, 45 by people"
    assert approved == "right on 92.4% of them when they are kept from it; it may label"
    assert "people go on labeling everything" in texts(Lesson(TRAINED, {**tried, "is_approved": False}))[1]


def test_a_dataset_that_teaches_nothing_ends_the_wait() -> None:
    """With the sensor's reason."""
    lesson = Lesson(None, None, "2 of 20 rows that a first training needs: 18 are missing")
    assert lesson.is_done
    assert texts(lesson)[0] == "nothing. 2 of 20 rows that a first training needs: 18 are missing."


def test_what_the_model_saved_is_reckoned_from_the_labels(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside what the same items cost by people alone, at least; a batch without a model is not counted."""
    state = State(tmp_path)
    state.answer_key.write_text("headline,category\na,clickbait\nb,clickbait\nc,notclickbait\nd,clickbait\n")
    routes = {"a": "model", "b": "model", "c": "audit", "d": "crowd"}
    rows = [
        LabeledRow({"headline": name}, "clickbait", source, "two", votes={} if source == "model" else {"clickbait": 5})
        for name, source in routes.items()
    ]
    rows.append(LabeledRow({"headline": "e"}, "clickbait", "crowd", "one", votes={"clickbait": 5}))
    first = Batch("one", {"new_items": 1}, None, None, {"spent": 0.195}, None, None, {"route_crowd": 1})
    tasks = {"route_model": 2, "route_audit": 1, "route_crowd": 1}
    audit = {"audit": "0 of 1 audited labels are wrong."}
    second = Batch("two", {"new_items": 4}, None, None, {"spent": 0.117}, None, None, tasks, audit)
    print_saved(Console(width=100), project, [first, second], rows, state)
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "the model 2 2 of 2: 100.0% 0 people, to audit the model 1 0 of 1: 0.0% 5 people 1 1 of 1: 100.0% 5" in shown
    assert "The audit says 0 of 1 audited labels are wrong." in shown
    assert "People alone 20 answers, 0.20 USD at least With the model 10 answers, 0.12 USD: 40% less" in shown


def test_a_model_that_proved_nothing_saved_nothing(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo says so, and does not fail."""
    batch = Batch("one", {"new_items": 1}, None, None, {"spent": 0.2}, None, None, {"route_crowd": 1})
    rows = [LabeledRow({"headline": "a"}, "clickbait", "crowd", "one")]
    print_saved(Console(width=100), project, [batch], rows, State(tmp_path))
    assert "people labeled everything" in capsys.readouterr().out


def labeled(*names: str) -> dict[str, str]:
    """The example's headlines and their true labels."""
    rows = (row for name in names for row in read_rows((EXAMPLE / name).read_bytes(), name, ["headline", "category"]))
    return {row.cells["headline"]: row.cells["category"] for row in rows}


@pytest.mark.slow
def test_the_example_teaches_a_model_enough_to_label_a_third_of_the_next_batch() -> None:
    """What the docs show of it. If people make no mistake; each mistake is weighed."""
    first = labeled("labeled_dataset.csv", EXAMPLE_FILES[1])
    second = {text: label for text, label in labeled(EXAMPLE_FILES[0]).items() if text not in first}
    assert (len(first), len(second)) == (105, 75)
    settings = Model(**yaml.safe_load(MODEL)["model"])
    frame, labels = input_frame([{"headline": each} for each in first], ["headline"]), list(first.values())
    folded = out_of_fold(TextClassifier, frame, labels)
    tried = Tried(tuple(sorted({*labels})), folded, tuple(labels), (1.0,) * len(labels))
    model = TextClassifier().fit(frame, labels)
    found = model.predict_proba(input_frame([{"headline": each} for each in second], ["headline"]))
    predicted = [
        Prediction(text, str(model.classes_[each.argmax()]), float(each.max()), "version")
        for text, each in zip(second, np.asarray(found), strict=True)
    ]
    trust = judge_trust(predicted, tried.evidence(), settings)
    routes = route_items(predicted, trust.threshold, settings.audit, settings.target_accuracy, trust.least)
    by_model = [each for each in predicted if routes[each.item_key] == "model"]
    assert len(by_model) >= 25
    assert sum(second[each.item_key] == each.label for each in by_model) / len(by_model) >= settings.target_accuracy
