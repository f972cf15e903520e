"""Trials: golden items judged as if they were unknown, and what audits and settled items say."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hitl_assets.labeling.aggregation.aggregation import as_coded
from hitl_assets.labeling.aggregation.calibration import Trial, calibrate
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.aggregation.trials import (
    DRAWS,
    audited_trials,
    confirm,
    draw_down,
    forget,
    golden_trials,
    settled_trials,
    try_golden,
)
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.number import Number
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer, Prediction

SPEC = {"type": "string", "allowed_values": ["apple", "pear"]}
LABELS = ("apple", "pear")


def answer(key: str, worker: str, kind: str, right: str = "") -> Answer:
    """What a worker said of an item; to a golden one if there is a right answer."""
    known = ({"kind": right},) if right else ()
    return Answer(key, {"kind": kind}, worker, f"s-{worker}", f"t-{key}", "7", "ACCEPTED", bool(right), "", "", known)


def crowd(items: int = 40, golden: int = 10, answers: int = 3, accuracy: float = 0.8) -> list[Answer]:
    """Twenty workers' answers: so many to each item, and those of all workers to each golden one."""
    chance = np.random.default_rng(1)
    given = []
    for item in range(items + golden):
        right = LABELS[item % 2]
        asked = chance.permutation(20)[: answers if item < items else 20]
        for worker in asked:
            kind = right if chance.random() < accuracy else LABELS[1 - item % 2]
            given.append(answer(str(item), f"w{worker}", kind, right if item >= items else ""))
    return given


def tried(given: list[Answer], method: Any = "bayesian_dawid_skene") -> list[Trial]:
    """The trials of golden items."""
    votes = counted(given, Class("kind", SPEC))
    knowledge = Knowledge(golden_records(given, Class("kind", SPEC)), {}, LABELS)
    return golden_trials(given, votes, Class("kind", SPEC), Aggregation(method=method), knowledge)


def test_golden_items_are_judged_by_as_many_answers_as_the_others() -> None:
    """They have twenty, which would make the method look better than it is."""
    found = tried(crowd(answers=3))
    assert {trial.answers for trial in found} == {3}
    assert {trial.item for trial in found} == {str(item) for item in range(40, 50)}


def test_a_golden_item_is_judged_several_times_on_other_answers() -> None:
    """No answer is in two draws."""
    golden = pd.DataFrame({"task": 0, "worker": range(20), "label": 0}, index=range(20))
    drawn = draw_down(golden, np.array([3]), np.random.default_rng(0))
    assert sorted(drawn.groupby("draw").size()) == [3] * DRAWS and drawn["worker"].is_unique


def test_a_golden_item_with_few_answers_is_judged_by_those() -> None:
    """Two are evidence about two."""
    golden = pd.DataFrame({"task": 0, "worker": range(2), "label": 0}, index=range(2))
    assert len(draw_down(golden, np.array([3]), np.random.default_rng(0))) == 2


@pytest.mark.slow
@pytest.mark.parametrize("method", ["majority_vote", "dawid_skene", "wawa", "mmsr"])
def test_any_method_can_be_tried(method: Any) -> None:
    """All say how sure they are, if only by shares of votes."""
    found = tried(crowd(), method)
    assert len({trial.item for trial in found}) == 10
    assert all(0 < trial.stated[0] <= 1 and trial.right in (0, 1) for trial in found)


def test_trials_are_the_same_again() -> None:
    """A rerun must not make a new commit."""
    assert tried(crowd()) == tried(crowd())


def test_what_a_golden_item_tells_of_its_workers_does_not_judge_it() -> None:
    """Its answers are taken out of their records, those of the others stay."""
    golden = pd.DataFrame({"task": [0, 0], "worker": [4, 5], "label": [1, 0]})
    records = {4: np.array([[2.0, 3.0], [0.0, 1.0]])}
    left = forget(as_coded(golden, Beliefs(records)), golden, pd.Series({0: 0}))
    assert left.workers[4].tolist() == [[2.0, 2.0], [0.0, 1.0]]
    assert records[4].tolist() == [[2.0, 3.0], [0.0, 1.0]]


def test_what_people_write_freely_is_judged_as_labels_are_compared() -> None:
    """A golden answer with a space that nobody sees is the right one."""
    spec = {"type": "string"}
    given = [answer("1", worker, "New York ", right="New York") for worker in "abc"]
    given += [answer("2", worker, "Rome") for worker in "abc"]
    knowledge = Knowledge(golden_records(given, Class("kind", spec)), {})
    votes = counted(given, Class("kind", spec))
    found = golden_trials(given, votes, Class("kind", spec), Aggregation(), knowledge)
    assert {trial.right for trial in found} == {1.0}


def test_golden_items_do_not_vouch_for_themselves() -> None:
    """How surely one is judged does not depend on what is right of it."""
    given = crowd(items=60, golden=10)
    other = {"apple": "pear", "pear": "apple"}
    turned = [
        answer(a.item_key, a.worker_id, a.values["kind"], other[a.known[0]["kind"]]) if a.item_key == "60" else a
        for a in given
    ]
    one, two = ([trial for trial in tried(each) if trial.item == "60"] for each in (given, turned))
    assert [trial.stated for trial in one] == [trial.stated for trial in two]
    assert [trial.right + other.right for trial, other in zip(one, two, strict=True)] == [1.0] * DRAWS


def test_without_golden_items_there_are_no_trials() -> None:
    """Nor without answers that count."""
    votes = pd.DataFrame({"task": [0], "worker": [0], "label": [0]})
    nothing, truth = votes[:0], pd.Series(dtype=int)
    assert try_golden(as_coded(votes, Beliefs()), nothing, truth, Aggregation()) == []
    assert try_golden(as_coded(nothing, Beliefs()), votes, pd.Series({0: 0}), Aggregation()) == []
    assert tried([each for each in crowd() if not each.is_golden]) == []


@pytest.mark.slow
def test_calibration_brings_an_oversure_crowd_down() -> None:
    """Half of the items are hard: there all are right in one half, which no method sees in the answers."""
    chance = np.random.default_rng(3)
    given = []
    for item in range(600):
        right, hard = LABELS[item % 2], item % 4 > 1
        shared = chance.random() < 0.5
        for worker in chance.permutation(30)[:5]:
            is_right = shared if hard else chance.random() < 0.9
            kind = right if is_right else LABELS[1 - item % 2]
            given.append(answer(str(item), f"w{worker}", kind, right if item % 3 == 0 else ""))
    found = tried(given)
    stated = np.array([trial.stated for trial in found])
    right = np.array([trial.right for trial in found])
    over = stated[:, 0].mean() - right.mean()
    assert over > 0.15 and abs(calibrate(found).confidence(stated).mean() - right.mean()) < over / 3


def test_a_model_that_agrees_confirms_and_one_that_does_not_denies() -> None:
    """By Bayes' rule: two who are right in 90 %, apart from each other."""
    agrees, denies = Prediction("a", "pear", 0.9, ""), Prediction("a", "apple", 0.9, "")
    kind = Class("kind", SPEC)
    assert confirm(0.9, agrees, "pear", 2, kind) == pytest.approx(0.81 / 0.82)
    assert confirm(0.9, denies, "pear", 2, kind) == pytest.approx(0.5)
    near = Prediction("a", "10.4", 0.9, "")
    assert confirm(0.9, near, "10", 2, Number("kind", {"type": "float"}, 1)) == pytest.approx(0.81 / 0.82)


def test_an_audited_item_is_half_a_golden_one() -> None:
    """And only those that people have answered count."""
    votes = counted(crowd(), Class("kind", SPEC))
    audited = {key: Prediction(key, "apple", 0.99, "") for key in ("0", "2", "unanswered")}
    found = audited_trials(votes, Class("kind", SPEC), Aggregation(), Knowledge(labels=LABELS), audited, calibrate([]))
    assert {trial.item: (trial.source, trial.weight) for trial in found} == {
        "0": ("audited", 0.5),
        "2": ("audited", 0.5),
    }


def settled(given: list[Answer]) -> list[Trial]:
    """The trials of settled items."""
    votes = counted(given, Class("kind", SPEC))
    return settled_trials(votes, Class("kind", SPEC), Aggregation(), Knowledge(labels=LABELS), calibrate([]))


def test_items_with_many_answers_judge_the_label_of_a_few() -> None:
    """Items 0 to 4 have six answers, the others two: two of the six are judged by the other four."""
    few = crowd(items=40, golden=0, answers=2, accuracy=0.9)
    more = crowd(items=5, golden=0, answers=6, accuracy=0.9)
    found = settled([*more, *(each for each in few if int(each.item_key) > 4)])
    assert {trial.item for trial in found} == {"0", "1", "2", "3", "4"}
    assert {trial.answers for trial in found} == {2}
    assert all(0 < trial.right < 1 and 0 < trial.weight <= 0.5 for trial in found)


def test_where_all_items_have_as_many_answers_none_is_settled() -> None:
    """There is no surer label to compare with."""
    assert settled(crowd(golden=0)) == []
