"""Areas in pictures that people draw: made up, and as another hand draws the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.crowd.chance import between, chance, normal, pick

# By how much of the picture's side two careful people differ, and by how much a careless one is off.
HAND, CARELESS = 0.01, 0.2
# A small outline crosses itself if its points shake that much: then it is drawn by a steadier hand.
HANDS = (HAND, HAND / 4, HAND / 16)
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


def redraw(regions: Any, spread: float, seed: int, *name: object) -> Any:
    """The same areas by another hand: every number moved a little, and still within the picture."""
    if isinstance(regions, list):
        return [redraw(item, spread, seed, *name, number) for number, item in enumerate(regions)]
    if not isinstance(regions, Mapping):
        return regions
    moved = {key: redraw(value, spread, seed, *name, key) for key, value in regions.items()}
    for key, value in moved.items():
        if not _is_number(value) or key not in PLACES + EXTENTS:
            continue
        shift = spread * normal(seed, *name, key)
        # An extent changes by its share: a small area stays one.
        place = value + shift if key in PLACES else value * (1 + shift)
        moved[key] = round(min(max(place, 0.0 if key in PLACES else 0.001), 1.0), 4)
    for edge, extent in zip(("left", "top"), EXTENTS, strict=True):
        if edge in moved and extent in moved:
            moved[extent] = round(max(min(moved[extent], 1 - moved[edge]), 0.0), 4)
    return moved


def misdraw(regions: Any, traits: Mapping[str, Any], seed: int, *name: object) -> Iterator[Any]:
    """The same areas by somebody who is careless: one is missed, or is somewhere else, or is called otherwise."""
    if not isinstance(regions, list) or not regions:
        yield draw_regions(traits, seed, *name)
        return
    at, labels = int(chance(seed, *name, "which") * len(regions)), traits.get("labels") or ()
    first = chance(seed, *name, "way")
    for hand in HANDS:
        drawn = redraw(regions, hand, seed, *name)
        missed = drawn[:at] + drawn[at + 1 :]
        moved = [*drawn[:at], _misplace(drawn[at], seed, *name, "careless"), *drawn[at + 1 :]]
        ways = [way for way in (missed, moved, call_otherwise(drawn, at, labels, seed, *name)) if way]
        begin = int(first * len(ways))
        yield from ways[begin:] + ways[:begin]


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


def call_otherwise(marked: Sequence[Any], at: int, labels: Sequence[str], seed: int, *name: object) -> list[Any]:
    """One of what is marked with another label; nothing if there is no other one."""
    others = [label for label in labels if label != marked[at].get("label")]
    if not others:
        return []
    changed = copy.deepcopy(list(marked))
    changed[at]["label"] = pick(others, seed, *name, "label")
    return changed
