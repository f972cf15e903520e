"""The caps."""

from decimal import Decimal

import pytest

from hitl_assets.labeling.budget import Funds, OverBudgetError, check_budget
from hitl_assets.labeling.project import Budget
from hitl_assets.labeling.records import Estimate

BUDGET = Budget(per_batch=Decimal(10), per_project=Decimal(25))


def estimate(maximum: str) -> Estimate:
    """A plan that may cost this much."""
    return Estimate(tasks=40, suites=30, answers=120, minimum=Decimal(1), maximum=Decimal(maximum))


def funds(balance: str = "100", committed: str = "0", reserved: str = "0") -> Funds:
    """What is there."""
    return Funds(Decimal(balance), Decimal(committed), Decimal(reserved))


@pytest.mark.parametrize(
    "there", [funds(), funds(balance="10"), funds(committed="15"), funds(balance="30", reserved="20")]
)
def test_a_cap_may_be_reached(there: Funds) -> None:
    """Each of them, to the cent."""
    check_budget(estimate("10"), BUDGET, there)


@pytest.mark.parametrize(
    ("maximum", "there", "numbers"),
    [
        ("10.0001", funds(), ["10.0001", "30 suites", "budget.per_batch is 10"]),
        ("9.5", funds(committed="15.5001"), ["9.5", "15.5001", "budget.per_project is 25"]),
        ("9.5", funds(balance="20", reserved="10.5001"), ["9.5", "balance is 20", "10.5001"]),
        ("9.5", funds(balance="0"), ["9.5", "balance is 0"]),
    ],
)
def test_what_could_pass_a_cap_is_refused_with_the_numbers(maximum: str, there: Funds, numbers: list[str]) -> None:
    """By a hundredth of a cent is too much; and nothing is open."""
    with pytest.raises(OverBudgetError) as refused:
        check_budget(estimate(maximum), BUDGET, there)
    assert [number for number in numbers if number not in str(refused.value)] == []
    assert "materialize pools again. Nothing is open." in str(refused.value)


def test_the_maximum_counts() -> None:
    """What a batch costs at least may be far below a cap that it could pass."""
    plan = Estimate(tasks=40, suites=30, answers=120, minimum=Decimal("0.01"), maximum=Decimal(11))
    with pytest.raises(OverBudgetError):
        check_budget(plan, BUDGET, funds())
