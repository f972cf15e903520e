"""The worked examples of Toloka's documentation, and the arithmetic beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka.money.pricing import DynamicPricing
from hitl_assets.emulators.toloka.pools.configuration import Condition, Rule
from hitl_assets.emulators.toloka.quality.quality import Tally, captcha_values, holds, revocation_values, suite_values
from hitl_assets.emulators.toloka.tasks.distribution import Distribution
from hitl_assets_tests.emulators.toloka.floors import Floor, quality_control

# "Remember values" of the guide: right (1) or wrong answers to twelve control tasks in a row.
SKILL_EXAMPLE = (1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1)
BAN_EXAMPLE = (1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0)
SUITE = {
    "real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0, "mix_tasks_in_creation_order": True,
}  # fmt: skip


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A floor with a thousand dollars."""
    floor = Floor.build(tmp_path)
    yield floor
    floor.state.store.close()


def skill_rule(kind: str, skill_id: str, least: int, **collector: Any) -> dict[str, Any]:
    """Set the share of right answers as a skill, after so many."""
    parameters = {"skill_id": skill_id, "from_field": "correct_answers_rate"}
    conditions = [("total_answers_count", "GTE", least)]
    return quality_control(kind, conditions, "SET_SKILL_FROM_OUTPUT_FIELD", parameters, **collector)


@pytest.mark.parametrize(
    ("answers", "size", "least", "wanted"),
    [
        (SKILL_EXAMPLE, 10, 3, [66, 75, 60, 66, 71, 62, 55, 50, 50, 60]),
        (BAN_EXAMPLE, 5, 4, [75, 80, 80, 80, 100, 80, 60, 60, 40]),
    ],
)
def test_a_window_gives_the_skills_of_the_guide(
    floor: Floor, answers: tuple[int, ...], size: int, least: int, wanted: list[int]
) -> None:
    """The tables of the guide's examples 1 and 4: the oldest answers are pushed out."""
    skill = floor.skill()
    control = skill_rule("GOLDEN_SET", skill, least, history_size=size)
    pool = floor.pool(real=12, golden=12, mixer_config={**SUITE, "golden_tasks_count": 1}, quality_control=control)
    values = []
    for right in answers:
        floor.work(pool, "ann", "OK" if right else "BAD")
        values.append(floor.skill_of(skill, "ann"))
    assert values == [None] * (least - 1) + wanted


@pytest.mark.parametrize(
    ("tasks", "threshold", "wanted"),
    [
        (
            ["OK BAD OK BAD OK", "BAD OK OK BAD 404", "404 OK 404 OK OK", "OK BAD OK 404 404", "OK BAD OK 404 OK"],
            3,
            [66, 33, 66, 33, 100],
        ),
        (["OK OK BAD BAD 404"], 2, [100, 100, 100, 100, 0]),
    ],
)
def test_a_majority_gives_the_skills_of_the_guide(
    floor: Floor, tasks: list[str], threshold: int, wanted: list[int]
) -> None:
    """Tasks without a majority count for nobody; with a low threshold two answers are both right."""
    skill = floor.skill()
    pool = floor.pool(
        real=len(tasks), mixer_config=SUITE, defaults={"default_overlap_for_new_tasks": 5},
        quality_control=skill_rule("MAJORITY_VOTE", skill, 1, answer_threshold=threshold),
    )  # fmt: skip
    for task in tasks:
        for user_id, answer in zip("abcde", task.split(), strict=True):
            floor.work(pool, user_id, answer)
    assert [floor.skill_of(skill, user_id) for user_id in "abcde"] == wanted


def test_fast_suites_are_counted_below_the_threshold(floor: Floor) -> None:
    """Exactly the threshold is not fast, and the window forgets."""
    skill = floor.skill()
    control = quality_control(
        "ASSIGNMENT_SUBMIT_TIME", [("fast_submitted_count", "GTE", 2), ("total_submitted_count", "EQ", 3)], "SET_SKILL",
        {"skill_id": skill, "skill_value": 7}, fast_submit_threshold_seconds=30, history_size=3,
    )  # fmt: skip
    pool = floor.pool(real=9, quality_control=control)
    values = []
    for seconds in (29.9, 30, 31, 10, 29):
        floor.work(pool, "ann", seconds=seconds)
        values.append(floor.skill_of(skill, "ann"))
    assert values == [None, None, None, None, 7]


def test_skips_are_counted_in_a_row(floor: Floor) -> None:
    """The row ends with the first suite that was answered."""
    control = quality_control(
        "SKIPPED_IN_ROW_ASSIGNMENTS", [("skipped_in_row_count", "GT", "2")], "RESTRICTION", {"scope": "PROJECT"}
    )
    pool = floor.pool(real=9, quality_control=control)
    for is_skipped in (True, True, False, True, True):
        if is_skipped:
            floor.leave(floor.take(pool, "ann"))
        else:
            floor.work(pool, "ann")
    floor.leave(floor.take(pool, "ann"))
    assert floor.take(pool, "ann") is None


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
    assert captcha_values(Tally(0, 0)) == {"stored_results_count": 0}
    assert captcha_values(Tally(4, 3))["success_rate"] == 75


def test_conditions_may_name_something() -> None:
    """Events and reasons are names, skills are numbers that name."""
    rejected = Rule((Condition("assessment_event", "EQ", "REJECT"),), "CHANGE_OVERLAP", {})
    assert holds(rejected, suite_values(["REJECTED"], "REJECT"))
    assert not holds(rejected, suite_values(["REJECTED", "ACCEPTED"], "ACCEPT"))
    lost = Rule((Condition("skill_id", "EQ", "11294"),), "CHANGE_OVERLAP", {})
    assert holds(lost, revocation_values("SKILL_CHANGE", "11294"))
    assert not holds(lost, revocation_values("RESTRICTION", None))
