"""Marks of several people that are about the same thing."""

import numpy as np
import pytest

from hitl_assets.labeling.kinds.parts.grouping import Alike, group, match
from hitl_assets.labeling.kinds.pictures.boxes import Boxes


def alike(*pairs: tuple[int, int, float]) -> Alike:
    """Pairs of marks, and how alike they are."""
    one, other, likeness = zip(*pairs, strict=True) if pairs else ((), (), ())
    return Alike(np.array(one, dtype=np.int64), np.array(other, dtype=np.int64), np.array(likeness))


@pytest.mark.parametrize(
    ("owners", "pairs", "expected"),
    [
        ([0, 1, 2], [(0, 1, 0.9), (1, 2, 0.8)], [[0, 1, 2]]),
        ([0, 1, 1], [(0, 1, 0.5), (0, 2, 0.9)], [[0, 2], [1]]),
        ([0, 0, 1, 1], [(0, 2, 0.6), (0, 3, 0.9), (1, 3, 0.8), (1, 2, 0.7)], [[0, 3], [1, 2]]),
        ([0, 1, 0, 1], [(0, 1, 0.9), (2, 3, 0.9), (1, 2, 0.8)], [[0, 1], [2, 3]]),
        ([0, 0], [(0, 1, 1.0)], [[0], [1]]),
        ([], [], []),
    ],
)
def test_the_most_alike_are_joined_first(
    owners: list[int], pairs: list[tuple[int, int, float]], expected: list[list[int]]
) -> None:
    """And never two marks of one person."""
    assert sorted(group(owners, alike(*pairs))) == expected


def test_two_lists_are_matched() -> None:
    """By the places in each."""
    assert match(2, alike((0, 2, 0.6), (1, 2, 0.9), (0, 3, 0.5))) == [(0, 1), (1, 0)]
    assert match(1, alike()) == []


def test_boxes_of_a_full_picture_are_compared_in_blocks() -> None:
    """More of them than one block has: the same pairs as one by one."""
    kind = Boxes("label", {"type": "json"}, ("a",))
    shapes = [(0.003 * place, 0.1, 0.05, 0.2) for place in range(300)]
    found = kind.find_alike(shapes, 0.5)
    expected = {(one, other) for one in range(300) for other in range(one + 1, 300) if 0.003 * (other - one) < 0.05 / 3}
    assert set(zip(found.one.tolist(), found.other.tolist(), strict=True)) == expected
