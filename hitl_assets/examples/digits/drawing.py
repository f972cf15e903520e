"""Pictures of single digits: scikit-learn's handwriting (8 x 8 pixels each, 1,797 by 43 people), in ink on paper.

Where a digit lies, how large it is, its ink and its paper vary from picture to picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# In pixels: the picture's sides, and those of the digit.
SIDE, SMALLEST, LARGEST = 48, 38, 44
# In load_digits an ink of 16 is the darkest.
DARKEST = 16


@dataclass(frozen=True)
class Drawing:
    """A picture as a PNG, and the digit in it."""

    png: bytes
    digit: str


def draw(seed: int, number: int) -> Drawing:
    """The picture with a number, from 1 on: always the same one for the same seed. No digit comes twice before all of
    them came."""
    from PIL import Image

    handwriting, digits = load()
    chosen = order(seed, len(digits))[(number - 1) % len(digits)]
    random = Random(f"{seed}/{number}")  # noqa: S311  # a drawing keeps no secret
    size = random.randint(SMALLEST, LARGEST)
    paper = random.randint(225, 245), random.randint(225, 240), random.randint(205, 225)
    ink = random.randint(10, 50), random.randint(10, 50), random.randint(50, 110)
    strokes = Image.fromarray((handwriting[chosen] / DARKEST * 255).astype("uint8"))
    strokes = strokes.resize((size, size), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", (SIDE, SIDE), paper)
    corner = random.randint(0, SIDE - size), random.randint(0, SIDE - size)
    picture.paste(Image.new("RGB", (size, size), ink), corner, strokes)
    out = BytesIO()
    picture.save(out, "PNG")
    return Drawing(out.getvalue(), digits[chosen])


@cache
def load() -> "tuple[np.ndarray, Sequence[str]]":
    """All the handwriting, and what each is."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return found.images, [str(digit) for digit in found.target]


@cache
def order(seed: int, count: int) -> Sequence[int]:
    """In which order digits are drawn."""
    places = list(range(count))
    Random(f"order {seed}").shuffle(places)  # noqa: S311
    return places
