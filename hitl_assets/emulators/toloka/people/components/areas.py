"""Areas in a picture as Template Builder writes them, and what is wrong with some: shares of its sides, 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hitl_assets.emulators.toloka.people.components.values import as_text

SHAPES = ("rectangle", "polygon", "point")
LEAST_POINTS = 3
# Outlines are compared edge by edge: more than that nobody draws, and nobody waits for.
MOST_POINTS, MOST_POINTS_IN_ALL, MOST_AREAS = 500, 10_000, 1000
# Of two shares that were rounded before they were added.
SLACK = 1e-6

Point = tuple[float, float]


class BadAreaError(ValueError):
    """Says what is wrong with an area, as the rest of a sentence about it."""


def complain_of_areas(value: Any, shapes: Sequence[str], labels: Sequence[str]) -> str | None:
    """What is wrong with a list of areas, None if nothing is.

    Args:
        value: what was handed in.
        shapes: those that may be drawn.
        labels: the values that an area's label may have; without any, it may have none or any.
    """
    if not isinstance(value, list):
        return "This is no list of areas."
    if len(value) > MOST_AREAS:
        return f"These are more than {MOST_AREAS} areas."
    total = 0
    for number, area in enumerate(value, 1):
        try:
            total += _check(area, shapes, labels)
        except BadAreaError as error:
            return f"Area {number} {error}."
    return f"These outlines have more than {MOST_POINTS_IN_ALL} points." if total > MOST_POINTS_IN_ALL else None


def check_label(marked: Mapping[str, Any], labels: Sequence[str]) -> str | None:
    """What is wrong with the label of an area or a piece of text, as the rest of a sentence about it."""
    if not labels or marked.get("label") in labels:
        return None
    if marked.get("label") is None:
        return "has no label"
    return f"has the label {as_text(marked['label'])[:100]}, which is none of {', '.join(labels)}"


def _check(area: Any, shapes: Sequence[str], labels: Sequence[str]) -> int:
    """The number of an area's points. BadAreaError if it is none."""
    shape = area.get("shape") if isinstance(area, Mapping) else None
    if shape not in shapes:
        raise BadAreaError(f"has no shape that can be drawn here: {', '.join(shapes)}")
    points = _points_of(area)
    if any(not -SLACK <= share <= 1 + SLACK for point in points for share in point):
        raise BadAreaError("reaches outside of the picture")
    if shape == "rectangle" and (area["width"] <= 0 or area["height"] <= 0):
        raise BadAreaError("has no size")
    if shape == "polygon":
        _check_outline(points)
    wrong = check_label(area, labels)
    if wrong is not None:
        raise BadAreaError(wrong)
    return len(points)


def _points_of(area: Mapping[str, Any]) -> list[Point]:
    if area["shape"] != "polygon":
        left, top = _place(area)
        if area["shape"] == "point":
            return [(left, top)]
        width, height = _number(area, "width"), _number(area, "height")
        return [(left, top), (left + width, top + height)]
    points = area.get("points")
    if not isinstance(points, list) or not all(isinstance(point, Mapping) for point in points):
        raise BadAreaError("has no list of points")
    if len(points) > MOST_POINTS:
        raise BadAreaError(f"has more than {MOST_POINTS} points")
    return [_place(point) for point in points]


def _place(at: Mapping[str, Any]) -> Point:
    return _number(at, "left"), _number(at, "top")


def _number(at: Mapping[str, Any], name: str) -> float:
    value = at.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadAreaError(f"has a {name} that is no number")
    return value


def _check_outline(points: Sequence[Point]) -> None:
    corners = [point for place, point in enumerate(points) if point != points[place - 1]]
    if len(corners) < LEAST_POINTS:
        raise BadAreaError(f"needs at least {LEAST_POINTS} points")
    if crosses_itself(corners):
        raise BadAreaError("has an outline that crosses itself")
    if abs(sum(_turn((0, 0), corners[place - 1], corner) for place, corner in enumerate(corners))) < SLACK**2:
        raise BadAreaError("has no size")


def crosses_itself(corners: Sequence[Point]) -> bool:
    """Whether two edges of an outline that are not neighbours meet."""
    count = len(corners)
    ends = [(corners[place], corners[(place + 1) % count]) for place in range(count)]
    edges = sorted((min(pair), max(pair), place) for place, pair in enumerate(ends))
    for at, (start, end, place) in enumerate(edges):
        # They are in the order of their left ends: what begins beyond this one's right end is out of its reach.
        for other_start, other_end, other in edges[at + 1 :]:
            if other_start[0] > end[0]:
                break
            is_neighbour = (place - other) % count in (1, count - 1)
            if not is_neighbour and _meet(start, end, other_start, other_end):
                return True
    return False


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _turn(a, b, c) * _turn(a, b, d) <= 0 and _turn(c, d, a) * _turn(c, d, b) <= 0


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above 0 if the way from a over b to c turns one way, below 0 if the other way."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
