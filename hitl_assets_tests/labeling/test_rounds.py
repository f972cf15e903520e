"""Which items are asked about again, and what is told of the rounds."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.automation import Overlap
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.files import StoredRounds
from hitl_assets.labeling.pools import estimate_pool
from hitl_assets.labeling.records import KEY_FIELD, Label
from hitl_assets.labeling.rounds import (
    Round,
    confidence_counts,
    count_rounds,
    rejected_by_item,
    round_of,
    unsure_items,
)

from .conftest import Load


def label(key: str, confidence: float, answers: int = 2, number: int = 1) -> Label:
    """A label on so many answers, which were all the same; evidence supports its confidence."""
    votes = {"apple": answers}
    return Label(key, {"text": key}, "apple", confidence, votes, ("ann",), "7", round=number, lower_bound=confidence)


LABELS = (label("a", 0.99), label("b", 0.95, 3, 2), label("c", 0.6, 4, 3), label("d", 0.9))


def test_each_answer_after_the_first_ones_is_a_round() -> None:
    """Fewer answers than planned are of the first."""
    assert [round_of(answers, 2) for answers in (0, 1, 2, 3, 5)] == [1, 1, 1, 2, 4]


def test_what_is_sure_enough_is_not_asked_again() -> None:
    """An item without a label is."""
    assert unsure_items(LABELS, "abcdef", 0.95) == set("cdef")


def test_without_evidence_no_label_is_sure_enough() -> None:
    """Confidence alone has kept no promise on real crowds: people are asked up to the maximum."""
    assert unsure_items([replace(each, lower_bound=0.0) for each in LABELS], "abcd", 0.5) == set("abcd")


def test_rejected_answers_are_counted_by_item() -> None:
    """Those to golden tasks are nobody's."""

    def assignment(status: str, *keys: str) -> dict[str, Any]:
        tasks = [{"id": f"t{key}", "input_values": {KEY_FIELD: key}} for key in keys]
        golden = {"id": "g", "input_values": {KEY_FIELD: "g"}, "known_solutions": [{"output_values": {"kind": "pear"}}]}
        solutions = [{"output_values": {"kind": "pear"}}] * (len(keys) + 1)
        about = {"id": "1", "user_id": "ann", "pool_id": "7", "status": status}
        return {**about, "tasks": [*tasks, golden], "solutions": solutions}

    every = [assignment("REJECTED", "a", "b"), assignment("REJECTED", "a"), assignment("ACCEPTED", "c")]
    assert rejected_by_item(every) == {"a": 2, "b": 1}


def test_rounds_are_told_from_the_labels() -> None:
    """So that they are the same whenever they are told. Labels by a model are in none."""
    by_model = label("m", 0.7, 0, 0)
    assert count_rounds((*LABELS, by_model), Overlap(start=2, max=4, confidence=0.95)) == (
        Round(1, 4, 8, 2, 0.945, 1),
        Round(2, 2, 2, 1, 0.95, 0),
        Round(3, 1, 1, 1, 0.6, 1),
    )
    assert count_rounds((), Overlap()) == ()


def test_a_round_that_no_label_ended_in_is_told() -> None:
    """Everybody was asked again."""
    assert count_rounds((label("a", 0.9, 3, 2),), Overlap(start=2))[0] == Round(1, 1, 2, 0, None, 0)


def test_rounds_are_stored() -> None:
    """And read again."""
    stored = StoredRounds(count_rounds(LABELS, Overlap(start=2)))
    assert StoredRounds.from_files(stored.to_files()) == stored


def test_confidences_are_counted_in_steps() -> None:
    """Each label once."""
    counts = confidence_counts(LABELS)
    assert {step: count for step, count in counts.items() if count} == {0.6: 1, 0.9: 1, 0.95: 1, 0.99: 1}
    assert confidence_counts([label("a", 0.0), label("b", 1.0)])[1.0] == 1


def test_the_estimate_covers_all_rounds(load: Load, attributes: dict[str, Any]) -> None:
    """From the first answers only to the maximum for every item."""
    attributes["overlap"] = {"start": 2, "max": 6}
    estimate = estimate_pool(10, load())
    assert (estimate.answers, estimate.suites) == (20, 18)
    assert (float(estimate.minimum), float(estimate.maximum)) == (pytest.approx(5 * 0.12), pytest.approx(18 * 0.12))


def test_one_answer_is_enough_where_the_project_begins_with_one(load: Load, attributes: dict[str, Any]) -> None:
    """More than half of the first answers."""
    attributes["overlap"] = {"start": 1, "max": 6}
    assert load().minimum_overlap == 1


def test_a_label_may_not_need_more_answers_than_it_gets(load: Load, attributes: dict[str, Any]) -> None:
    """Items that are sure after the first answers would have none."""
    attributes |= {"overlap": {"start": 2, "max": 6}, "minimum_overlap": 3}
    with pytest.raises(ConfigurationError, match=r"minimum_overlap = 3 is more than overlap\.start = 2"):
        load()
