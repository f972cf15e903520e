"""The calibration of a batch: on what it stands, what it leaves to later batches, and how it is stored."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.batch_calibration import (
    StoredCalibration,
    calibrate_batch,
    describe_calibration,
    draw_curve,
    engine_of,
    read_trials,
    supports,
    write_trials,
)
from hitl_assets.labeling.aggregation.calibration import Trial, calibrate
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.number import Number
from hitl_assets.labeling.labels.decisions import decide_labels
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.project.declaration import Aggregation, Project
from hitl_assets.labeling.records import Answer, Label, Prediction, Task
from hitl_assets.labeling.verdicts import judge_evidence
from hitl_assets_tests.labeling.conftest import Load

KINDS = ("apple", "pear")
TRIALS = [Trial(f"i{n}", 3, (0.9, 0.1), 1.0, "golden") for n in range(40)]


@pytest.fixture
def project(load: Load, attributes: dict[str, Any]) -> Project:
    """Fruit, with rounds."""
    attributes["overlap"] = {"start": 3, "max": 5, "confidence": 0.9}
    return load({})


def batch(golden: int = 10) -> tuple[list[Task], list[Answer]]:
    """Twenty items and some golden ones, with three answers each by workers who are right in 90 %."""
    chance, answers = np.random.default_rng(2), []
    for number in range(20 + golden):
        right = KINDS[number % 2]
        for worker in chance.permutation(8)[:3]:
            said = right if chance.random() < 0.9 else KINDS[1 - number % 2]
            known = ({"kind": right},) if number >= 20 else ()
            task, who = f"t{number}", f"w{worker}"
            answers.append(
                Answer(str(number), {"kind": said}, who, "s", task, "7", "ACCEPTED", bool(known), "", "", known)
            )
    return [Task(str(number), {"text": str(number)}) for number in range(20)], answers


def test_a_batch_stands_on_its_golden_items(project: Project) -> None:
    """And says on how many."""
    found = calibrate_batch(project, *batch(10), {})
    assert found.calibration.items == {"golden": 10}
    assert {trial.source for trial in found.trials} == {"golden"} and found.batches == ()


def test_evidence_of_earlier_batches_is_added(project: Project) -> None:
    """It is theirs to keep: this batch's file has its own only."""
    found = calibrate_batch(project, *batch(10), {}, before={"c1": TRIALS, "c2": []})
    assert found.calibration.items == {"golden": 50} and found.batches == ("c1",)
    assert {trial.item for trial in found.trials} == {str(number) for number in range(20, 30)}


def test_audited_items_are_for_the_batches_that_follow(project: Project) -> None:
    """What the model says must not make the labels surer that are to audit it."""
    tasks, answers = batch(10)
    tasks = [replace(task, route="audit") if int(task.item_key) < 5 else task for task in tasks]
    predictions = {task.item_key: Prediction(task.item_key, "apple", 0.95, "v1") for task in tasks}
    found = calibrate_batch(project, tasks, answers, predictions)
    assert found.calibration.items == {"golden": 10}
    assert {trial.item for trial in found.trials if trial.source == "audited"} == {"0", "1", "2", "3", "4"}


def test_labels_have_the_confidence_that_evidence_supports(project: Project) -> None:
    """More evidence, a higher limit; without a calibration from outside the golden items of the batch tell."""
    tasks, answers = batch(10)
    alone = decide_labels(project, tasks, answers, {}).labels.labels
    known = calibrate_batch(project, tasks, answers, {}, before={"c1": TRIALS}).calibration
    more = decide_labels(project, tasks, answers, {}, calibration=known).labels.labels
    assert 0 < max(each.lower_bound for each in alone) < max(each.lower_bound for each in more)


def test_without_golden_items_labels_are_not_calibrated(project: Project) -> None:
    """Nor is a batch of an older version whose earlier ones left nothing."""
    assert {each.lower_bound for each in decide_labels(project, *batch(0), {}).labels.labels} == {0.0}


def test_a_calibration_comes_back_from_its_files(project: Project) -> None:
    """All of it but digits that nobody needs."""
    found = calibrate_batch(project, *batch(10), {}, before={"c1": TRIALS})
    files = found.to_files()
    back = StoredCalibration.from_files(files)
    assert back.calibration == found.calibration and back.curve == found.curve and back.batches == ("c1",)
    assert [replace(trial, stated=()) for trial in back.trials] == [replace(each, stated=()) for each in found.trials]
    assert back.to_files() == files


def test_labels_keep_the_calibration_that_they_were_made_with() -> None:
    """And labels of an older version have none."""
    label = Label("a", {"text": "a"}, "pear", 0.9, {"pear": 2}, ("ann",), "7", lower_bound=0.85)
    stored = StoredLabels((label,), calibration=StoredCalibration("x v1", calibrate(TRIALS)))
    back = StoredLabels.from_files(stored.to_files())
    assert back.labels[0].lower_bound == 0.85
    assert back.calibration is not None and back.calibration.calibration == calibrate(TRIALS)
    old = {name: content for name, content in stored.to_files().items() if name != "calibration.json"}
    old["labels.csv"] = old["labels.csv"].replace(b",lower_bound", b"").replace(b",0.85", b"")
    assert StoredLabels.from_files(old).labels[0].lower_bound == 0.0
    assert StoredLabels.from_files(old).calibration is None


def test_evidence_of_another_engine_is_left_out() -> None:
    """What one method's 0.9 is worth says nothing of another's."""
    content = write_trials(TRIALS, engine_of(Aggregation(), Class("kind")))
    assert read_trials(content, engine_of(Aggregation(), Class("kind"))) == TRIALS
    assert read_trials(content, engine_of(Aggregation(method="glad"), Class("kind"))) == []
    kinds = [Number("kind", {"type": "float"}, same) for same in (0.5, "2%")]
    assert len({engine_of(Aggregation(), kind) for kind in (Class("kind"), *kinds)}) == 3


def test_the_curve_shows_how_many_are_right_of_those_that_are_so_sure() -> None:
    """In steps of confidence; two trials of one item count as one."""
    trials = [
        *TRIALS,
        TRIALS[0],
        *(replace(each, item=f"_{each.item}", stated=(0.5, 0.5), right=0.5) for each in TRIALS),
    ]
    low, high = draw_curve(trials, calibrate(trials))
    assert (low.stated, low.right, low.items) == (0.5, 0.5, 40)
    assert (high.stated, high.right, high.items) == (0.9, 1.0, 40)


def test_a_sentence_says_whether_confidence_can_be_trusted() -> None:
    """Plainly: on how many items, and how many it would take."""
    few, many = calibrate(TRIALS[:12]), calibrate(TRIALS)
    assert describe_calibration(few, 0.95) == ("Not calibrated: 12 golden items, 32 without an error needed for 0.95.")
    assert describe_calibration(many, 0.95) == (
        "Calibrated by 40 golden items: of the surest labels at least 94.4% are right."
    )
    assert describe_calibration(calibrate([])).startswith("Not calibrated: no golden items.")


def test_a_promise_without_evidence_is_warned_of() -> None:
    """With what to do: so many golden tasks more."""
    few = judge_evidence(StoredCalibration("x", calibrate(TRIALS[:12])), 0.95)
    assert not few.passed and not few.stops and "Write at least 20 golden tasks more" in few.description
    assert not supports(calibrate(TRIALS[:12]), 0.95)
    assert judge_evidence(StoredCalibration("x", calibrate(TRIALS)), 0.95).passed
    assert "Write at least 32 golden tasks more" in judge_evidence(None, 0.95).description


def test_a_confidence_that_no_label_reaches_is_warned_of() -> None:
    """However many golden items were judged right: none is certain."""
    trials = [Trial(str(item), 3, (0.999, 0.001), 1.0, "golden") for item in range(200)]
    known = StoredCalibration("bayesian_dawid_skene v2", calibrate(trials))
    assert judge_evidence(known, 0.99).passed
    assert "No label is surer than 0.99" in judge_evidence(known, 1.0).description


def test_golden_items_that_are_wrong_too_often_are_named() -> None:
    """More of the same would not help."""
    wrong = [replace(each, right=float(place % 5 > 0)) for place, each in enumerate(TRIALS)]
    assert "look at these tasks" in judge_evidence(StoredCalibration("x", calibrate(wrong)), 0.95).description
