"""How frequent labels are, by answers and by golden tasks."""

import numpy as np
import pytest

from hitl_assets.labeling.engine.shares import cautious_shares, golden_shares


def test_one_answer_says_nothing_of_how_frequent_labels_are() -> None:
    """Two say three fifths of it, in logarithms; many say all of it."""
    shares = np.array([0.8, 0.2])
    assert cautious_shares(shares, 1)[0] == pytest.approx(0.5)
    assert cautious_shares(shares, 2)[0] == pytest.approx(4**0.6 / (1 + 4**0.6))
    assert cautious_shares(shares, 20)[0] == pytest.approx(0.8, abs=1e-5)


def test_shares_are_freed_from_what_people_like_to_say() -> None:
    """They say the first label to half of the items of the second: 75 % of the answers, half of the items."""
    task, answer = np.arange(1000), (np.arange(1000) % 4 == 0).astype(int)
    known = np.array([[500.0, 0.0], [250.0, 250.0]])
    first = np.array([0.75, 0.25])
    assert golden_shares(task, answer, known, first)[1] > 0.33
    assert golden_shares(task, answer, known / 100, first)[1] == pytest.approx(0.25, abs=0.01)


def test_shares_do_not_depend_on_which_golden_tasks_were_chosen() -> None:
    """Ten times as many of one label tell no more than what people say of it."""
    task, answer = np.arange(1000), (np.arange(1000) % 10 == 0).astype(int)
    first, known = np.array([0.9, 0.1]), np.array([[4500.0, 500.0], [500.0, 4500.0]])
    many = golden_shares(task, answer, known, first)
    few = golden_shares(task, answer, known * [[1.0], [0.1]], first)
    assert few == pytest.approx(many, abs=0.01)


def test_shares_of_a_batch_in_which_all_items_have_priors() -> None:
    """There is nothing to learn them from: what was thought first, or less sure."""
    none = np.zeros(0, dtype=int)
    assert golden_shares(none, none, np.eye(2), np.array([0.5, 0.5])) == pytest.approx([0.5, 0.5])
