"""The arithmetic under the engine: mixing, quality control, prices, filters, times."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.emulators.toloka.admission.filters import admits
from hitl_assets.emulators.toloka.money.billing import count_suites, price
from hitl_assets.emulators.toloka.pools.configuration import Condition, Mixer, Rule
from hitl_assets.emulators.toloka.quality.quality import Tally, golden_values, holds
from hitl_assets.emulators.toloka.storage.clock import bound, parse, stamp
from hitl_assets.emulators.toloka.tasks.mixer import Counts, suite_counts

MIXER = Mixer.of({"real_tasks_count": 4, "golden_tasks_count": 1, "training_tasks_count": 0})


@pytest.mark.parametrize(
    ("available", "left", "wanted"),
    [
        (Counts(4, 1, 0), 100, Counts(4, 1, 0)),
        (Counts(3, 1, 0), 3, Counts(3, 1, 0)),
        (Counts(3, 1, 0), 100, None),
        (Counts(4, 0, 0), 100, None),
        (Counts(0, 1, 0), 0, None),
    ],
)
def test_a_suite_is_full_unless_it_is_the_last(available: Counts, left: int, wanted: Counts | None) -> None:
    """Short only when the pool has no more; never without its golden task."""
    assert suite_counts(MIXER, available, left, waited=0) == wanted


def test_the_last_suite_waits_for_its_delay() -> None:
    """force_last_assignment_delay_seconds counts from the last added task."""
    form = {"real_tasks_count": 4, "golden_tasks_count": 0, "training_tasks_count": 0}
    mixer = Mixer.of({**form, "force_last_assignment_delay_seconds": 60})
    assert suite_counts(mixer, Counts(1, 0, 0), 1, waited=59) is None
    assert suite_counts(mixer, Counts(1, 0, 0), 1, waited=60) == Counts(1, 0, 0)


def test_a_minimal_count_makes_short_suites_good() -> None:
    """min_real_tasks_count below the full count."""
    form = {"real_tasks_count": 4, "golden_tasks_count": 0, "training_tasks_count": 0, "min_real_tasks_count": 2}
    assert suite_counts(Mixer.of(form), Counts(3, 0, 0), 100, waited=0) == Counts(3, 0, 0)


def test_suites_are_counted_per_round_of_answers() -> None:
    """600 tasks, five answers each, four to a suite: 750; a task more costs five suites."""
    assert count_suites({5: 600}, 4) == 750
    assert count_suites({5: 601}, 4) == 755
    assert count_suites({1: 4, 3: 4}, 4) == 4
    assert count_suites({}, 4) == 0


def test_the_fee_is_on_top() -> None:
    """Five cents and 30 %."""
    assert price(Decimal("0.05"), Decimal("0.3")) == Decimal("0.065")


def test_golden_rates_count_control_and_training_apart() -> None:
    """correct_answers_rate sees both, golden_set_correct_answers_rate the control tasks only."""
    values = golden_values(golden=Tally(2, 1), training=Tally(2, 2))
    assert (values["correct_answers_rate"], values["golden_set_correct_answers_rate"]) == (75, 50)
    assert (values["total_answers_count"], values["golden_set_answers_count"]) == (4, 2)


def test_all_conditions_of_a_rule_must_hold() -> None:
    """And a rate of nothing holds for no comparison."""
    rule = Rule((Condition("count", "GTE", "1"), Condition("rate", "LTE", 90.0)), "RESTRICTION_V2", {})
    assert holds(rule, {"count": 1, "rate": 90})
    assert not holds(rule, {"count": 0, "rate": 0})
    assert not holds(rule, {"count": 1})


PROFILE = {"languages": ("EN", "ES"), "country": "US", "client_type": "BROWSER"}


def condition(category: str, key: str, operator: str, value: Any) -> dict[str, Any]:
    """One condition of a filter."""
    return {"category": category, "key": key, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (None, True),
        ({"and": []}, True),
        (condition("profile", "languages", "IN", "EN"), True),
        (condition("profile", "languages", "NOT_IN", "EN"), False),
        (condition("profile", "country", "NE", "US"), False),
        ({"or": [condition("computed", "client_type", "EQ", one) for one in ("TOLOKA_APP", "BROWSER")]}, True),
        ({"and": [condition("profile", "country", "EQ", "US"), condition("skill", "7", "GTE", 81)]}, False),
        (condition("skill", "7", "EQ", 80), True),
        (condition("skill", "8", "EQ", None), True),
        (condition("skill", "7", "EQ", None), False),
    ],
)
def test_filters_admit_by_profile_and_skill(node: Any, wanted: bool) -> None:
    """Equal to nothing means: has no such skill."""
    assert admits(node, PROFILE, {"7": Decimal(80)}) is wanted


def test_stamps_have_three_digits() -> None:
    """Naive UTC, never in the future."""
    assert stamp(1_704_067_200.9999) == "2024-01-01T00:00:00.999"


@pytest.mark.parametrize("text", ["2024-01-01T00:00:00", "2024-01-01T00:00:00.000Z", "2024-01-01T02:00:00.0+02:00"])
def test_dates_are_read_with_and_without_zone(text: str) -> None:
    """Without a zone it is UTC."""
    assert parse(text).timestamp() == 1_704_067_200


def test_a_bound_is_as_exact_as_the_filter() -> None:
    """Stamps have milliseconds, filters may have microseconds: nothing is lost or added."""
    moment = "2024-01-01T00:00:00.123456"
    assert {operator: bound(moment, operator)[-3:] for operator in ("gt", "gte", "lt", "lte")} == {
        "gt": "123", "gte": "124", "lt": "124", "lte": "123",
    }  # fmt: skip
