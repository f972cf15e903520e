"""The confidence of an aggregated answer."""

from __future__ import annotations

import pytest

from hitl_assets.emulators.toloka.overlap.confidence import (
    Vote,
    estimate_confidence,
    quality_of_counts,
    quality_of_skill,
)

OPTIONS = ("OK", "BAD", "ERROR")


@pytest.mark.parametrize(
    ("votes", "winner", "percent"),
    [
        ([("OK", 70), ("OK", 90)], "OK", 97.7),
        ([("OK", 70), ("BAD", 90)], "BAD", 76.1),
        ([("OK", 70), ("BAD", 90), ("BAD", 80)], "BAD", 96.2),
    ],
)
def test_the_examples_of_the_guide_come_out(votes: list[tuple[str, float]], winner: str, percent: float) -> None:
    """The guide on dynamic overlap works these three through."""
    found, confidence = estimate_confidence([Vote(answer, skill / 100) for answer, skill in votes], OPTIONS)
    assert (found, round(100 * confidence, 1)) == (winner, percent)


def test_workers_who_never_err_and_differ_leave_it_open() -> None:
    """Skills of 100 are common, and must not end in a division by zero."""
    assert estimate_confidence([Vote("OK", 1.0), Vote("BAD", 1.0)], ("OK", "BAD")) == ("OK", pytest.approx(0.5))


def test_many_votes_do_not_underflow() -> None:
    """An overlap may be 30,000."""
    votes = [Vote("OK", 0.6)] * 6_000 + [Vote("BAD", 0.6)] * 5_990
    assert estimate_confidence(votes, ("OK", "BAD")) == ("OK", pytest.approx(1 / (1 + (2 / 3) ** 10)))


def test_the_only_option_is_certain() -> None:
    """There is nothing else to choose."""
    assert estimate_confidence([Vote("OK", 0.5)], ("OK",)) == ("OK", 1.0)


def test_an_answer_outside_the_options_is_one_more_option() -> None:
    """Fields without allowed values get their options from the answers."""
    assert estimate_confidence([Vote("new", 0.8)], ("OK",)) == ("new", pytest.approx(0.8))


def test_no_votes_have_no_confidence() -> None:
    """The caller has to say what an unanswered task is worth."""
    with pytest.raises(ValueError, match="no votes"):
        estimate_confidence([], OPTIONS)


def test_few_control_answers_draw_the_quality_to_one_half() -> None:
    """One right answer does not make an infallible worker."""
    assert (quality_of_counts(0, 0), quality_of_counts(1, 1), quality_of_counts(9, 9)) == (0.5, 0.75, 0.95)


def test_a_worker_without_the_skill_is_unknown() -> None:
    """As if no control answer had been given."""
    assert (quality_of_skill(None), quality_of_skill(90)) == (0.5, 0.9)
