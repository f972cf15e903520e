"""Areas in pictures that people draw: made up, and as another hand draws the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.crowd.chance import between, chance, normal, pick

# By how much somebody is off who is usually right (of a box or outline: of three of its own sides, else of the
# picture's), by how much more who is never, and how far off is who misplaces something.
HAND, CARE, CARELESS = 0.008, 0.05, 0.2
# A small outline crosses itself if its points shake that much: then it is drawn by a steadier hand.
STEADIER = (1, 1 / 4, 1 / 16, 1 / 64)
# How often whoever errs about one of several areas misses another one, too; and by how much too large some are drawn.
ALSO, LARGER = 0.15, (1.4, 1.8)
# What is left of an area at least.
LEAST = 0.3
MOST_AREAS = 3
# Where any shape may be drawn, most people draw rectangles.
SHAPES = ("rectangle", "rectangle", "polygon")
# What is a place, and what an extent, in all formats that are drawn in here: shares of the picture, 0 to 1.
PLACES, EXTENTS = ("left", "top", "x", "y"), ("width", "height")


def draw_regions(traits: Mapping[str, Any], seed: int, *name: object) -> list[dict[str, Any]]:
    """One to three areas somewhere in a picture."""
    shapes, labels = traits.get("shapes") or SHAPES, traits.get("labels") or ()
    drawn = []
    for number in range(1 + int(chance(seed, *name, "areas") * MOST_AREAS)):
        of_area = (*name, number)
        left, top = between(0.02, 0.6, seed, *of_area, "left"), between(0.02, 0.6, seed, *of_area, "top")
        width, height = between(0.1, 0.35, seed, *of_area, "width"), between(0.1, 0.35, seed, *of_area, "height")
        box = (round(left, 4), round(top, 4), round(width, 4), round(height, 4))
        area = (_old_area if traits.get("is_classic") else _area)(pick(shapes, seed, *of_area, "shape"), box)
        drawn.append({**area, "label": pick(labels, seed, *of_area, "label")} if labels else area)
    return drawn


def hands(accuracy: float) -> tuple[float, ...]:
    """How far off somebody draws who is so often right; then more steadily, where that can't be handed in."""
    return tuple((HAND + CARE * (1 - accuracy)) * each for each in STEADIER)


def areas_of(marks: Any) -> Any:
    """Marks of an answer key as Template Builder writes them; what is no list of marks with a class stays."""
    if not isinstance(marks, list) or not all(isinstance(mark, Mapping) for mark in marks):
        return marks
    return [_area_of(mark) if "class" in mark and "shape" not in mark else mark for mark in marks]


def _area_of(mark: Mapping[str, Any]) -> dict[str, Any]:
    area = {name: value for name, value in mark.items() if name != "class"}
    points = area.get("points")
    if not isinstance(points, list):
        return {"shape": "rectangle", **area, "label": mark["class"]}
    named = [{"left": at[0], "top": at[1]} if isinstance(at, list) and len(at) == 2 else at for at in points]
    return {"shape": "polygon", **area, "points": named, "label": mark["class"]}


def redraw(regions: Any, spread: float, seed: int, *name: object) -> Any:
    """The same areas by another hand: every number moved a little, and still within the picture."""
    if isinstance(regions, list):
        return [redraw(item, spread, seed, *name, number) for number, item in enumerate(regions)]
    if not isinstance(regions, Mapping):
        return regions
    if _is_outline(regions.get("points")):
        return {**regions, "points": _reoutline(regions["points"], spread, seed, *name)}
    moved = {key: redraw(value, spread, seed, *name, key) for key, value in regions.items()}
    for key, value in moved.items():
        if not _is_number(value) or key not in PLACES + EXTENTS:
            continue
        shift = spread * normal(seed, *name, key)
        # An extent changes by its share, and a box moves by that, too: a small area stays one.
        extent = regions.get({"left": "width", "top": "height"}.get(key, ""))
        by = 3 * extent * shift if _is_number(extent) else shift
        place = value + by if key in PLACES else value * max(LEAST, 1 + 3 * shift)
        moved[key] = round(min(max(place, 0.0 if key in PLACES else 0.001), 1.0), 4)
    for edge, extent in zip(("left", "top"), EXTENTS, strict=True):
        if edge in moved and extent in moved:
            moved[edge] = round(min(moved[edge], 1 - LEAST * moved[extent]), 4)
            moved[extent] = round(max(min(moved[extent], 1 - moved[edge]), 0.0), 4)
    return moved


def _reoutline(points: Sequence[Mapping[str, Any]], spread: float, seed: int, *name: object) -> list[dict[str, Any]]:
    """An outline as another hand draws it: shifted as a whole, and each point off by a part of its size."""
    drawn = [dict(point) for point in points]
    for side in ("left", "top"):
        places = [point[side] for point in points]
        size = max(places) - min(places)
        shift = 3 * size * spread * normal(seed, *name, side, "shift")
        for number, point in enumerate(drawn):
            place = point[side] + shift + size * spread * normal(seed, *name, number, side)
            point[side] = round(min(max(place, 0.0), 1.0), 4)
    return drawn


def misdraw(
    regions: Any, traits: Mapping[str, Any], spreads: Sequence[float], seed: int, *name: object
) -> Iterator[Any]:
    """The same areas by somebody who errs: one is missed, is somewhere else, too large, or called otherwise; or there is
    one more. `spreads`: how far off the others are drawn (see `hands`)."""
    if not isinstance(regions, list) or not regions:
        yield draw_regions(traits, seed, *name)
        return
    at = int(chance(seed, *name, "which") * len(regions))
    also = [place for place in range(len(regions)) if place != at and chance(seed, *name, place, "also") < ALSO]
    first, labels = chance(seed, *name, "way"), traits.get("labels") or ()
    shape = regions[at].get("shape", regions[at].get("type")) if isinstance(regions[at], Mapping) else None
    more = draw_regions({**traits, **({"shapes": (shape,)} if shape else {})}, seed, *name, "more")[:1]
    drawings = []
    for spread in spreads:
        drawn = redraw(regions, spread, seed, *name)
        area = drawn[at]
        wrong = [[], [_misplace(area, seed, *name, "careless")], _enlarge(area, seed, *name, "larger")]
        wrong += [call_otherwise([area], 0, labels, seed, *name), [area, *more]]
        drawings.append([
            [one for place, own in enumerate(drawn) if place not in also for one in (way if place == at else [own])]
            for way in wrong
            if way is not None
        ])  # fmt: skip
    ways = list(zip(*drawings, strict=True))
    begin = int(first * len(ways))
    # A steadier hand comes before another mistake.
    yield from (drawing for way in ways[begin:] + ways[:begin] for drawing in way)


def _enlarge(area: Any, seed: int, *name: object) -> list[Any] | None:
    """An area that is drawn with too much around it, as far as the picture goes; None if it is none that can be."""
    by = between(*LARGER, seed, *name)
    points = area.get("points") if isinstance(area, Mapping) else None
    if _is_outline(points):
        middle = {side: sum(point[side] for point in points) / len(points) for side in ("left", "top")}
        room = [
            (edge - middle[side]) / (point[side] - middle[side])
            for point in points
            for side in middle
            for edge in (0, 1)
            if (edge - middle[side]) * (point[side] - middle[side]) > 0
        ]
        by = min([by, *room])
        larger = [{**p, **{s: round(middle[s] + by * (p[s] - middle[s]), 4) for s in middle}} for p in points]
        return [{**area, "points": larger}]
    if not isinstance(area, Mapping) or not all(_is_number(area.get(side)) for side in ("left", "top", *EXTENTS)):
        return None
    larger_box = dict(area)
    for edge, extent in zip(("left", "top"), EXTENTS, strict=True):
        begin = max(0.0, area[edge] - (by - 1) * area[extent] / 2)
        end = min(1.0, area[edge] + (by + 1) * area[extent] / 2)
        larger_box |= {edge: round(begin, 4), extent: round(end - round(begin, 4), 4)}
    return [larger_box]


def _is_outline(points: Any) -> bool:
    return isinstance(points, list) and bool(points) and all(_is_point(point) for point in points)


def _is_point(point: Any) -> bool:
    return isinstance(point, Mapping) and all(_is_number(point.get(side)) for side in ("left", "top"))


def _misplace(area: Any, seed: int, *name: object) -> Any:
    """An area where somebody careless puts it: an outline as a whole, anything else with other extents, too."""
    points = area.get("points") if isinstance(area, Mapping) else None
    if not isinstance(points, list) or not all(isinstance(point, Mapping) for point in points):
        return redraw(area, CARELESS, seed, *name)
    shifts = {}
    for side in ("left", "top"):
        places = [point[side] for point in points if _is_number(point.get(side))] or [0]
        shifts[side] = min(max(CARELESS * normal(seed, *name, side), -min(places)), 1 - max(places))
    moved = [
        {**point, **{side: round(point[side] + by, 4) for side, by in shifts.items() if _is_number(point.get(side))}}
        for point in points
    ]
    return {**area, "points": moved}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _area(shape: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
    left, top, width, height = box
    if shape == "point":
        return {"shape": shape, "left": left, "top": top}
    if shape == "polygon":
        return {"shape": shape, "points": [{"left": x, "top": y} for x, y in _corners(box)]}
    return {"shape": "rectangle", "left": left, "top": top, "width": width, "height": height}


def _old_area(shape: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
    """As interfaces without Template Builder have it."""
    corners = [{"x": x, "y": y} for x, y in _corners(box)]
    if shape == "point":
        return {"type": shape, "data": corners[0]}
    if shape == "polygon":
        return {"type": shape, "data": corners}
    return {"type": "rectangle", "data": {"p1": corners[0], "p2": corners[2]}}


def _corners(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    left, top, width, height = box
    right, bottom = round(left + width, 4), round(top + height, 4)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def call_otherwise(marked: Sequence[Any], at: int, labels: Sequence[str], seed: int, *name: object) -> list[Any] | None:
    """One of what is marked with another label; None if there is no other one."""
    others = [label for label in labels if label != marked[at].get("label")]
    if not others:
        return None
    changed = copy.deepcopy(list(marked))
    changed[at]["label"] = pick(others, seed, *name, "label")
    return changed
