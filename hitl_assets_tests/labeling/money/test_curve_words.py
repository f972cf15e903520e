"""What a curve says to people."""

from decimal import Decimal
from typing import Any

from hitl_assets.labeling.money.budget_curve import Curve, Point
from hitl_assets.labeling.money.curve_words import lines
from hitl_assets_tests.labeling.conftest import Load

CURVE = Curve(
    (Point(1, 1.0, 0.81, 0.7, 0.9, Decimal("0.0300")), Point(3, 2.96, 0.93, 0.85, 0.98, Decimal("0.0888"))), 40, 12
)


def test_a_curve_tells_what_answers_buy_and_what_a_target_costs(load: Load) -> None:
    """And which target cannot be reached; and on what it stands."""
    assert lines(CURVE, load(), 100) == [
        "1 answer each: 81% (70% to 90%) right, 3.00",
        "3 answers each: 93% (85% to 98%) right, 8.88",
        "90% right: 3 answers each, 8.88",
        "95% right: not reached: 93% at most",
        "99% right: not reached: 93% at most",
        "by 40 golden items and 12 labels, known or calibrated",
    ]


def test_without_evidence_it_is_told_what_it_takes(load: Load, attributes: dict[str, Any]) -> None:
    """For the curve, and for labels that are as sure as the project wants them."""
    assert lines(Curve(), load(), 100) == [
        "not known yet: it takes 10 golden items that people answered; earlier batches have 0"
    ]
    attributes["overlap"] = {"confidence": 0.95}
    (line,) = lines(Curve((), 4), load(), 100)
    assert "32 until labels can be sure to 0.95; earlier batches have 4" in line
