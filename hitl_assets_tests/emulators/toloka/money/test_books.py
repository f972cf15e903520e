"""Whatever workers and requesters do, in whatever order: the books agree, and nobody gets what they may not get."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.pools import pools
from hitl_assets_tests.emulators.toloka.floors import Floor, quality_control

START = "0.65"
USERS = st.sampled_from(["ann", "bob", "cat", "dan", "eve"])
STEPS = st.one_of(
    st.tuples(st.just("take"), USERS),
    st.tuples(st.just("answer"), USERS, st.sampled_from(["OK", "BAD", "404"])),
    st.tuples(st.just("leave"), USERS, st.sampled_from(["SKIPPED", "EXPIRED"])),
    st.tuples(st.just("review"), st.sampled_from(["ACCEPTED", "REJECTED"]), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([60, 86_400])),
    st.tuples(st.just("open")),
)


def lively_pool(floor: Floor) -> str:
    """A pool in which about everything changes overlap, prices and access."""
    skill = floor.skill(ann=90, bob=60)
    control = quality_control(
        "GOLDEN_SET", [("total_answers_count", "GTE", 2), ("correct_answers_rate", "LT", 50)], "RESTRICTION_V2",
        {"scope": "PROJECT", "duration": 1, "duration_unit": "DAYS"}, history_size=3,
    )  # fmt: skip
    for kind, key, value in (
        ("ASSIGNMENTS_ASSESSMENT", "assessment_event", "REJECT"),
        ("USERS_ASSESSMENT", "pool_access_revoked_reason", "RESTRICTION"),
    ):
        again = {"delta": 1, "open_pool": True}
        control["configs"] += quality_control(kind, [(key, "EQ", value)], "CHANGE_OVERLAP", again)["configs"]
    places = {
        "scope": "POOL", "distribution": "UNIFORM", "window_days": 1,
        "intervals": [{"from": 1, "to": 99, "frequency": 3}],
    }  # fmt: skip
    checks = {"real_settings": {"target_overlap": 3, "task_distribution_function": places}}
    return floor.pool(
        real=4, golden=9, auto_accept_solutions=False, auto_accept_period_day=2,
        quality_control={**control, "checkpoints_config": checks}, defaults={"default_overlap_for_new_tasks": 2},
        mixer_config={"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0},
        dynamic_overlap_config={
            "type": "BASIC", "max_overlap": 5, "min_confidence": 0.9, "answer_weight_skill_id": skill,
            "fields": [{"name": "answer"}],
        },
        dynamic_pricing_config={
            "type": "SKILL", "skill_id": skill, "intervals": [{"from": 80, "to": 100, "reward_per_assignment": 0.07}]
        },
    )  # fmt: skip


def do(floor: Floor, pool: str, held: dict[str, str], step: tuple[Any, ...]) -> None:
    """One step, if it is possible now. Refusals are part of the game."""
    kind, *what = step
    if kind == "take" and what[0] not in held:
        assignment = floor.take(pool, what[0])
        if assignment is not None:
            held[what[0]] = assignment
    elif kind == "answer" and what[0] in held:
        floor.answer(held.pop(what[0]), what[1])
    elif kind == "leave" and what[0] in held:
        floor.leave(held.pop(what[0]), what[1])
    elif kind == "wait":
        floor.wait(what[0])
    elif kind in ("review", "open"):
        try:
            _manage(floor, pool, kind, what)
        except ApiError as error:
            assert error.status == 409


def _manage(floor: Floor, pool: str, kind: str, what: list[Any]) -> None:
    if kind == "open":
        floor.call(pools.open_pool, id=pool)
        return
    rows = floor.state.store.all("SELECT id FROM assignments WHERE submitted IS NOT NULL ORDER BY id")
    if rows:
        floor.review(rows[what[1] % len(rows)]["id"], what[0])


def check_books(floor: Floor) -> None:
    """Money is where the assignments say, and tasks are where the answers say."""
    rows = floor.state.store.all("SELECT held, paid, status FROM assignments")
    account = floor.account
    assert account.balance + sum(Decimal(row["paid"]) for row in rows) == Decimal(START)
    assert account.held == sum(Decimal(row["held"]) for row in rows)
    assert account.available >= 0
    assert all(Decimal(row["held"]) == 0 for row in rows if row["status"] not in ("ACTIVE", "SUBMITTED"))
    tasks = floor.state.store.all(
        "SELECT tasks.overlap, remaining, (SELECT COUNT(*) FROM answers JOIN assignments ON assignments.id = "
        "assignment_id WHERE task_id = tasks.id AND status NOT IN ('SKIPPED', 'EXPIRED')) AS given FROM tasks "
        "WHERE kind = 'REAL'"
    )
    for task in tasks:
        assert task["remaining"] >= 0
        assert task["overlap"] - task["remaining"] == task["given"]
    twice = floor.state.store.all(
        "SELECT task_id FROM answers JOIN assignments ON assignments.id = assignment_id WHERE status != 'EXPIRED' "
        "GROUP BY task_id, answers.user_id HAVING COUNT(*) > 1"
    )
    assert twice == []


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(STEPS, min_size=10, max_size=60))
def test_the_books_agree_whatever_happens(steps: list[tuple[Any, ...]]) -> None:
    """Balance, reservations and payments add up; no task exceeds its overlap; no worker meets a task twice."""
    with tempfile.TemporaryDirectory() as directory:
        floor = Floor.build(Path(directory), balance=START)
        pool, held = lively_pool(floor), {}
        for step in steps:
            do(floor, pool, held, step)
            check_books(floor)
        floor.state.store.close()
