"""How fast people answered."""

from hitl_assets.labeling.answers.pace import hours_between, moment, seconds_per_task, submitted_at
from hitl_assets.labeling.records import Answer


def answer(suite: str, created: str, submitted: str) -> Answer:
    """An answer in a suite."""
    return Answer("k", {}, "ann", suite, "t", "7", "ACCEPTED", False, created, submitted)


def test_times_of_toloka_are_read() -> None:
    """With and without a fraction, a zone or more digits than Python takes."""
    endings = ("", "Z", ".0", ".000Z", ".0000000", "+00:00", ".0000000+00:00")
    assert len({moment(f"2026-01-01T00:00:01{ending}") for ending in endings}) == 1
    assert moment("2026-01-01T02:00:01.5+02:00") == moment("2026-01-01T00:00:01.5")


def test_what_is_no_time_is_left_out() -> None:
    """Times come from outside."""
    answers = [answer("a", "", "yesterday"), answer("b", "", ""), answer("c", "", "2026-01-01T00:00:01")]
    assert (moment("2026-13-01T00:00:00"), len(submitted_at(answers))) == (None, 1)


def test_a_suite_s_time_is_shared_by_its_tasks() -> None:
    """Two suites: 20 seconds for two tasks, 90 for one. The median is between."""
    start = "2026-01-01T00:00:00"
    first = [answer("a", start, "2026-01-01T00:00:20")] * 2
    assert seconds_per_task([*first, answer("b", start, "2026-01-01T00:01:30")]) == 50
    assert seconds_per_task([]) is None


def test_hours_are_counted_from_the_first_answer_to_the_last() -> None:
    """In whichever order they are given."""
    times = submitted_at([answer("a", "", "2026-01-02T00:00:00"), answer("b", "", "2026-01-01T12:00:00")])
    assert hours_between(times) == 12
    assert hours_between([]) == 0
