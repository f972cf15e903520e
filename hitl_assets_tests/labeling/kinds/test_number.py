"""Labels that are numbers: the median within a tolerance, and how sure it is."""

from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers, agreement
from hitl_assets.labeling.aggregation.calibration import calibrate
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.aggregation.trials import golden_trials
from hitl_assets.labeling.answers.answers import counted, find_unreadable, is_right
from hitl_assets.labeling.kinds.number import Number, band_of
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow, compare
from hitl_assets.labeling.labels.quality import measure_alpha
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Label

from .crowds import answer, answers, label_all

FLOAT = {"type": "float"}
NUMBER = Number("label", FLOAT, 0.5)


def label(
    given: dict[str, dict[str, Any]], kind: Number = NUMBER, known: Any = None, method: str = ""
) -> dict[str, Label]:
    """The labels by item."""
    return label_all(given, kind, known, method)


def test_the_label_is_the_median() -> None:
    """One slip of the point does not move it."""
    found = label({"a": {"ann": 12.4, "bob": 12.5, "cid": 125}, "b": {"ann": 3, "bob": 3, "cid": 3}})
    assert (found["a"].label, found["b"].label) == ("12.5", "3")
    assert found["a"].votes == {"12.4": 1, "12.5": 1, "125": 1}
    assert found["b"].confidence > found["a"].confidence > 0.5


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (NUMBER, [10, 10.4], "10.2"),
        (NUMBER, [10, 100], "10"),
        (NUMBER, [10, 100, 100.2, 1000], "100.1"),
        (NUMBER, [1, 10, 100, 100], "100"),
        (Number("label", {"type": "integer"}, 2.0), [10, 11], "10"),
        (Number("label", FLOAT, "10%"), [100, 109], "104.5"),
    ],
)
def test_between_two_numbers(kind: Number, given: list[float], expected: str) -> None:
    """The middle of those that say the same; of others the one that more say, and never what nobody means."""
    found = label({"a": {f"w{place}": value for place, value in enumerate(given)}}, kind)
    assert found["a"].label == expected


def test_who_is_known_to_be_right_weighs_more() -> None:
    """By golden tasks: one careful worker beside one who presses anything."""
    golden = {f"g{number}": {"ann": number, "bob": 77} for number in range(10)}
    known = {name: own["ann"] for name, own in golden.items()}
    given = {"a": {"ann": 5, "bob": 2}, "b": {"ann": 2, "bob": 5}}
    found = label({**given, **golden}, known=known)
    assert (found["a"].label, found["b"].label) == ("5", "2")


@pytest.mark.slow
def test_careless_people_do_not_meet_by_chance() -> None:
    """Where half of the answers are anything, two that are near each other still say much."""
    chance = np.random.default_rng(3)
    truth = {str(item): round(float(chance.uniform(10, 1000)), 1) for item in range(300)}
    given = {
        item: {
            f"w{worker}": round(float(chance.uniform(0, 1000) if worker % 2 else right + chance.normal(0, 0.2)), 1)
            for worker in chance.choice(10, 5, replace=False)
        }
        for item, right in truth.items()
    }
    every = answers(given, {item: truth[item] for item in list(truth)[:60]})
    votes, known = counted(every, NUMBER), Knowledge(golden_records(every, NUMBER))
    calibration = calibrate(golden_trials(every, votes, NUMBER, Aggregation(), known))
    values: dict[str, dict[str, Any]] = {vote.item_key: {} for vote in votes}
    found = aggregate_answers(votes, values, NUMBER, Aggregation(), known, calibration)
    sure = [abs(float(each.label) - truth[each.item_key]) <= 0.5 for each in found if each.confidence >= 0.95]
    assert len(sure) > 100
    assert sum(sure) / len(sure) >= 0.95


@pytest.mark.parametrize("method", ["majority_vote", "dawid_skene", "wawa", "kos"])
def test_other_methods_answer_the_question_too(method: str) -> None:
    """Whether the median is right is a question as any other."""
    found = label({"a": {"ann": 1, "bob": 1, "cid": 9}, "b": {"ann": 2, "bob": 2, "cid": 2}}, method=method)
    assert (found["a"].label, found["b"].label) == ("1", "2")


@pytest.mark.parametrize(
    ("same", "one", "other", "expected"),
    [(0.5, "1", "1.5", True), (0.5, "1", "1.6", False), ("2%", "100", "102", True), ("2%", "100", "103", False),
     ("2%", "0", "0.01", False), (0.1, "0.3", "0.2", True), (0.0, "1", "1", True), (0.5, "", "1", False)],
)  # fmt: skip
def test_near_is_the_same(same: Any, one: str, other: str, expected: bool) -> None:
    """By a distance, or a share of the larger number; both ways round."""
    kind = Number("label", FLOAT, same)
    assert kind.is_same(one, other) is kind.is_same(other, one) is expected


@pytest.mark.parametrize(
    ("spec", "value", "reason"),
    [
        (FLOAT, "12", "label: '12' is not of type float"),
        (FLOAT, float("nan"), "label: nan is not of type float"),
        (FLOAT, True, "label: True is not of type float"),
        ({"type": "integer"}, 1.5, "label: 1.5 is not of type integer"),
        ({"type": "float", "max_value": 10}, 11, "label: value is 11, more than 10"),
    ],
)
def test_what_is_no_number_counts_for_nothing(spec: Any, value: Any, reason: str) -> None:
    """And is named."""
    kind = Number("label", spec)
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"t": 1}}], "solutions": [{"output_values": {"label": value}}]}
    assert [each.reason for each in find_unreadable([given], kind)] == [reason]
    assert counted([answer("a", "ann", value)], kind) == []


def test_a_golden_task_is_right_within_the_tolerance() -> None:
    """Nobody reads a scale to the last digit."""
    assert is_right(answer("g", "ann", 10.4, known=10), NUMBER)
    assert not is_right(answer("g", "ann", 10.6, known=10), NUMBER)
    assert not is_right(answer("g", "ann", None, known=10), NUMBER)


def test_agreement_knows_the_tolerance() -> None:
    """Numbers that are near agree, in the share of votes and in alpha."""
    near = {str(item): {"ann": 10 * item, "bob": 10 * item + 0.3} for item in range(9)}
    far = {item: {"ann": own["ann"], "bob": own["bob"] + 4} for item, own in near.items()}
    assert agreement(list(label(near).values()), NUMBER) == 1.0
    assert agreement(list(label(far).values()), NUMBER) == 0.5
    assert measure_alpha(answers(near), NUMBER) == 1.0
    assert (measure_alpha(answers(far), NUMBER) or 0) <= 0


def test_a_dataset_changes_beyond_the_tolerance_only() -> None:
    """A tenth more is no other label."""
    rows = [LabeledRow({"text": "a"}, value, "crowd", item_key="a") for value in ("10", "10.1", "11")]
    assert compare(rows[:1], rows[1:2], NUMBER) == Delta(0, 0, 0)
    assert compare(rows[:1], rows[2:], NUMBER) == Delta(0, 0, 1)


@pytest.mark.parametrize(
    ("cell", "band"),
    [("0", "0"), ("1", "from 1 to 2"), ("19.9", "from 10 to 20"), ("20", "from 20 to 50"),
     ("-7", "from -5 to -10"), ("0.03", "from 0.02 to 0.05"),
     ("1000", "from 1000 to 2000"), ("", "")],
)  # fmt: skip
def test_numbers_are_counted_in_bands(cell: str, band: str) -> None:
    """Each number by itself would say nothing of how they are spread."""
    assert band_of(cell) == band
