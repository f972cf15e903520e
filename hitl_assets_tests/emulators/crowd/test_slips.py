"""What people answer in error who put a set together, or write a number."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from hitl_assets.emulators.crowd.answering.pages import Asked
from hitl_assets.emulators.crowd.answering.slips import mistick, slip
from hitl_assets.emulators.crowd.answering.truth import AnswerKey, options_of
from hitl_assets.emulators.crowd.suites import Questionnaire

FRUIT = ("apple", "pear", "plum", "cherry")


def first_slips(kind: str, right: Any, count: int = 300, options: tuple[str, ...] = ()) -> list[Any]:
    """What so many who err answer at first."""
    return [next(slip(Asked("a", ("a",), kind, options), right, 1, number)) for number in range(count)]


def test_tags_are_forgotten_and_added() -> None:
    """More are forgotten, and one is sometimes taken for another; the order stays that of the page."""
    found = [next(mistick(["apple", "plum"], FRUIT, 1, number)) for number in range(400)]
    sizes = Counter(map(len, found))
    assert sizes[1] > sizes[3] > 20
    assert sizes[2] > 20
    assert all(each == sorted(each, key=FRUIT.index) and each != ["apple", "plum"] for each in found)


def test_boxes_that_are_not_ticked_may_be_ticked() -> None:
    """Also where the right answer does not name them."""
    found = first_slips("flags", {"apple": True}, options=FRUIT)
    assert {"apple": False} in found
    assert {"apple": True, "cherry": True} in found
    assert {"apple": False, "pear": True} in found


@pytest.mark.parametrize("right", [11.71, 687.53, 250, -43.5, 1024])
def test_numbers_are_misread(right: float) -> None:
    """A digit too few, too many or another one, or the point elsewhere: of the same type, and never right."""
    found = first_slips("number", right)
    assert right not in found
    assert all(type(each) is type(right) and (each < 0) == (right < 0) for each in found)
    assert len(set(found)) > 5
    near = sum(abs(each - right) <= 0.5 * abs(right) for each in found) / len(found)
    assert 0.05 < near < 0.95


def test_few_things_are_miscounted() -> None:
    """By one or two."""
    assert {abs(each - 7) for each in first_slips("number", 7)} == {1, 2}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"type": "float"}, ()),
        ({"type": "integer", "min_value": 1, "max_value": 3}, (1, 2, 3)),
        ({"type": "integer", "min_value": 0}, ()),
        ({"type": "float", "allowed_values": [0.5, 1.0]}, (0.5, 1.0)),
    ],
)
def test_numbers_are_chosen_from_a_short_list_only(spec: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """Otherwise they are written, and written wrong."""
    asks = Questionnaire({}, {"a": spec}, {"a": (12.5, 99.0) if spec["type"] == "float" else ()})
    assert options_of(asks, AnswerKey(), "a") == expected
