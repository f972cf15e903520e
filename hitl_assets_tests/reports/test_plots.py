"""Plots: small pictures, whatever the names in them."""

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import dagster as dg
import pytest
from PIL import Image

from hitl_assets.reports import plots

# An event is kept for ever, and a page shows a hundred of them.
LARGEST = 16_000
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
HOSTILE = ("$x^{", "\\frac{1}{2}", "<b>", "x" * 1000, "\ud83c", "🍐", "a\nb", "\0")


def content(drawn: dg.MarkdownMetadataValue) -> bytes:
    """The picture in a piece of Markdown, which holds nothing else."""
    head, data = (drawn.md_str or "").removesuffix(")").split("](data:image/png;base64,")
    assert head.startswith("![")
    return base64.b64decode(data, validate=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.answers_over_time([START + timedelta(minutes=n) for n in range(5000)]),
        lambda: plots.confidences([n / 5000 for n in range(5000)]),
        lambda: plots.balance({f"label {n}": n for n in range(1000)}, "rows"),
        lambda: plots.balance(dict.fromkeys(HOSTILE, 1), "rows"),
        lambda: plots.balance({"only": 1}, "rows"),
        lambda: plots.balance({"W" * 24: 5_000_000}, "rows"),
        lambda: plots.confidences([0.97] * 2_000_000),
        lambda: plots.calibration([0.5, 0.99], [0.4, 1.0]),
    ],
    ids=[
        "answers", "confidences", "many labels", "hostile labels", "one label", "wide label", "millions", "calibration",
    ],
)  # fmt: skip
def test_a_plot_is_a_small_png(draw: Callable[[], dg.MarkdownMetadataValue]) -> None:
    """Thousands of points or labels don't make it larger, and nothing of it is cut off: its edge is white."""
    picture = content(draw())
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < LARGEST
    pixels = Image.open(io.BytesIO(picture)).convert("RGB")
    width, height = pixels.size
    for edge in ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height)):
        assert pixels.crop(edge).getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize(
    ("seconds", "unit"), [(0, "seconds"), (7, "seconds"), (3600, "minutes"), (7200, "hours"), (7 * 86400, "days")]
)
def test_time_is_drawn_in_a_unit_that_can_be_read(seconds: float, unit: str) -> None:
    """A simulated crowd is done in seconds: thousandths of an hour would overlap on the axis."""
    assert plots.unit_of(seconds)[0] == unit
