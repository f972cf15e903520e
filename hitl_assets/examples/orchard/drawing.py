"""Drawn pictures of fruit trees: whoever draws them knows each fruit's class, box and outline.

Fruit hangs alone, before leaves and behind them, light and in the shade, and now and then over the edge of another one.
What leaves hide of a fruit belongs to it: people see where it goes on.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]

# In pixels. Fruit is drawn twice as large and then made smaller: its edges are smooth.
WIDTH, HEIGHT, SCALE = 480, 360, 2
CLASSES = ("apple", "pear", "plum")
COLORS = {"apple": (196, 48, 40), "pear": (198, 188, 66), "plum": (92, 52, 124)}
# Clouds, evening, sun.
SKIES = ((178, 184, 190), (232, 176, 132), (146, 196, 232))
FEWEST, MOST = 1, 7
# Of the smaller fruit: so much of two may lie over each other.
MOST_OVERLAP = 0.25
CORNERS = 40


@dataclass(frozen=True)
class Fruit:
    """A fruit in a picture: its class, and its outline in pixels."""

    name: str
    outline: Sequence[Point]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, in pixels."""
        xs, ys = zip(*self.outline, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Drawing:
    """A picture as a PNG, and the fruit in it."""

    png: bytes
    fruit: Sequence[Fruit]


def draw(seed: int, number: int) -> Drawing:
    """The picture with a number: always the same one for the same seed."""
    from PIL import Image, ImageDraw

    random = Random(f"{seed}/{number}")  # noqa: S311  # a drawing keeps no secret
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), random.choice(SKIES))
    pen = ImageDraw.Draw(image)
    draw_tree(pen, random)
    fruit = list(hang(random, random.randint(FEWEST, MOST)))
    for each in fruit:
        draw_fruit(pen, each, random)
        if random.random() < 0.4:
            draw_leaf(pen, random, *centre_of(each), size=14)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.quantize(128).save(out, "PNG", optimize=True)
    return Drawing(out.getvalue(), fruit)


def hang(random: Random, count: int) -> Iterator[Fruit]:
    """So many fruit, hardly any of them over another one."""
    boxes: list[tuple[float, float, float, float]] = []
    for _ in range(20 * count):
        found = shape(random.choice(CLASSES), random)
        if len(boxes) < count and all(overlap(found.box, box) <= MOST_OVERLAP for box in boxes):
            boxes.append(found.box)
            yield found


def shape(name: str, random: Random) -> Fruit:
    """A fruit somewhere in the picture: an apple is round, a plum longer, a pear has a neck."""
    size = random.uniform(18, 42)
    tilt = random.uniform(-0.4, 0.4)
    x, y = random.uniform(size * 1.4, WIDTH - size * 1.4), random.uniform(size * 1.4, HEIGHT - size * 1.4)

    def corner(turn: float) -> Point:
        across, down = math.cos(turn), math.sin(turn)
        if name == "plum":
            across, down = across * 0.72, down
        if name == "pear":
            across, down = across * (0.8 if down > 0 else 0.8 - 0.42 * -down), down * (0.95 if down > 0 else 1.3)
        turned = across * math.cos(tilt) - down * math.sin(tilt), across * math.sin(tilt) + down * math.cos(tilt)
        return round(x + size * turned[0], 2), round(y + size * turned[1], 2)

    return Fruit(name, [corner(2 * math.pi * step / CORNERS) for step in range(CORNERS)])


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Which share of the smaller box the other one covers."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return max(0.0, width) * max(0.0, height) / min(areas)


def draw_tree(pen: "ImageDraw", random: Random) -> None:
    """The ground, a trunk, branches and leaves."""
    wide, high = WIDTH * SCALE, HEIGHT * SCALE
    pen.rectangle((0, high * 0.88, wide, high), fill=(112, 138, 74))
    trunk = wide * random.uniform(0.35, 0.65)
    pen.polygon([(trunk - 40, high), (trunk + 40, high), (trunk + 18, 0), (trunk - 18, 0)], fill=(98, 74, 54))
    for _ in range(7):
        y, end = high * random.uniform(0.05, 0.8), (random.uniform(0, wide), high * random.uniform(0, 0.8))
        pen.line([(trunk, y), end], fill=(98, 74, 54), width=random.randint(6, 14))
    for _ in range(160):
        draw_leaf(pen, random, random.uniform(0, WIDTH), random.uniform(0, HEIGHT * 0.9), size=random.uniform(8, 20))


def draw_leaf(pen: "ImageDraw", random: Random, x: float, y: float, size: float) -> None:
    """A leaf with its middle at a place in the picture."""
    turn, green = random.uniform(0, math.pi), random.randint(90, 150)
    along = math.cos(turn) * size * SCALE, math.sin(turn) * size * SCALE
    aside = -along[1] * 0.35, along[0] * 0.35
    x, y = x * SCALE, y * SCALE
    corners = [(x - along[0], y - along[1]), (x + aside[0], y + aside[1])]
    corners += [(x + along[0], y + along[1]), (x - aside[0], y - aside[1])]
    pen.polygon(corners, fill=(green - 50, green, green - 60))


def draw_fruit(pen: "ImageDraw", fruit: Fruit, random: Random) -> None:
    """A fruit with its stem, and where the light falls on it."""
    shade = random.uniform(0.72, 1.08)
    color = tuple(min(255, int(part * shade)) for part in COLORS[fruit.name])
    pen.polygon([(x * SCALE, y * SCALE) for x, y in fruit.outline], fill=color, outline=tuple(c // 2 for c in color))
    left, top, right, bottom = (side * SCALE for side in fruit.box)
    width, height = right - left, bottom - top
    pen.line([((left + right) / 2, top + 4), ((left + right) / 2 + 4, top - 12)], fill=(70, 52, 38), width=5)
    light = tuple(min(255, part + 60) for part in color)
    pen.ellipse((left + width * 0.25, top + height * 0.5, left + width * 0.42, top + height * 0.66), fill=light)


def centre_of(fruit: Fruit) -> Point:
    """A place on a fruit, near its upper edge."""
    left, top, right, _ = fruit.box
    return (left + right) / 2, top + 4
