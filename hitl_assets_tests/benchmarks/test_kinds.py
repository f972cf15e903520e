"""The benchmark of labels that are no classes: its crowds, and that the product's labels are no worse than a count."""

import numpy as np
import pytest

from benchmarks.kinds import amounts, sets
from benchmarks.kinds.crowd import GOLDEN, ITEMS


def test_a_draw_is_the_same_again() -> None:
    """And golden tasks are not among what is judged."""
    one, two = (sets.draw("mixed", 3, seed=1) for _ in range(2))
    assert one == two
    assert len(one.truth) == ITEMS
    assert sum(each.is_golden for each in one.answers) == 4 * GOLDEN


@pytest.mark.parametrize("crowd", ["mixed", "hostile"])
def test_tags_are_no_worse_than_the_majority_of_each(crowd: str) -> None:
    """Who forgets is found out."""
    given = sets.draw(crowd, 3, seed=1)
    made = sets.ours(given)
    assert made.right.mean() > sets.majority(given)
    assert made.sure[1] >= 0.95


@pytest.mark.parametrize("crowd", ["mixed", "hostile"])
def test_numbers_are_no_worse_than_the_median(crowd: str) -> None:
    """Which is far better than the mean."""
    given = amounts.draw(crowd, 3, seed=1)
    made = amounts.ours(given)
    assert made.right.mean() > amounts.plain(given, np.median) > amounts.plain(given, np.mean)
    assert made.sure[1] >= 0.95
