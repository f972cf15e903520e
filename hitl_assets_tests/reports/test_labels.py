"""What is told of labels that are marks in pictures."""

import pytest

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.records import Label
from hitl_assets.reports.labels import write_votes

BOXES = Boxes("fruit", {"type": "json"}, ("apple", "pear"))


def cell(*names: str) -> str:
    """Boxes side by side."""
    sides = {"top": 0.1, "width": 0.1, "height": 0.1}
    return BOXES.cell([{"class": name, "left": 0.2 * place, **sides} for place, name in enumerate(names)])


def test_votes_say_what_was_marked() -> None:
    """Not where, which nobody reads in a table; those that read alike go together."""
    one, moved = cell("apple", "pear", "pear"), cell("pear", "apple", "pear")
    label = Label("k", {"image": "a"}, one, 0.6, {one: 1, moved: 1, "[]": 1}, (), "7")
    assert write_votes(label, BOXES) == "1 apple + 2 pear 2, nothing 1"


@pytest.mark.parametrize("votes", [{"yes": 2, "no": 1}, {"no": 1, "yes": 2}])
def test_votes_for_classes_are_their_names(votes: dict[str, int]) -> None:
    """The most frequent one first."""
    label = Label("k", {"text": "a"}, "yes", 0.6, votes, (), "7")
    assert write_votes(label, Class("answer", {"type": "string"})) == "yes 2, no 1"
