"""Money as people see it."""

from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.money.amounts import cents, exact
from hitl_assets.local.status.progress import Batch
from hitl_assets.local.status.screen import describe_money
from hitl_assets.local.status.status import Money

NOTHING = dict.fromkeys(("raw_data", "pools", "progress", "raw_answers", "labels", "dataset"))


@pytest.mark.parametrize(
    ("amount", "written"),
    [(6.045, "6.05"), (Decimal("6.045"), "6.05"), (6.044, "6.04"), (0.0, "0.00"), (Decimal(1000), "1000.00")],
)
def test_half_a_cent_is_a_cent(amount: Any, written: str) -> None:
    """As a number and as a decimal: binary has no 6.045."""
    assert cents(amount) == written


def test_the_demo_and_the_status_say_the_same() -> None:
    """They round in one place."""
    answers = {"answers": 600, "workers": 30, "spent": 6.045}
    assert "6.05 USD" in Batch("b", **{**NOTHING, "raw_answers": answers}).answers_text()
    assert "6.05 of 200 spent" in describe_money(Money(6.045, 0.0, 50.0, 200.0))


def test_what_is_refused_is_told_to_all_its_digits() -> None:
    """But without zeros that say nothing."""
    amounts = ("4.8750", "10.0001", "1.1700", "9.5", "4", "100")
    assert [exact(Decimal(each)) for each in amounts] == ["4.875", "10.0001", "1.17", "9.50", "4.00", "100.00"]
