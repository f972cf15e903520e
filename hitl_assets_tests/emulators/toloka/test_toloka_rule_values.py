"""The worked examples of Toloka's documentation, and the arithmetic beside them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hitl_assets.emulators.toloka.configuration import Condition, Rule
from hitl_assets.emulators.toloka.distribution import Distribution
from hitl_assets.emulators.toloka.pricing import DynamicPricing
from hitl_assets.emulators.toloka.quality import (
    Graded,
    captcha_values,
    count_votes,
    golden_values,
    holds,
    majority_values,
    revocation_values,
    suite_values,
)

# "Remember values" of the guide: right (1) or wrong answers to twelve control tasks in a row.
SKILL_EXAMPLE = (1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1)
BAN_EXAMPLE = (1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0)


def rates(answers: tuple[int, ...], size: int, least: int) -> list[int]:
    """The rate after each answer from the `least`-th on, truncated as in the guide."""
    windows = [answers[max(0, end - size) : end] for end in range(least, len(answers) + 1)]
    values = [golden_values([Graded(True, right) for right in window]) for window in windows]
    return [int(float(value["correct_answers_rate"])) for value in values]


def test_a_window_of_ten_gives_the_skills_of_the_guide() -> None:
    """The table of example 1: the eleventh answer pushes the first one out."""
    assert rates(SKILL_EXAMPLE, size=10, least=3) == [66, 75, 60, 66, 71, 62, 55, 50, 50, 60]


def test_a_window_of_five_gives_the_bans_of_the_guide() -> None:
    """The table of example 4: below 60 % only after the twelfth answer."""
    assert rates(BAN_EXAMPLE, size=5, least=4) == [75, 80, 80, 80, 100, 80, 60, 60, 40]


def test_a_majority_gives_the_skills_of_the_guide() -> None:
    """Five tasks, five workers, threshold 3: two tasks have no majority and count for nobody."""
    tasks = ["OK BAD OK BAD OK", "BAD OK OK BAD 404", "404 OK 404 OK OK", "OK BAD OK 404 404", "OK BAD OK 404 OK"]
    votes = [count_votes(task.split()) for task in tasks]
    values = [majority_values([task[worker] for task in votes], 3) for worker in range(5)]
    assert [value["total_answers_count"] for value in values] == [3] * 5
    assert [int(float(value["correct_answers_rate"])) for value in values] == [66, 33, 66, 33, 100]


def test_a_low_threshold_calls_two_answers_right() -> None:
    """The guide's warning: OK OK BAD BAD 404 with a threshold of 2 is right four times."""
    values = [majority_values([vote], 2) for vote in count_votes(["OK", "OK", "BAD", "BAD", "404"])]
    assert [value["correct_answers_rate"] for value in values] == [100, 100, 100, 100, 0]


def test_every_nth_task_is_special() -> None:
    """The guide's intervals: every third of the first five, every fifth from the sixth on."""
    intervals = [{"from": 1, "to": 5, "frequency": 3}, {"from": 6, "to": 1000, "frequency": 5}]
    distribution = Distribution.of(
        {"scope": "POOL", "distribution": "UNIFORM", "window_days": 7, "intervals": intervals}
    )
    assert distribution is not None
    assert [place for place in range(1, 12) if distribution.is_special(place)] == [1, 4, 6, 11]
    assert [distribution.count(done, 5) for done in (0, 5, 10)] == [2, 1, 1]


@pytest.mark.parametrize(("skill", "reward"), [(None, "0.05"), (49, "0.05"), (50, "0.1"), (80, "0.1"), (81, "0.2")])
def test_a_price_follows_the_skill(skill: int | None, reward: str) -> None:
    """Bounds are included; outside of all intervals the pool's reward holds."""
    pricing = DynamicPricing.of(
        {
            "type": "SKILL", "skill_id": "7",
            "intervals": [
                {"from": 50, "to": 80, "reward_per_assignment": 0.1},
                {"from": 81, "to": 100, "reward_per_assignment": 0.2},
            ],
        }
    )  # fmt: skip
    assert pricing is not None
    value = None if skill is None else Decimal(skill)
    assert pricing.reward(value, Decimal("0.05")) == Decimal(reward)


def test_captchas_are_rated() -> None:
    """There is no rate of nothing."""
    assert captcha_values([]) == {"stored_results_count": 0}
    assert captcha_values([True, True, False, True])["success_rate"] == 75


def test_conditions_may_name_something() -> None:
    """Events and reasons are names, skills are numbers that name."""
    rejected = Rule((Condition("assessment_event", "EQ", "REJECT"),), "CHANGE_OVERLAP", {})
    assert holds(rejected, suite_values(["REJECTED"], "REJECT"))
    assert not holds(rejected, suite_values(["REJECTED", "ACCEPTED"], "ACCEPT"))
    lost = Rule((Condition("skill_id", "EQ", "11294"),), "CHANGE_OVERLAP", {})
    assert holds(lost, revocation_values("SKILL_CHANGE", "11294"))
    assert not holds(lost, revocation_values("RESTRICTION", None))
