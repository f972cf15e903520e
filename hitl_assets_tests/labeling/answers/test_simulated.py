"""Answers that no person gave are told."""

import pytest

from hitl_assets.labeling.answers.simulated import FIELD, KNOWN, MADE_UP, kind_of, sentence, worst
from hitl_assets.labeling.verdicts import judge_truth


@pytest.mark.parametrize(
    ("kinds", "found"),
    [(["", ""], ""), (["", KNOWN], KNOWN), ([KNOWN, MADE_UP, ""], MADE_UP), ([], "")],
)
def test_the_worst_of_several_is_told(kinds: list[str], found: str) -> None:
    """A single suite of made-up answers makes its labels worthless."""
    assert kind_of([{FIELD: kind} if kind else {} for kind in kinds]) == worst(kinds) == found


def test_only_made_up_truths_fail_a_batch() -> None:
    """Simulated people who know the answers are what a demo is for; both are told."""
    assert (judge_truth("").passed, judge_truth(KNOWN).passed, judge_truth(MADE_UP).passed) == (True, True, False)
    assert sentence("") == ""
    assert "Simulated answers" in judge_truth(KNOWN).description
    assert "--answer-key" in judge_truth(MADE_UP).description
