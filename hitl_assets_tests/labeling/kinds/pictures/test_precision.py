"""How good boxes are beside known ones."""

import pytest

from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.marks import Mark
from hitl_assets.labeling.kinds.pictures.precision import Marked, measure

KIND = Boxes("fruit", {"type": "json"}, ("apple", "pear"))
ONE, OTHER = Mark("apple", (0.1, 0.1, 0.2, 0.2)), Mark("apple", (0.6, 0.6, 0.2, 0.2))


def test_what_is_right_is_all_one() -> None:
    """Also a picture with nothing in it."""
    figures = measure(KIND, [Marked([ONE, OTHER], [0.9, 0.8], [OTHER, ONE]), Marked([], [], [])])
    assert (figures.precision, figures.recall, figures.average_precision) == (1, 1, 1)
    assert figures.mean_iou == pytest.approx(1)


def test_a_mark_that_is_surer_and_wrong_costs_more() -> None:
    """Average precision looks at the order of confidences, precision does not."""
    wrong = Mark("apple", (0.8, 0.1, 0.1, 0.1))
    first = measure(KIND, [Marked([ONE, wrong], [0.6, 0.9], [ONE, OTHER])])
    last = measure(KIND, [Marked([ONE, wrong], [0.9, 0.6], [ONE, OTHER])])
    assert (first.precision, first.recall) == (last.precision, last.recall) == (0.5, 0.5)
    # One of two is found: behind a wrong one at a precision of a half, before it at one.
    assert (first.average_precision, last.average_precision) == (pytest.approx(0.25), pytest.approx(0.5))


def test_a_thing_is_found_once() -> None:
    """Two boxes around one apple: the less sure one is wrong."""
    figures = measure(KIND, [Marked([ONE, ONE], [0.9, 0.8], [ONE])])
    assert (figures.precision, figures.recall, figures.average_precision) == (0.5, 1, 1)


def test_another_class_is_not_found() -> None:
    """A pear is no apple, wherever it is drawn."""
    figures = measure(KIND, [Marked([ONE], [0.9], [Mark("pear", ONE.shape)])])
    assert (figures.precision, figures.recall, figures.average_precision, figures.mean_iou) == (0, 0, 0, 0)
