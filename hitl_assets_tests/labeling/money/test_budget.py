"""The caps."""

from decimal import Decimal

import pytest

from hitl_assets.labeling.money.budget import (
    Exposure,
    Funds,
    OverBudgetError,
    cap_of,
    check_budget,
    is_endless,
    must_close,
)
from hitl_assets.labeling.project.declaration import Budget
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


def test_other_pools_of_the_batch_count_against_its_cap() -> None:
    """There should be none; if there is one, it was paid all the same."""
    twice = Funds(Decimal(100), committed=Decimal(4), reserved=Decimal(0), same_batch=Decimal(4))
    check_budget(estimate("6"), BUDGET, twice)
    with pytest.raises(OverBudgetError, match=r"up to 10\.0001 .*4\.00 of it spent already.*per_batch is 10"):
        check_budget(estimate("6.0001"), BUDGET, twice)
    assert cap_of(BUDGET, twice) == Decimal(6)


def test_the_maximum_counts() -> None:
    """What a batch costs at least may be far below a cap that it could pass."""
    plan = Estimate(tasks=40, suites=30, answers=120, minimum=Decimal("0.01"), maximum=Decimal(11))
    with pytest.raises(OverBudgetError):
        check_budget(plan, BUDGET, funds())


def test_a_reserve_stays_on_the_account() -> None:
    """Other work of the team is paid from it."""
    keeping = Budget(per_batch=Decimal(10), per_project=Decimal(25), balance_reserve=Decimal(20))
    check_budget(estimate("10"), keeping, funds(balance="30"))
    with pytest.raises(OverBudgetError, match=r"balance is 29.*balance_reserve keeps 20"):
        check_budget(estimate("10"), keeping, funds(balance="29"))


def test_what_a_pool_has_cost_counts_when_it_goes_on() -> None:
    """Against the caps, and not against the balance: that is paid."""
    check_budget(estimate("4"), BUDGET, funds(balance="4"), spent=Decimal(6))
    with pytest.raises(OverBudgetError, match=r"up to 10\.50 .*6\.50 of it spent already"):
        check_budget(estimate("4"), BUDGET, funds(), spent=Decimal("6.5"))


@pytest.mark.parametrize(("committed", "cap"), [("0", "10"), ("15", "10"), ("18", "7"), ("30", "-5")])
def test_the_cap_of_a_batch_is_what_the_project_leaves(committed: str, cap: str) -> None:
    """And never more than the cap per batch."""
    assert cap_of(BUDGET, funds(committed=committed)) == Decimal(cap)


@pytest.mark.parametrize(
    ("now", "expected", "before", "closes"),
    [
        ("9", "10", "5", False),  # done, it costs its cap and no more
        ("5", "12", "4.9", False),  # there is room until the next look
        ("7", "12", "5.5", False),  # even twice as fast it reaches the cap and no more
        ("7", "12", "5.4", True),  # twice as fast it would be over
        ("7", "12", "7", False),  # thirty people take a suite each at once, and it reaches the cap
        ("7.1", "12", "7.1", True),  # the same, and it would be over
        ("8", "10.5", "8", True),  # all that is left is taken at once
        ("9.95", "12", "9.95", True),  # one more suite would pass it
    ],
)
def test_a_pool_is_closed_before_it_passes_its_cap(now: str, expected: str, before: str, closes: bool) -> None:
    """Suites cost a tenth here; what was changed after opening is what can pass a cap."""
    exposure = Exposure(Decimal(now), Decimal(expected))
    assert must_close(exposure, Decimal(before), Decimal("0.1"), Decimal(10)) is closes


@pytest.mark.parametrize(
    ("now", "cap", "closes"),
    [("0.9", "2", False), ("1.1", "2", True), ("1.1", "4.1", False), ("1.2", "4.1", True)],
    ids=["as planned", "more than planned", "far below the cap", "thirty people could pass it"],
)
def test_a_pool_that_goes_on_after_its_plan_is_closed_before_its_cap(now: str, cap: str, closes: bool) -> None:
    """A golden task without its answer never runs out, and Toloka's count of suites knows nothing of it."""
    assert is_endless(Decimal(now), Decimal(1), Decimal("0.1"), Decimal(cap)) is closes
