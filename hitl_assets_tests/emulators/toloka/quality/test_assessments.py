"""Rules at work on a floor where the test decides who answers what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.pools import pools
from hitl_assets.emulators.toloka.quality import restrictions
from hitl_assets.emulators.toloka.workers import skills
from hitl_assets_tests.emulators.toloka.floors import Floor, quality_control

HOUR, DAY = 3600.0, 86_400.0
RIGHT, WRONG = "OK", "BAD"
MIXED = {
    "real_tasks_count": 1,
    "golden_tasks_count": 1,
    "training_tasks_count": 0,
    "shuffle_tasks_in_task_suite": False,
}
BY_HAND = {"auto_accept_solutions": False}
ONE = {"defaults": {"default_overlap_for_new_tasks": 1}}
MORE = {"delta": 1, "open_pool": True}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A floor with a thousand dollars."""
    floor = Floor.build(tmp_path)
    yield floor
    floor.state.store.close()


def golden_rule(action: str, parameters: dict[str, Any], least: int = 1, **collector: Any) -> dict[str, Any]:
    """Act on those who are wrong in half of the control tasks or more."""
    conditions = [("total_answers_count", "GTE", least), ("correct_answers_rate", "LTE", 50)]
    return quality_control("GOLDEN_SET", conditions, action, parameters, **collector)


def ban(scope: str = "POOL", **length: Any) -> dict[str, Any]:
    """A ban's parameters; for good unless there is a length."""
    return {"scope": scope, **(length or {"duration_unit": "PERMANENT"})}


def test_rejected_work_is_given_out_again_only_by_a_rule(floor: Floor) -> None:
    """ASSIGNMENTS_ASSESSMENT raises the overlap and opens the pool; without it nothing happens."""
    control = quality_control("ASSIGNMENTS_ASSESSMENT", [("assessment_event", "EQ", "REJECT")], "CHANGE_OVERLAP", MORE)
    for rules, after in (({}, ("CLOSED", "COMPLETED")), (control, ("OPEN", "COMPLETED"))):
        pool = floor.pool(quality_control=rules, **BY_HAND, **ONE)
        floor.review(floor.work(pool, "ann"), "REJECTED")
        assert floor.status(pool) == after
    assert floor.take(pool, "ann") is None
    floor.review(floor.work(pool, "bob"), "ACCEPTED")
    assert floor.status(pool) == ("CLOSED", "COMPLETED")


def test_a_rejection_taken_back_is_an_event_of_its_own(floor: Floor) -> None:
    """ACCEPT_AFTER_REJECT takes back the answer that the rejection asked for."""
    control = quality_control("ASSIGNMENTS_ASSESSMENT", [("assessment_event", "EQ", "REJECT")], "CHANGE_OVERLAP", MORE)
    taken_back = quality_control(
        "ASSIGNMENTS_ASSESSMENT", [("assessment_event", "EQ", "ACCEPT_AFTER_REJECT")], "CHANGE_OVERLAP", {"delta": -1}
    )
    control["configs"] += taken_back["configs"]
    pool = floor.pool(quality_control=control, **BY_HAND, **ONE)
    assignment = floor.work(pool, "ann")
    task = floor.tasks_of(assignment)[0]["id"]
    floor.review(assignment, "REJECTED")
    assert floor.overlap(task) == (2, 1)
    floor.review(assignment, "ACCEPTED")
    assert floor.overlap(task) == (1, 0)
    assert floor.status(pool) == ("CLOSED", "COMPLETED")


def test_overlap_never_falls_below_what_is_given_out(floor: Floor) -> None:
    """A first accepted answer ends the task, but does not take it from those who have it."""
    control = quality_control(
        "ASSIGNMENTS_ASSESSMENT", [("accepted_assignments_count", "GTE", "1")], "CHANGE_OVERLAP", {"delta": -9}
    )
    pool = floor.pool(quality_control=control)
    held = floor.take(pool, "bob")
    task = floor.tasks_of(floor.work(pool, "ann"))[0]["id"]
    assert floor.overlap(task) == (2, 0)
    floor.answer(held, RIGHT)
    assert floor.status(pool) == ("CLOSED", "COMPLETED")


def test_the_work_of_the_banned_is_done_again(floor: Floor) -> None:
    """USERS_ASSESSMENT with RESTRICTION: once per suite, however often the worker is banned."""
    control = golden_rule("RESTRICTION_V2", ban("PROJECT", duration=1, duration_unit="HOURS"), least=2)
    lost = [("pool_access_revoked_reason", "EQ", "RESTRICTION")]
    control["configs"] += quality_control("USERS_ASSESSMENT", lost, "CHANGE_OVERLAP", MORE)["configs"]
    pool = floor.pool(real=3, golden=9, mixer_config=MIXED, quality_control=control, **ONE)
    first = floor.work(pool, "ann", WRONG)
    assert floor.overlap(floor.tasks_of(first)[1]["id"]) == (1, 0)
    second = floor.work(pool, "ann", WRONG)
    assert [floor.overlap(floor.tasks_of(one)[1]["id"]) for one in (first, second)] == [(2, 1), (2, 1)]
    assert floor.take(pool, "ann") is None


def test_the_work_of_those_who_lose_a_skill_is_done_again(floor: Floor) -> None:
    """USERS_ASSESSMENT with SKILL_CHANGE, for the skill that the rule names and the filter asks for."""
    skill, other = floor.skill(ann=90), floor.skill(ann=90)
    lost = [("pool_access_revoked_reason", "EQ", "SKILL_CHANGE"), ("skill_id", "EQ", skill)]
    control = quality_control("USERS_ASSESSMENT", lost, "CHANGE_OVERLAP", MORE)
    node = {"and": [{"category": "skill", "key": skill, "operator": "GTE", "value": 80}]}
    pool = floor.pool(quality_control=control, filter=node, **ONE)
    assert floor.take(pool, "bob") is None
    task = floor.tasks_of(floor.work(pool, "ann"))[0]["id"]
    for changed, value, wanted in ((other, 10, (1, 0)), (skill, 85, (1, 0)), (skill, 79, (2, 1)), (skill, 10, (2, 1))):
        floor.call(skills.put_user_skill, {"skill_id": changed, "user_id": "ann", "value": value})
        assert floor.overlap(task) == wanted
    assert floor.status(pool) == ("OPEN", "COMPLETED")


def test_a_history_is_shared_by_the_pools_that_keep_one(floor: Floor) -> None:
    """Pools A and C have a history size, B has none: the guide's example."""
    project, skill = floor.project(), floor.skill()
    rule = ("SET_SKILL_FROM_OUTPUT_FIELD", {"skill_id": skill, "from_field": "correct_answers_rate"})
    count = [("total_answers_count", "GTE", 1)]
    made = [
        floor.pool(real=5, golden=5, project=project, mixer_config=MIXED,
                   quality_control=quality_control("GOLDEN_SET", count, *rule, **size))
        for size in ({"history_size": 10}, {}, {"history_size": 2})
    ]  # fmt: skip
    values = []
    for pool, answer in zip((0, 0, 1, 2, 2), (RIGHT, WRONG, RIGHT, WRONG, RIGHT), strict=True):
        floor.work(made[pool], "ann", answer)
        values.append(floor.skill_of(skill, "ann"))
    assert values == [100, 50, 100, 0, 50]


def test_clones_share_their_collector(floor: Floor) -> None:
    """The same uuid is the same collector, also without a history size."""
    project, skill = floor.project(), floor.skill()
    parameters = {"skill_id": skill, "from_field": "correct_answers_rate"}
    control = quality_control(
        "GOLDEN_SET", [("total_answers_count", "GTE", 1)], "SET_SKILL_FROM_OUTPUT_FIELD", parameters
    )
    first = floor.pool(real=2, golden=2, project=project, mixer_config=MIXED, quality_control=control)
    clone = floor.call(pools.get_pool, id=first)["quality_control"]
    assert clone["configs"][0]["collector_config"]["uuid"]
    second = floor.pool(real=2, golden=2, project=project, mixer_config=MIXED, quality_control=clone)
    floor.work(first, "ann", RIGHT)
    floor.work(second, "ann", WRONG)
    assert floor.skill_of(skill, "ann") == 50


def test_after_a_ban_the_rule_that_led_to_it_starts_anew(floor: Floor) -> None:
    """Only that rule: the skill that another one counts goes on."""
    skill = floor.skill()
    control = golden_rule("RESTRICTION_V2", ban("PROJECT", duration=2, duration_unit="HOURS"), 2, history_size=10)
    control["configs"] += quality_control(
        "GOLDEN_SET", [("total_answers_count", "GTE", 1)], "SET_SKILL_FROM_OUTPUT_FIELD",
        {"skill_id": skill, "from_field": "correct_answers_rate"}, history_size=10,
    )["configs"]  # fmt: skip
    pool = floor.pool(real=9, golden=9, mixer_config=MIXED, quality_control=control)
    floor.work(pool, "ann", WRONG)
    floor.work(pool, "ann", WRONG)
    assert floor.take(pool, "ann") is None
    floor.wait(2 * HOUR)
    floor.work(pool, "ann", RIGHT)
    assert floor.skill_of(skill, "ann") == 33
    floor.work(pool, "ann", RIGHT)
    assert floor.take(pool, "ann") is not None


def test_what_comes_in_during_a_ban_belongs_to_the_old_history(floor: Floor) -> None:
    """A suite that was taken before the ban is answered while it lasts."""
    project = floor.project()
    control = golden_rule("RESTRICTION_V2", ban("PROJECT", duration=2, duration_unit="HOURS"), 1, history_size=10)
    made = [floor.pool(real=5, golden=5, project=project, mixer_config=MIXED, quality_control=control) for _ in "ab"]
    held = floor.take(made[1], "ann")
    floor.work(made[0], "ann", WRONG)
    floor.answer(held, WRONG)
    floor.wait(2 * HOUR)
    floor.work(made[0], "ann", RIGHT)
    assert floor.take(made[0], "ann") is not None


def test_a_lifted_ban_starts_anew_too(floor: Floor) -> None:
    """DELETE of a restriction, as by its end."""
    control = golden_rule("RESTRICTION_V2", ban(), least=1)
    pool = floor.pool(real=5, golden=5, mixer_config=MIXED, quality_control=control)
    floor.work(pool, "ann", WRONG)
    found = floor.call(restrictions.list_restrictions)["items"]
    floor.call(restrictions.delete_restriction, id=found[0]["id"])
    floor.work(pool, "ann", RIGHT)
    assert floor.take(pool, "ann") is not None


@pytest.mark.parametrize(("action", "again"), [("CLEAN_COLLECTOR", 100), ("SET_SKILL", 50)])
def test_a_cleaned_collector_starts_anew(floor: Floor, action: str, again: int) -> None:
    """CLEAN_COLLECTOR forgets what was counted so far; other actions do not."""
    skill = floor.skill()
    control = golden_rule(action, {"skill_id": skill, "skill_value": 1} if action == "SET_SKILL" else {}, 1)
    uuid = "11111111-1111-4111-8111-111111111111"
    control["configs"][0]["collector_config"]["uuid"] = uuid
    control["configs"][0]["rules"].append(
        quality_control(
            "GOLDEN_SET", [("correct_answers_rate", "GTE", 1)], "SET_SKILL_FROM_OUTPUT_FIELD",
            {"skill_id": skill, "from_field": "correct_answers_rate"},
        )["configs"][0]["rules"][0]
    )  # fmt: skip
    pool = floor.pool(real=5, golden=5, mixer_config=MIXED, quality_control=control)
    floor.work(pool, "ann", WRONG)
    floor.work(pool, "ann", RIGHT)
    assert floor.skill_of(skill, "ann") == again


def test_a_cleaned_history_brings_tasks_back(floor: Floor) -> None:
    """CLEAN_ASSIGNMENTS_HISTORY: the worker may meet the same tasks again; SET_POOL_COMPLETE: nothing any more."""
    for action, is_back in (("CLEAN_ASSIGNMENTS_HISTORY", True), ("SET_POOL_COMPLETE", False)):
        control = quality_control("ANSWER_COUNT", [("assignments_accepted_count", "EQ", 1)], action, {})
        pool = floor.pool(real=1, quality_control=control)
        floor.work(pool, "ann")
        assert (floor.take(pool, "ann") is not None) is is_back
        assert floor.take(pool, "bob") is not None


def test_a_training_can_set_a_skill(floor: Floor) -> None:
    """The collector TRAINING looks at the first answers in the training that the pool asks for."""
    project, skill = floor.project(), floor.skill()
    training = floor.training(project, 3)
    control = quality_control(
        "TRAINING", [("submitted_assignments_count", "GTE", 2), ("next_assignment_available", "EQ", True)],
        "SET_SKILL_FROM_OUTPUT_FIELD", {"skill_id": skill, "from_field": "correct_answers_rate"},
    )  # fmt: skip
    requirement = {"training_pool_id": training, "training_passing_skill_value": 100}
    floor.pool(project=project, quality_control={**control, "training_requirement": requirement})
    for answer, wanted in ((RIGHT, None), (WRONG, 50), (RIGHT, 50)):
        floor.answer(floor.take_unasked(training, "ann"), answer)
        assert floor.skill_of(skill, "ann") == wanted


def test_captchas_come_with_the_tasks(floor: Floor) -> None:
    """LOW: one for every twenty tasks. People always solve them."""
    skill = floor.skill()
    control = quality_control(
        "CAPTCHA", [("stored_results_count", "GTE", 2), ("success_rate", "EQ", 100)], "SET_SKILL",
        {"skill_id": skill, "skill_value": 7}, history_size=5,
    )  # fmt: skip
    mixer = {**MIXED, "real_tasks_count": 15, "golden_tasks_count": 0}
    pool = floor.pool(real=60, quality_control={**control, "captcha_frequency": "LOW"}, mixer_config=mixer)
    values = []
    for _ in range(3):
        floor.work(pool, "ann")
        values.append(floor.skill_of(skill, "ann"))
    assert values == [None, None, 7]


def test_income_counts_per_pool(floor: Floor) -> None:
    """Also when the rule is the project's: a cent more elsewhere does not matter."""
    rule = quality_control(
        "INCOME", [("income_sum_for_last_24_hours", "GTE", 0.1)], "RESTRICTION_V2",
        ban("PROJECT", duration=1, duration_unit="DAYS"),
    )  # fmt: skip
    project = floor.project(quality_control=rule)
    made = [floor.pool(real=5, project=project) for _ in "ab"]
    floor.work(made[0], "ann")
    floor.work(made[1], "ann")
    floor.work(made[1], "ann")
    assert floor.take(made[0], "ann") is None
    floor.wait(DAY)
    floor.work(made[1], "ann")
    assert floor.take(made[0], "ann") is not None


def test_a_late_review_is_looked_at_by_the_rules(floor: Floor) -> None:
    """Acceptance by time counts like acceptance by hand."""
    skill = floor.skill()
    control = quality_control(
        "ANSWER_COUNT", [("assignments_accepted_count", "GTE", 1)], "SET_SKILL", {"skill_id": skill, "skill_value": 7}
    )
    pool = floor.pool(quality_control=control, auto_accept_period_day=2, **BY_HAND)
    floor.work(pool, "ann")
    assert (floor.skill_of(skill, "ann"), floor.account.held) == (None, Decimal("0.065"))
    floor.wait(2 * DAY)
    assert (floor.skill_of(skill, "ann"), floor.account.held) == (7, Decimal(0))
    assert floor.account.balance == Decimal(1000) - Decimal("0.065")


@pytest.mark.parametrize(
    ("kind", "condition", "action"),
    [
        ("GOLDEN_SET", ("total_answers_count", "GTE", 1), "CHANGE_OVERLAP"),
        ("USERS_ASSESSMENT", ("pool_access_revoked_reason", "EQ", "RESTRICTION"), "CLEAN_COLLECTOR"),
        ("ASSIGNMENTS_ASSESSMENT", ("assessment_event", "EQ", "APPLAUSE"), "CHANGE_OVERLAP"),
        ("ASSIGNMENTS_ASSESSMENT", ("assessment_event", "GT", "ACCEPT"), "CHANGE_OVERLAP"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    floor: Floor, kind: str, condition: tuple[str, str, Any], action: str
) -> None:
    """CHANGE_OVERLAP belongs to the two assessments, and they know no other; events are known by name."""
    control = quality_control(kind, [condition], action, {"delta": 1})
    with pytest.raises(ApiError, match="quality_control") as refused:
        floor.pool(quality_control=control)
    assert refused.value.code == "VALIDATION_ERROR"
