"""Marks in pictures, drawn for who looks at a batch."""

import base64

import dagster as dg
import pytest

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.records import Label
from hitl_assets.reports.drawings import drawings

KIND = Boxes("marks", {"type": "json"}, ("apple $x$", "pear"))
CELL = KIND.cell([{"class": "apple $x$", "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}])
LABEL = Label("k", {"image": "https://example.com/$a$.png"}, CELL, 0.6, {CELL: 2, "[]": 1}, ("a", "b"), "7",
              part_confidences=(0.6,))  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 5, 20])
def test_the_least_sure_labels_are_drawn(count: int) -> None:
    """As a picture in Markdown, which Dagster's UI shows; whatever characters names have."""
    (drawn,) = drawings([LABEL] * count, KIND).values()
    assert isinstance(drawn, dg.MarkdownMetadataValue)
    start, _, content = drawn.md_str.partition("(data:image/png;base64,")
    assert start == "![the least sure labels, and the votes in grey]"
    assert base64.b64decode(content.removesuffix(")")).startswith(b"\x89PNG")
    assert len(content) < 200_000


def test_there_is_nothing_to_draw_of_other_labels() -> None:
    """Nor of pictures in which nobody saw anything."""
    nothing = Label("k", {"image": "a"}, "[]", 1.0, {"[]": 3}, (), "7")
    assert drawings([nothing], KIND) == {}
    assert drawings([LABEL], Class("marks", {"type": "string"})) == {}
