"""`boxes`: a label is boxes around things in a picture. Those of several people become one by their weighted mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.kinds.parts.grouping import Alike
from hitl_assets.labeling.kinds.pictures.mark_reading import DIGITS, Shape, check_inside, read_number
from hitl_assets.labeling.kinds.pictures.marks import Marks, MarksTerms
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.values.values import BadValueError

SIDES = ("left", "top", "width", "height")
# So many boxes are compared with all others at once.
BLOCK = 256
# How far off corners are thought to be (a share of the box's sides) before a worker drew any, worth so many boxes; and
# how near nobody is thought to be.
USUAL, WORTH, NEAREST = 0.1, 5.0, 0.02


class BoxesTerms(MarksTerms):
    """Boxes around things in a picture."""

    kind: Literal["boxes"] = Field(description="what a label is")


@dataclass(frozen=True)
class Boxes(Marks):
    """Boxes: left, top, width and height, in shares of the picture's sides."""

    name: ClassVar[str] = "boxes"
    terms: ClassVar[type[LabelTerms]] = BoxesTerms
    drawn: ClassVar[str] = "rectangle"

    @classmethod
    def read_shape(cls, mark: Mapping[str, Any]) -> Shape:
        """Left, top, width and height."""
        if mark.get("shape", "rectangle") != "rectangle":
            raise BadValueError(f"is no box, but a {str(mark['shape'])[:40]}")
        left, top, width, height = (read_number(mark, side) for side in SIDES)
        if width <= 0 or height <= 0:
            raise BadValueError("has no area")
        left, top, right, bottom = check_inside((left, top, left + width, top + height))
        if right <= left or bottom <= top:
            raise BadValueError("has no area")
        return left, top, round(right - left, DIGITS), round(bottom - top, DIGITS)

    def write_shape(self, shape: Shape) -> Mapping[str, Any]:
        """The four numbers by name."""
        return dict(zip(SIDES, shape, strict=True))

    @classmethod
    def draw(cls, shape: Shape) -> Mapping[str, Any]:
        """As in our own form."""
        return dict(zip(SIDES, shape, strict=True))

    def points(self, shape: Shape) -> Sequence[tuple[float, float]]:
        """The four corners."""
        left, top, width, height = shape
        return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]

    def corner(self, shape: Shape) -> tuple[float, float]:
        """Its upper left one."""
        return shape[1], shape[0]

    @classmethod
    def draft_answer(cls, names: Sequence[str], count: int) -> list[Any]:
        """A box for each of the first classes."""
        boxes = ((0.1 + 0.2 * (place % 4), 0.1 + 0.2 * (place // 4 % 4)) for place in range(count))
        return [
            {"shape": cls.drawn, **cls.draw((round(x, 2), round(y, 2), 0.15, 0.15)), "label": name}
            for name, (x, y) in zip(names, boxes, strict=False)
        ]

    def find_alike(self, shapes: Sequence[Shape], least: float) -> Alike:
        """By the area of both divided by that of either."""
        corners = corners_of(shapes)
        area = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
        found = [np.empty((3, 0))]
        for start in range(0, len(corners), BLOCK):
            block, rest = corners[start : start + BLOCK, None], corners[None, start:]
            low, high = np.maximum(block[..., :2], rest[..., :2]), np.minimum(block[..., 2:], rest[..., 2:])
            both = np.maximum(high - low, 0).prod(axis=2)
            likeness = both / (area[start : start + BLOCK, None] + area[None, start:] - both)
            one, other = np.nonzero(likeness >= least)
            upper = one < other
            one, other = one[upper], other[upper]
            found.append(np.stack([one + start, other + start, likeness[one, other]]))
        pairs = np.concatenate(found, axis=1)
        return Alike(pairs[0].astype(np.int64), pairs[1].astype(np.int64), pairs[2])

    def compose(self, groups: Sequence[Sequence[Shape]], workers: Sequence[Sequence[int]]) -> Sequence[Shape]:
        """The mean of the corners, each worker's weighed by how near they usually are to the medians."""
        corners = [corners_of(each) for each in groups]
        weights = weights_of(corners, workers)
        found = []
        for own, people in zip(corners, workers, strict=True):
            left, top, right, bottom = np.average(own, axis=0, weights=weights[list(people)]).tolist()
            sides = (left, top, right - left, bottom - top)
            found.append(tuple(round(each, DIGITS) for each in sides))
        return found


def corners_of(shapes: Sequence[Shape]) -> Array:
    """Left, top, right and bottom of boxes, a row for each."""
    boxes = np.array(shapes, dtype=float).reshape(-1, 4)
    return np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])


def weights_of(groups: Sequence[Array], workers: Sequence[Sequence[int]]) -> Array:
    """What each worker's corners weigh: the inverse of how far off they are, squared, by groups of three and more."""
    size = 1 + max((max(people) for people in workers), default=0)
    squared, drawn = np.full(size, WORTH * USUAL**2), np.full(size, WORTH)
    for own, people in zip(groups, workers, strict=True):
        if len(own) < 3:
            continue
        median = np.median(own, axis=0)
        sides = np.tile(np.maximum(median[2:] - median[:2], 1e-6), 2)
        off = (((own - median) / sides) ** 2).mean(axis=1)
        np.add.at(squared, list(people), np.minimum(off, 1.0))
        np.add.at(drawn, list(people), 1.0)
    weights: Array = 1 / (squared / drawn + NEAREST**2)
    return weights
