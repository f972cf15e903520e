"""What is in the drawn pictures, as people answer it: the key by which simulated people work and labels are judged."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hitl_assets.examples.orchard.drawing import HEIGHT, WIDTH, Drawing, draw

# Golden tasks are other pictures, always the same ones.
GOLDEN_REPO, GOLDEN_SEED, GOLDEN = "orchard_golden", 1, 6


def draw_all(seed: int, count: int) -> Mapping[str, Drawing]:
    """So many pictures by the names of their files."""
    return {f"tree_{number:03}.png": draw(seed, number) for number in range(1, count + 1)}


def boxes_of(drawing: Drawing) -> Sequence[Mapping[str, Any]]:
    """A box around each fruit, in shares of the picture's sides."""
    found = []
    for fruit in drawing.fruit:
        left, top, right, bottom = fruit.box
        sides = left / WIDTH, top / HEIGHT, (right - left) / WIDTH, (bottom - top) / HEIGHT
        numbers = dict(zip(("left", "top", "width", "height"), (round(side, 6) for side in sides), strict=True))
        found.append({"shape": "rectangle", "label": fruit.name, **numbers})
    return found


def golden_rows() -> Sequence[tuple[str, str]]:
    """The golden tasks: where each picture is, and its boxes as JSON."""
    drawn = draw_all(GOLDEN_SEED, GOLDEN)
    return [(f"{GOLDEN_REPO}@master:/{name}", json.dumps(boxes_of(drawing))) for name, drawing in drawn.items()]
