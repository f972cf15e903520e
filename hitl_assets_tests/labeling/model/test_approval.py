"""What stops a classifier, and what is chance."""

from hitl_assets.labeling.model.approval import judge_before, judge_evidence, judge_people

GOOD, BAD = [True], [False]


def test_a_classifier_that_lost_what_the_one_before_knew_is_stopped() -> None:
    """Eight rows lost and one won is no chance (0.02), and the verdict says what to do."""
    judgment = judge_before(BAD * 8 + GOOD * 92, GOOD * 99 + BAD)
    assert not judgment.passed
    assert "of 100 rows" in judgment.description.lower()
    assert "The one before stays in use" in judgment.description


def test_chance_does_not_stop_a_classifier() -> None:
    """Three rows lost and one won happens with equal classifiers (0.31)."""
    assert judge_before(BAD * 3 + GOOD * 97, GOOD * 99 + BAD).passed
    assert judge_before(GOOD * 100, GOOD * 100).passed


def test_a_better_classifier_passes() -> None:
    """However much it differs."""
    assert judge_before(GOOD * 50, BAD * 50).passed


def test_the_first_classifier_has_nothing_to_be_worse_than() -> None:
    """Nor one without rows to compare."""
    assert judge_before([], []).passed


def test_a_classifier_that_is_worse_than_people_where_it_is_surest_is_stopped() -> None:
    """Here it is right on half of its surest rows, people on nearly all golden tasks."""
    probabilities = [0.9] * 20 + [0.6] * 20
    judgment = judge_people(probabilities, (GOOD + BAD) * 20, right=95, total=100)
    assert not judgment.passed
    assert "right on 10 of 20 rows; people are on 95 of 100 golden tasks" in judgment.description


def test_what_it_is_unsure_of_goes_to_people_anyway() -> None:
    """A classifier that knows half of the items well is of use, whatever it would say of the rest."""
    probabilities = [0.99] * 20 + [0.51] * 20
    assert judge_people(probabilities, GOOD * 20 + BAD * 20, right=95, total=100).passed


def test_without_golden_tasks_answered_there_is_nobody_to_compare_with() -> None:
    """The first evaluation may come before the first batch."""
    assert judge_people([0.9] * 30, BAD * 30, right=0, total=0).passed


def test_too_few_rows_are_no_evidence() -> None:
    """Nineteen rows, none of them wrong, tell nothing."""
    assert not judge_evidence(19).passed
    assert judge_evidence(20).passed
