"""Which items are asked about again, and what is told of the rounds."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.pools.pools import estimate_pool
from hitl_assets.labeling.pools.rounds import Round, answers_by_round, confidence_counts, count_rounds, rejected_by_item
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.records import KEY_FIELD, Answer, Label
from hitl_assets.labeling.storage.files import StoredRounds
from hitl_assets_tests.labeling.conftest import Load


def label(key: str, confidence: float, answers: int = 2, number: int = 1) -> Label:
    """A label on so many answers, which were all the same. It means what it says."""
    votes = {"apple": answers}
    return Label(key, {"text": key}, "apple", confidence, votes, ("ann",), "7", round=number, lower_bound=confidence)


def answers(key: str, *minutes: int) -> list[Answer]:
    """Answers to an item, each given in this minute past ten."""
    times = [f"2026-01-01T10:{minute:02}:00.123" for minute in minutes]
    return [Answer(key, {}, "ann", "1", "2", "7", "ACCEPTED", False, created, created) for created in times]


LABELS = (label("a", 0.99), label("b", 0.95, 3, 2), label("c", 0.6, 4, 3), label("d", 0.9))
OPENINGS = ["2026-01-01T10:00:00", "2026-01-01T10:10:00.000500", "2026-01-01T10:20:00"]


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


def test_an_answer_is_of_the_round_in_which_the_pool_was_opened_for_it() -> None:
    """Two answers of one round are of the same, and an item that is asked about late is of a late round."""
    every = [*answers("a", 1, 2, 11, 12), *answers("b", 1, 3, 21), *answers("c", 2, 3, 11, 21, 22)]
    assert answers_by_round(every, OPENINGS, (2, 4, 6)) == {
        "a": {1: 2, 2: 2},
        "b": {1: 2, 3: 1},
        "c": {1: 2, 2: 1, 3: 2},
    }


def test_an_opening_that_asked_nothing_more_is_no_round() -> None:
    """A pool that ended early and was resumed, or opened again for what was rejected."""
    assert answers_by_round([*answers("a", 1, 11), *answers("b", 2, 3)], OPENINGS, (2, 4, 6)) == {
        "a": {1: 2},
        "b": {1: 2},
    }


def test_rounds_of_answers_before_the_first_known_opening_are_told_by_their_order() -> None:
    """Older versions wrote no openings; the next round is told by them again."""
    assert answers_by_round(answers("a", 1, 2, 3, 4, 31), ["2026-01-01T10:30:00"], (2, 3, 5)) == {
        "a": {1: 2, 2: 1, 3: 2}
    }
    assert answers_by_round(answers("a", 1, 2, 3), [], (2, 3, 5)) == {"a": {1: 2, 2: 1}}


def test_a_time_that_cannot_be_read_is_before_all_openings() -> None:
    """It stops nothing."""
    odd = [replace(each, created="yesterday") for each in answers("a", 1)]
    assert answers_by_round(odd, OPENINGS, (2, 3)) == {"a": {1: 1}}


def test_what_comes_late_has_rounds_of_its_own() -> None:
    """Its first answers are of the first one."""
    every = [*answers("a", 1, 2, 11, 12), *answers("late", 11, 12)]
    assert answers_by_round(every, OPENINGS, (2, 4), {"late"}) == {"a": {1: 2, 2: 2}, "late": {1: 2}}


def test_rounds_are_told_from_labels_and_answers() -> None:
    """So that they are the same whenever they are told. Labels by a model are in none."""
    asked = {"a": {1: 2}, "b": {1: 2, 2: 1}, "c": {1: 2, 3: 2}, "d": {1: 2}}
    by_model = label("m", 0.7, 0, 0)
    assert count_rounds((*LABELS, by_model), asked, Overlap(start=2, max=4, confidence=0.95)) == (
        Round(1, 4, 8, 2, 0.945, 1),
        Round(2, 1, 1, 1, 0.95, 0),
        Round(3, 1, 2, 1, 0.6, 1),
    )
    assert count_rounds((), {}, Overlap()) == ()


def test_a_round_that_no_label_ended_in_is_told() -> None:
    """Everybody was asked again."""
    rounds = count_rounds((label("a", 0.9, 3, 2),), {"a": {1: 2, 2: 1}}, Overlap(start=2))
    assert rounds[0] == Round(1, 1, 2, 0, None, 0)


def test_rounds_are_stored() -> None:
    """And read again."""
    stored = StoredRounds(count_rounds(LABELS, {"a": {1: 2}}, Overlap(start=2)))
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
