"""What changes while a pool runs: overlap, prices, places of special tasks, who is let in, and how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka.admission.selection import forecast
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.messages import webhooks
from hitl_assets.emulators.toloka.pools import pools, trainings
from hitl_assets.emulators.toloka.storage.state import load
from hitl_assets_tests.emulators.toloka.floors import Floor, quality_control

DAY = 86_400.0
OK, BAD = "OK", "BAD"
FIVE_CENTS = Decimal("0.065")
WITHOUT_SHUFFLE = {"shuffle_tasks_in_task_suite": False, "mix_tasks_in_creation_order": True}
Build = Callable[..., Floor]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Floors with a balance and limits of the test's choice."""
    made: list[Floor] = []

    def build_one(**options: Any) -> Floor:
        made.append(Floor.build(tmp_path / str(len(made)), **options))
        return made[-1]

    yield build_one
    for floor in made:
        floor.state.store.close()


@pytest.fixture
def floor(build: Build) -> Floor:
    """A floor with a thousand dollars."""
    return build()


def dynamic(skill_id: str, most: int = 5, confidence: float = 0.8, overlap: int = 2) -> dict[str, Any]:
    """A pool's dynamic overlap."""
    config = {
        "type": "BASIC", "max_overlap": most, "min_confidence": confidence, "answer_weight_skill_id": skill_id,
        "fields": [{"name": "answer"}],
    }  # fmt: skip
    return {"dynamic_overlap_config": config, "defaults": {"default_overlap_for_new_tasks": overlap}}


def mixer(real: int, golden: int = 0, **changes: Any) -> dict[str, Any]:
    """A mixer that keeps the order."""
    counts = {"real_tasks_count": real, "golden_tasks_count": golden, "training_tasks_count": 0}
    return {"mixer_config": {**counts, **WITHOUT_SHUFFLE, **changes}}


def every(frequency: int, scope: str = "POOL", days: int = 7) -> dict[str, Any]:
    """A distribution function: the first task and every n-th after it."""
    intervals = [{"from": 1, "to": 1000, "frequency": frequency}]
    return {"scope": scope, "distribution": "UNIFORM", "window_days": days, "intervals": intervals}


def events(floor: Floor, pool_id: str) -> list[dict[str, Any]]:
    """What subscribers of the pool will be told."""
    rows = floor.state.store.all(
        "SELECT fields FROM webhook_events JOIN webhook_subscriptions ON webhook_subscriptions.id = subscription_id "
        "WHERE pool_id = ? ORDER BY webhook_events.id",
        pool_id,
    )
    return [load(row["fields"]) for row in rows]


def test_agreement_settles_a_task(floor: Floor) -> None:
    """The guide's task 1: 70 and 90 agree, 97.7 % are enough."""
    skill = floor.skill(ann=70, bob=90)
    pool = floor.pool(is_open=False, **dynamic(skill))
    subscription = {
        "webhook_url": "http://127.0.0.1:9/", "event_type": "DYNAMIC_OVERLAP_COMPLETED", "pool_id": pool
    }  # fmt: skip
    floor.call(webhooks.put_subscriptions, [subscription])
    floor.call(pools.open_pool, id=pool)
    given = [floor.work(pool, user, OK) for user in ("ann", "bob")]
    assert floor.status(pool) == ("CLOSED", "COMPLETED")
    (event,) = events(floor, pool)
    assert round(100 * event["confidence"], 1) == 97.7
    assert (event["output_values"], event["assignment_ids"]) == ({"answer": OK}, sorted(given))


def test_doubt_asks_for_one_answer_more(floor: Floor) -> None:
    """The guide's task 2: 76.1 % are not enough, a third answer makes it 96.2."""
    pool = floor.pool(**dynamic(floor.skill(ann=70, bob=90, cat=80)))
    task = floor.tasks_of(floor.work(pool, "ann", OK))[0]["id"]
    floor.work(pool, "bob", BAD)
    assert (floor.overlap(task), floor.status(pool)) == ((3, 1), ("OPEN", None))
    floor.work(pool, "cat", BAD)
    assert (floor.overlap(task), floor.status(pool)) == ((3, 0), ("CLOSED", "COMPLETED"))


def test_overlap_stops_growing_at_its_most(floor: Floor) -> None:
    """A task that nobody agrees on ends too."""
    pool = floor.pool(**dynamic(floor.skill(), most=4, confidence=0.99))
    for user, answer in zip("abcd", (OK, BAD, OK, BAD), strict=True):
        last = floor.work(pool, user, answer)
    assert floor.overlap(floor.tasks_of(last)[0]["id"]) == (4, 0)
    assert floor.status(pool) == ("CLOSED", "COMPLETED")


def test_baseline_solutions_vote_first(floor: Floor) -> None:
    """What was known before counts like an answer, and takes no worker."""
    pool = floor.pool(real=0, is_open=False, **dynamic(floor.skill(ann=70), overlap=1, confidence=0.9))
    known = [{"output_values": {"answer": OK}, "confidence_weight": 0.9}]
    with_it, without = floor.add(pool, 1, baseline_solutions=known), floor.add(pool, 1)
    floor.call(pools.open_pool, id=pool)
    floor.work(pool, "ann", OK)
    floor.work(pool, "ann", OK)
    assert (floor.overlap(with_it[0]), floor.overlap(without[0])) == ((1, 0), (2, 1))


def test_a_majority_is_counted_when_the_overlap_is_settled(floor: Floor) -> None:
    """Not at the first overlap: the answers that are still to come have a vote."""
    skill, votes = floor.skill(ann=70, bob=90, cat=80), floor.skill()
    control = quality_control(
        "MAJORITY_VOTE", [("total_answers_count", "GTE", 1)], "SET_SKILL_FROM_OUTPUT_FIELD",
        {"skill_id": votes, "from_field": "correct_answers_rate"}, answer_threshold=1,
    )  # fmt: skip
    pool = floor.pool(quality_control=control, **dynamic(skill))
    floor.work(pool, "ann", OK)
    floor.work(pool, "bob", BAD)
    assert floor.skill_of(votes, "bob") is None
    floor.work(pool, "cat", BAD)
    assert [floor.skill_of(votes, user) for user in ("ann", "bob", "cat")] == [100, 100, 100]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"max_overlap": 2}, "max_overlap"),
        ({"min_confidence": 1.5}, "min_confidence"),
        ({"fields": [{"name": "note"}]}, "fields.0.name"),
        ({"fields": [{"name": "mood"}]}, "fields.0.name"),
        ({"fields": []}, "fields"),
    ],
)
def test_dynamic_overlap_needs_answers_that_can_be_counted(floor: Floor, change: dict[str, Any], field: str) -> None:
    """Closed sets of options, and a most that is more than the least."""
    form = dynamic(floor.skill())
    form["dynamic_overlap_config"].update(change)
    with pytest.raises(ApiError) as refused:
        floor.pool(**form)
    assert f"dynamic_overlap_config.{field}" in refused.value.payload


def test_opening_looks_at_the_least_overlap(build: Build) -> None:
    """The money for two answers opens a pool that may need five."""
    floor = build(balance="0.13")
    assert floor.status(floor.pool(**dynamic(floor.skill()))) == ("OPEN", None)


def test_the_price_is_the_one_of_the_moment_of_issue(floor: Floor) -> None:
    """A skill that changes meanwhile changes the next suite, not this one."""
    skill = floor.skill(ann=90)
    pricing = {
        "type": "SKILL", "skill_id": skill,
        "intervals": [{"from": 80, "to": 100, "reward_per_assignment": 0.1}],
    }  # fmt: skip
    pool = floor.pool(real=3, dynamic_pricing_config=pricing)
    first = floor.take(pool, "ann")
    floor.skill(ann=10)
    floor.state.store.run("UPDATE user_skills SET exact_value = '10' WHERE skill_id = ?", skill)
    floor.answer(first, OK)
    assert floor.account.balance == Decimal(1000) - Decimal("0.13")
    floor.work(pool, "ann")
    floor.work(pool, "bob")
    assert floor.account.balance == Decimal(1000) - Decimal("0.13") - 2 * FIVE_CENTS


def test_overlapping_price_intervals_are_refused(floor: Floor) -> None:
    """Nobody has two prices."""
    intervals = [
        {"from": 0, "to": 50, "reward_per_assignment": 0.1}, {"from": 50, "to": 100, "reward_per_assignment": 0.2}
    ]  # fmt: skip
    with pytest.raises(ApiError, match="must not overlap"):
        floor.pool(dynamic_pricing_config={"type": "SKILL", "skill_id": "1", "intervals": intervals})


def test_golden_tasks_come_at_their_places(floor: Floor) -> None:
    """Every third task of a worker is a control task, across suites of four."""
    form = mixer(4, golden_task_distribution_function=every(3))
    pool = floor.pool(real=20, golden=9, **form)
    kinds = [[task["kind"] for task in floor.tasks_of(floor.work(pool, "ann"))] for _ in range(3)]
    assert [Counter(suite)["GOLDEN"] for suite in kinds] == [2, 1, 1]
    assert [len(suite) for suite in kinds] == [4, 4, 4]
    assert [task["kind"] for task in floor.tasks_of(floor.work(pool, "bob"))].count("GOLDEN") == 2


def test_opening_counts_the_pages_of_newcomers(build: Build) -> None:
    """Two of four places are control tasks: six real tasks take three suites, not two."""
    form = mixer(4, golden_task_distribution_function=every(3))
    overlap = {"defaults": {"default_overlap_for_new_tasks": 1}}
    with pytest.raises(ApiError, match="3 suites"):
        build(balance="0.19").pool(real=6, golden=9, **form, **overlap)
    assert build(balance="0.195").pool(real=6, golden=9, **form, **overlap)


@pytest.mark.parametrize(("scope", "after_days", "golden"), [("POOL", 0, 2), ("PROJECT", 0, 1), ("PROJECT", 9, 2)])
def test_places_count_in_their_scope_and_window(floor: Floor, scope: str, after_days: int, golden: int) -> None:
    """What was done elsewhere in the project counts if the scope says so, and not after the window."""
    project = floor.project()
    form = mixer(4, golden_task_distribution_function=every(3, scope))
    first, second = (floor.pool(real=9, golden=9, project=project, **form) for _ in "ab")
    floor.work(first, "ann")
    floor.wait(after_days * DAY)
    kinds = [task["kind"] for task in floor.tasks_of(floor.work(second, "ann"))]
    assert kinds.count("GOLDEN") == golden


def test_who_has_met_all_golden_tasks_gets_no_more(floor: Floor) -> None:
    """With a distribution function as without."""
    pool = floor.pool(real=20, golden=3, **mixer(4, golden_task_distribution_function=every(3)))
    floor.work(pool, "ann")
    floor.work(pool, "ann")
    assert floor.take(pool, "ann") is None


def test_special_tasks_get_more_answers(floor: Floor) -> None:
    """Every second task of a worker is checked by three answers; the others need one."""
    settings = {"target_overlap": 3, "task_distribution_function": every(2)}
    pool = floor.pool(
        real=8, quality_control={"checkpoints_config": {"real_settings": settings}},
        **mixer(2), defaults={"default_overlap_for_new_tasks": 1},
    )  # fmt: skip
    for user in "abcdefgh" * 2:
        assignment = floor.take(pool, user)
        if assignment is not None:
            floor.answer(assignment, OK)
    assert floor.status(pool) == ("CLOSED", "COMPLETED")
    rows = floor.state.store.all("SELECT overlap, checkpoint FROM tasks WHERE pool_id = ?", pool)
    counts = Counter((row["overlap"], row["checkpoint"]) for row in rows)
    assert set(counts) == {(1, 0), (3, 1)}
    # Whoever comes checks what is there before another task is chosen: half of all answers, a third of the tasks.
    assert counts[(3, 1)] < counts[(1, 0)]


def test_special_tasks_may_get_fewer_answers(floor: Floor) -> None:
    """A target below the pool's overlap saves money, but takes nothing from those who have the task."""
    settings = {"target_overlap": 1, "task_distribution_function": every(1)}
    pool = floor.pool(real=2, quality_control={"checkpoints_config": {"real_settings": settings}})
    tasks = {floor.tasks_of(floor.work(pool, user))[0]["id"] for user in "ab"}
    assert [floor.overlap(task) for task in tasks] == [(1, 0), (1, 0)]
    assert floor.status(pool) == ("CLOSED", "COMPLETED")


def test_only_the_best_are_let_in(floor: Floor) -> None:
    """TOP_PERCENTAGE_BY_QUALITY goes by the forecast."""
    balance = {"type": "TOP_PERCENTAGE_BY_QUALITY", "percent": 30}
    pool = floor.pool(speed_quality_balance=balance, defaults={"default_overlap_for_new_tasks": 50})
    users = [f"user {number}" for number in range(40)]
    chosen = {user for user in users if floor.take(pool, user) is not None}
    assert chosen == {user for user in users if forecast(user, {}) >= 0.7}
    assert 4 <= len(chosen) <= 20


def test_only_so_many_work_at_a_time(floor: Floor) -> None:
    """BEST_CONCURRENT_USERS_BY_QUALITY: who is done makes room."""
    balance = {"type": "BEST_CONCURRENT_USERS_BY_QUALITY", "count": 2}
    pool = floor.pool(real=9, speed_quality_balance=balance)
    held = [floor.take(pool, user) for user in ("ann", "bob", "cat")]
    assert [one is not None for one in held] == [True, True, False]
    assert floor.take(pool, "bob") is not None
    floor.answer(held[0], OK)
    assert floor.take(pool, "cat") is not None


def test_a_project_limits_the_suites_at_a_time(floor: Floor) -> None:
    """max_active_assignments_count is per worker and project."""
    project = floor.project(max_active_assignments_count=1)
    first, second = (floor.pool(real=3, project=project) for _ in "ab")
    held = floor.take(first, "ann")
    assert floor.take(second, "ann") is None
    assert floor.take(second, "bob") is not None
    floor.answer(held, OK)
    assert floor.take(second, "ann") is not None


def test_a_pool_has_a_limit_of_assignments(build: Build) -> None:
    """Two million on the real service; skipped ones count."""
    floor = build(most_assignments=2)
    pool = floor.pool(real=3)
    floor.leave(floor.take(pool, "ann"))
    floor.work(pool, "bob")
    assert floor.take(pool, "cat") is None
    assert floor.status(pool) == ("CLOSED", "ASSIGNMENTS_LIMIT_EXCEEDED")


def test_opening_without_money_may_fail_as_an_operation(build: Build) -> None:
    """409 by default; the other way behind a switch."""
    poor = build(balance="0.1")
    with pytest.raises(ApiError) as refused:
        poor.pool(real=3)
    assert (refused.value.status, refused.value.code) == (409, "NOT_ENOUGH_BALANCE")
    poor = build(balance="0.1", opens_by_operation=True)
    pool = poor.pool(real=3, is_open=False)
    operation = poor.call(pools.open_pool, id=pool)
    assert (operation["status"], operation["details"]["code"]) == ("FAIL", "NOT_ENOUGH_BALANCE")
    assert poor.status(pool) == ("CLOSED", None)


def test_a_training_closes_with_the_last_pool_that_asks_for_it(floor: Floor) -> None:
    """COMPLETED when all of them are; a pool that was only stopped may go on and need it."""
    project = floor.project()
    training = floor.training(project, 1)
    requirement = {"training_pool_id": training, "training_passing_skill_value": 0}
    first, second = (
        floor.pool(project=project, quality_control={"training_requirement": requirement},
                   defaults={"default_overlap_for_new_tasks": 1})
        for _ in "ab"
    )  # fmt: skip
    floor.answer(floor.take_unasked(training, "ann"), OK)
    floor.work(first, "ann")
    floor.call(pools.close_by_hand, id=second)
    assert (floor.status(first), floor.status(training)) == (("CLOSED", "COMPLETED"), ("OPEN", None))
    floor.call(pools.open_pool, id=second)
    floor.work(second, "ann")
    assert floor.status(training) == ("CLOSED", "COMPLETED")
    assert floor.call(trainings.get_training, id=training)["last_close_reason"] == "COMPLETED"


def test_time_runs_out_for_people_too(floor: Floor) -> None:
    """A deadline on the wall clock: the money and the tasks come back, the worker may have them again."""
    pool = floor.pool(defaults={"default_overlap_for_new_tasks": 1})
    held = str(floor.take_unasked(pool, "ann", floor.watch.now() + 600))
    task = floor.tasks_of(held)[0]["id"]
    assert floor.account.held == FIVE_CENTS
    floor.wait(599)
    assert floor.take(pool, "bob") is None
    floor.wait(1)
    assert floor.account.held == 0
    assert floor.tasks_of(floor.work(pool, "ann"))[0]["id"] == task
    assert floor.account.balance == Decimal(1000) - FIVE_CENTS
