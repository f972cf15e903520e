"""What is in the pictures, as people answer it: the key by which simulated people work and labels are judged."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hitl_assets.examples.digits.drawing import Drawing, draw

SEED = 1
# Golden tasks are the first of each digit from a number on, so that no batch of before that has them.
GOLDEN_REPO, GOLDEN_FIRST, GOLDEN_EACH = "digits_golden", 1601, 3
DIGITS = tuple("0123456789")


def draw_all(first: int, count: int) -> Mapping[str, Drawing]:
    """So many pictures from a number on (1 is the first), by the names of their files."""
    return {f"digit_{number:04}.png": draw(SEED, number) for number in range(first, first + count)}


def draw_golden() -> Mapping[str, Drawing]:
    """The pictures of the golden tasks."""
    found: dict[str, Drawing] = {}
    seen: Counter[str] = Counter()
    number = GOLDEN_FIRST
    while len(found) < len(DIGITS) * GOLDEN_EACH:
        drawn = draw(SEED, number)
        if seen[drawn.digit] < GOLDEN_EACH:
            seen[drawn.digit] += 1
            found[f"digit_{number:04}.png"] = drawn
        number += 1
    return found


def golden_rows() -> Sequence[tuple[str, str]]:
    """The golden tasks: where each picture is, and its digit."""
    return [(f"{GOLDEN_REPO}@master:/{name}", each.digit) for name, each in draw_golden().items()]
