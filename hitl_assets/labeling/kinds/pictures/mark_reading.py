"""Reading marks in a picture: our own form and that of Toloka's `field.image-annotation`, with named complaints."""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.kinds.parts.reading import read_class, read_each
from hitl_assets.labeling.values.values import BadValueError

# Nobody draws more, and nobody waits for what can be made of more.
MOST_MARKS, MOST_NUMBERS = 500, 20_000
# Shares that were rounded before they were added, or a line on the picture's edge.
SLACK = 0.001
# Numbers are kept to so many digits: a thousandth of a pixel.
DIGITS = 6

Shape = tuple[float, ...]


def read_marks(
    value: Any, classes: Sequence[str], read_shape: Callable[[Mapping[str, Any]], Shape]
) -> list[tuple[str, Shape]]:
    """Class and shape of each mark.

    Raises:
        BadValueError: something is wrong with one of them, by its number.
    """
    found = read_each(value, "mark", MOST_MARKS, lambda mark: (read_class(mark, classes), read_shape(mark)))
    if sum(len(shape) for _, shape in found) > MOST_NUMBERS:
        raise BadValueError(f"the outlines have more than {MOST_NUMBERS // 2} points")
    return found


def read_number(at: Any, name: str) -> float:
    """A number of a mark."""
    value = at.get(name) if isinstance(at, Mapping) else None
    return check_number(value, name)


def check_number(value: Any, name: str) -> float:
    """A finite number, as it came in JSON; toloka-kit reads one as Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise BadValueError(f"has a {name} that is no number: {value!r:.40}")
    return float(value)


def check_inside(numbers: Sequence[float]) -> Shape:
    """Shares of the picture's sides, rounded. What is a hair outside ends at its edge."""
    if any(not -SLACK <= each <= 1 + SLACK for each in numbers):
        raise BadValueError("reaches outside of the picture: its numbers are shares of its width and height, 0 to 1")
    return tuple(round(min(max(each, 0.0), 1.0), DIGITS) for each in numbers)
