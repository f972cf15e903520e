"""What `hitl status` prints of batches, however wide the terminal is."""

import pytest
from rich.console import Console

from hitl_assets.local.status.rejections import Rejection
from hitl_assets.local.status.screen import draw_batches
from hitl_assets.local.status.standing import Standing

LATE = 3 * 86400.0
BATCH = Standing(
    "2026-11-30T230215Z-a96dbd17", "partial", "MANUAL; 32 items lack answers", since=0.0, items=1200, answers=4000,
    answers_planned=6000, planned=234.56, cap=500.0, spent=156.0, labels=1168, confidence=0.966,
    title="2026-11-30 23:02 headlines-tuesday... a96dbd17",
)  # fmt: skip


def draw(width: int) -> str:
    """The table of one batch."""
    console = Console(width=width)
    with console.capture() as capture:
        console.print(draw_batches([BATCH], LATE, width))
    return capture.get()


@pytest.mark.parametrize("width", [80, 100, 110, 120, 130, 140, 150, 160, 200])
def test_where_a_batch_stands_has_room_at_every_width(width: int) -> None:
    """Other columns come when there is room for them beside it, and no number is cut."""
    drawn = draw(width)
    for text in ("ended early", "a96dbd17", "1200", "234.56", "156.00", "0.1336"):
        assert text in drawn


def test_a_wide_terminal_shows_the_first_file() -> None:
    """That is how people know a batch."""
    assert "headlines-tuesday" in draw(130)


@pytest.mark.parametrize(("count", "told"), [(1, "1 row put aside."), (2, "2 rows put aside.")])
def test_one_row_is_a_row(count: int, told: str) -> None:
    """It is read by people."""
    assert str(Rejection(count, "rows", "repo@master:/b/rejected.csv", ())).startswith(told)
