"""The example of handwritten digits: its files fit each other, and nothing is wrong with it."""

import csv
import io
from pathlib import Path

import pytest

from hitl_assets.examples.digits import key
from hitl_assets.local.check.check import check_project

EXAMPLE = Path(key.__file__).parent


def test_golden_tasks_are_as_they_are_drawn() -> None:
    """Three of each digit, none of which is in a batch of before."""
    rows = list(csv.reader(io.StringIO((EXAMPLE / "golden_tasks.csv").read_text())))
    assert [tuple(row) for row in rows] == [("picture", "digit"), *key.golden_rows()]
    assert sorted(each.digit for each in key.draw_golden().values()) == sorted(key.DIGITS * key.GOLDEN_EACH)


def test_a_number_is_always_the_same_picture() -> None:
    """Golden tasks are known by their content."""
    assert key.draw_all(3, 2) == dict(list(key.draw_all(1, 4).items())[2:])


@pytest.mark.slow
def test_nothing_is_wrong_with_it() -> None:
    """Also as people see it: the pictures have addresses."""
    assert check_project(EXAMPLE / "defs.yaml").problems == ()
