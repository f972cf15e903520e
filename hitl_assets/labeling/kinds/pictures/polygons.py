"""`polygons`: a label is outlines of things in a picture. Of several people what half of them cover remains."""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from hitl_assets.labeling.kinds.parts.grouping import Alike
from hitl_assets.labeling.kinds.pictures.mark_reading import DIGITS, Shape, check_inside, check_number, read_number
from hitl_assets.labeling.kinds.pictures.marks import Marks, MarksTerms
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.values.values import BadValueError

if TYPE_CHECKING:
    from shapely import Polygon

# As what nobody draws: an outline of more points, or of less than a ten thousandth of a side squared.
MOST_POINTS, LEAST_AREA = 500, 1e-8
# What is made of several outlines has points where they cross. Those that change it by less than this share of its size
# are left out.
COARSENESS = 0.003
INSTALL = "Outlines need the library shapely: install hitl-assets[vision], or pip install 'shapely>=2'."


class PolygonsTerms(MarksTerms):
    """Outlines of things in a picture."""

    kind: Literal["polygons"] = Field(description="what a label is")


@dataclass(frozen=True)
class Polygons(Marks):
    """Outlines: x and y of each point in turn, in shares of the picture's sides. None has holes."""

    name: ClassVar[str] = "polygons"
    terms: ClassVar[type[LabelTerms]] = PolygonsTerms
    drawn: ClassVar[str] = "polygon"

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Areas of outlines are not computed by ourselves."""
        return super().refuse(spec, terms) or ("" if importlib.util.find_spec("shapely") else INSTALL)

    @classmethod
    def read_shape(cls, mark: Mapping[str, Any]) -> Shape:
        """The points of an outline; a rectangle has four."""
        shape = mark.get("shape", "polygon")
        if shape == "rectangle":
            left, top, width, height = (read_number(mark, side) for side in ("left", "top", "width", "height"))
            points = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
        elif shape == "polygon":
            points = read_points(mark.get("points"))
        else:
            raise BadValueError(f"is no outline, but a {str(shape)[:40]}")
        outline = check_inside([each for point in points for each in point])
        return check_outline(outline)

    def write_shape(self, shape: Shape) -> Mapping[str, Any]:
        """The points in pairs."""
        return {"points": [list(point) for point in points_of(shape)]}

    @classmethod
    def draw(cls, shape: Shape) -> Mapping[str, Any]:
        """An object for each point."""
        return {"points": [{"left": left, "top": top} for left, top in points_of(shape)]}

    def points(self, shape: Shape) -> Sequence[tuple[float, float]]:
        """The points of the outline."""
        return points_of(shape)

    def corner(self, shape: Shape) -> tuple[float, float]:
        """The least of its numbers."""
        return min(shape[1::2]), min(shape[::2])

    @classmethod
    def draft_answer(cls, names: Sequence[str], count: int) -> list[Any]:
        """A triangle for each of the first classes."""
        places = ((0.1 + 0.2 * (place % 4), 0.1 + 0.2 * (place // 4 % 4)) for place in range(count))
        triangles = ((x, y, x + 0.15, y, x + 0.15, y + 0.15) for x, y in places)
        return [
            {"shape": cls.drawn, **cls.draw(tuple(round(each, 2) for each in triangle)), "label": name}
            for name, triangle in zip(names, triangles, strict=False)
        ]

    def find_alike(self, shapes: Sequence[Shape], least: float) -> Alike:
        """By the area of both divided by that of either."""
        return find_alike(tuple(shapes), least)

    def compose(self, groups: Sequence[Sequence[Shape]], workers: Sequence[Sequence[int]]) -> Sequence[Shape]:
        """What half of the outlines of a group cover, or more."""
        return [majority(tuple(each)) for each in groups]


def read_points(points: Any) -> list[tuple[float, float]]:
    """Pairs of numbers, or objects as Toloka has them."""
    if not isinstance(points, list | tuple):
        raise BadValueError("has no list of points")
    if len(points) > MOST_POINTS:
        raise BadValueError(f"has {len(points)} points, more than {MOST_POINTS}")
    found = []
    for point in points:
        if isinstance(point, list | tuple) and len(point) == 2:
            found.append((check_number(point[0], "point"), check_number(point[1], "point")))
        else:
            found.append((read_number(point, "left"), read_number(point, "top")))
    return found


# A batch's labels are decided several times over, to see what the method's word is worth.
remember = lru_cache(maxsize=20_000)


@lru_cache(maxsize=500)
def find_alike(shapes: tuple[Shape, ...], least: float) -> Alike:
    """The pairs of outlines of one picture that are at least so alike."""
    import shapely

    outlines = np.array([polygon_of(shape) for shape in shapes], dtype=object)
    one, other = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    upper = one < other
    one, other = one[upper].astype(np.int64), other[upper].astype(np.int64)
    both = shapely.area(shapely.intersection(outlines[one], outlines[other]))
    area = shapely.area(outlines)
    likeness = both / (area[one] + area[other] - both)
    enough = likeness >= least
    return Alike(one[enough], other[enough], likeness[enough])


@remember
def check_outline(outline: Shape) -> Shape:
    """The outline, its points each once, from the one that is first in reading order on, and all in one direction."""
    points = points_of(outline)
    points = [point for place, point in enumerate(points) if point != points[place - 1]]
    if len(set(points)) < 3:
        raise BadValueError("has no area: an outline needs at least 3 points")
    drawn = polygon_of(tuple(each for point in points for each in point))
    if not drawn.is_valid:
        raise BadValueError("has an outline that crosses itself")
    if drawn.area < LEAST_AREA:
        raise BadValueError("has no area")
    if not drawn.exterior.is_ccw:
        points = points[::-1]
    first = min(range(len(points)), key=lambda place: points[place][::-1])
    return tuple(each for point in points[first:] + points[:first] for each in point)


def points_of(shape: Shape) -> list[tuple[float, float]]:
    """The points of an outline."""
    return list(zip(shape[::2], shape[1::2], strict=True))


@remember
def polygon_of(shape: Shape) -> "Polygon":
    """An outline that shapely knows."""
    from shapely import Polygon

    return Polygon(np.reshape(shape, (-1, 2)))


@remember
def majority(outlines: tuple[Shape, ...]) -> Shape:
    """The outline of what at least half of some outlines cover, exactly: no picture of it is made.

    What at least n of some outlines cover is what n of those before cover, and what n - 1 of those before and this one
    do. Of several pieces the largest one is taken, and without its holes.
    """
    import shapely

    enough = (len(outlines) + 1) // 2
    covered: list[Any] = [shapely.box(0, 0, 1, 1)] + [shapely.Polygon()] * enough
    for each in map(polygon_of, outlines):
        for count in range(enough, 0, -1):
            both = pieces_of(shapely.intersection(covered[count - 1], each))
            covered[count] = shapely.union_all([covered[count], *both])
    for piece in sorted(pieces_of(covered[enough]), key=lambda piece: -piece.area):
        for share in (COARSENESS, 0.0):
            outline = shapely.Polygon(piece.exterior).simplify(share * piece.area**0.5).exterior.coords[:-1]
            try:
                return check_outline(tuple(round(float(each), DIGITS) for point in outline for each in point))
            except BadValueError:  # Rounding made it cross itself, or left nothing of it.
                continue
    return max(outlines, key=lambda each: polygon_of(each).area)


def pieces_of(area: Any) -> list[Any]:
    """The parts of an area, without the lines and points where outlines only touch."""
    import shapely

    return [piece for piece in shapely.get_parts(area) if piece.geom_type == "Polygon" and not piece.is_empty]
