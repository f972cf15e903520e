"""Boxes and outlines: pictures with things in them, and how people mark these: shifted, too large, missed, invented."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CLASSES = ("apple", "pear", "plum")
Say = Callable[[Any, str, np.random.Generator], Any]


@dataclass(frozen=True)
class Care:
    """How a worker marks: how far off (a share of the thing's sides), by how much too large, and how often a thing is
    missed, taken for another, or invented (for each picture)."""

    blur: float
    surplus: float
    misses: float
    mistakes: float
    invents: float


CARES: Mapping[str, Care] = {
    "careful": Care(0.03, 0.0, 0.03, 0.01, 0.02),
    "sloppy": Care(0.07, 0.05, 0.1, 0.05, 0.15),
    "lazy": Care(0.09, 0.1, 0.3, 0.06, 0.1),
}


def draw_things(chance: np.random.Generator) -> list[tuple[str, tuple[float, float, float, float]]]:
    """One to seven things (class; left, top, width, height), of which hardly any two overlap."""
    found: list[tuple[str, tuple[float, float, float, float]]] = []
    for _ in range(int(chance.integers(1, 8))):
        width, height = chance.uniform(0.06, 0.22, 2)
        left, top = float(chance.uniform(0, 1 - width)), float(chance.uniform(0, 1 - height))
        box = (left, top, float(width), float(height))
        if all(overlap(box, other) < 0.2 for _, other in found):
            found.append((str(chance.choice(CLASSES)), box))
    return found


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """What two boxes both cover as a share of what either covers."""
    sides = [max(0.0, min(one[at] + one[at + 2], other[at] + other[at + 2]) - max(one[at], other[at])) for at in (0, 1)]
    both = sides[0] * sides[1]
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def box_of(name: str, box: Sequence[float]) -> dict[str, Any]:
    """A box as it is answered, cut at the picture's edges."""
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(1.0, box[0] + box[2]), min(1.0, box[1] + box[3])
    return {
        "class": name,
        "left": left,
        "top": top,
        "width": max(right - left, 0.01),
        "height": max(bottom - top, 0.01),
    }


def say_boxes(true: Sequence[Mapping[str, Any]], sort: str, chance: np.random.Generator) -> list[dict[str, Any]]:
    """The boxes that a worker draws."""
    if sort == "random":
        # Whoever wants to be done draws one box and goes on.
        return [box_of(*draw_things(chance)[0])]
    care = CARES[sort]
    drawn = []
    for mark in true:
        if chance.random() < care.misses:
            continue
        name = str(chance.choice(CLASSES)) if chance.random() < care.mistakes else mark["class"]
        off = chance.normal(0, care.blur, 4) + care.surplus * np.array([-1, -1, 1, 1])
        sides = np.array([mark["width"], mark["height"]] * 2)
        left, top, right, bottom = off * sides + [
            mark["left"], mark["top"], mark["left"] + mark["width"], mark["top"] + mark["height"],
        ]  # fmt: skip
        drawn.append(box_of(name, (left, top, max(right - left, 0.01), max(bottom - top, 0.01))))
    if chance.random() < care.invents:
        drawn.append(box_of(*draw_things(chance)[0]))
    return [each for each in drawn if each["left"] < 0.99 and each["top"] < 0.99]


def outline_of(name: str, box: Sequence[float], chance: np.random.Generator, blur: float = 0.0) -> dict[str, Any]:
    """A thing that fills a box: a rounded outline, each point off by so much."""
    left, top, width, height = box
    points = []
    for place in range(16):
        angle, far = 2 * math.pi * place / 16, 1 + chance.normal(0, blur) if blur else 1.0
        x = left + width / 2 * (1 + far * math.cos(angle))
        y = top + height / 2 * (1 + far * math.sin(angle))
        points.append([min(1.0, max(0.0, float(x))), min(1.0, max(0.0, float(y)))])
    return {"class": name, "points": points}


def say_outlines(true: Sequence[Mapping[str, Any]], sort: str, chance: np.random.Generator) -> list[dict[str, Any]]:
    """The outlines that a worker draws: around boxes that are drawn as boxes are, with a shaking hand."""
    boxes = say_boxes([around(each) for each in true], sort, chance)
    blur = CARES[sort].blur if sort != "random" else 0.1
    return [
        outline_of(each["class"], [each[s] for s in ("left", "top", "width", "height")], chance, blur) for each in boxes
    ]


def around(mark: Mapping[str, Any]) -> dict[str, Any]:
    """The box around an outline."""
    low, high = np.min(mark["points"], axis=0).tolist(), np.max(mark["points"], axis=0).tolist()
    return box_of(mark["class"], (*low, high[0] - low[0], high[1] - low[1]))
