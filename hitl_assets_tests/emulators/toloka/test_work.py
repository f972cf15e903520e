"""Pools at work: suites, money, quality control, review and the ways a pool ends."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest
from toloka.client.analytics_request import CompletionPercentagePoolAnalytics, SpentBudgetPoolAnalytics
from toloka.client.exceptions import IncorrectActionsApiError

from hitl_assets.emulators.crowd.workers import meet

MIXED = {"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0}


def rules(kind: str, parameters: dict[str, Any], *conditions: tuple[str, str, float]) -> dict[str, Any]:
    """A quality control that bans from the pool for good."""
    ban = {"scope": "POOL", "duration_unit": "PERMANENT", "private_comment": "bad"}
    rule = {
        "conditions": [{"key": key, "operator": operator, "value": value} for key, operator, value in conditions],
        "action": {"type": "RESTRICTION_V2", "parameters": ban},
    }
    return {"configs": [{"collector_config": {"type": kind, "parameters": parameters}, "rules": [rule]}]}


def statuses(assignments: list[Any]) -> Counter[str]:
    """How many assignments have which status."""
    return Counter(assignment.status.value for assignment in assignments)


def test_a_pool_runs_until_all_answers_are_there(desk) -> None:
    """Every task gets its overlap, by different workers, and the pool closes by itself."""
    pool = desk.run(desk.filled(20))
    assert pool.last_close_reason.value == "COMPLETED"
    accepted = desk.assignments(pool, status="ACCEPTED")
    answers = Counter(task.id for assignment in accepted for task in assignment.tasks)
    assert set(answers.values()) == {3}
    pairs = [(assignment.user_id, task.id) for assignment in accepted for task in assignment.tasks]
    assert len(set(pairs)) == len(pairs)


def test_a_finished_pool_costs_what_was_estimated(desk) -> None:
    """Ten suites of two, three answers each, five cents and 30 % on top; the analytics leave the fee out."""
    pool = desk.run(desk.filled(20))
    assert len(desk.assignments(pool, status="ACCEPTED")) == 30
    assert desk.balance == Decimal(1000) - 30 * Decimal("0.065")
    analytics = [CompletionPercentagePoolAnalytics(subject_id=pool.id), SpentBudgetPoolAnalytics(subject_id=pool.id)]
    completion, spent = desk.client.wait_operation(desk.client.get_analytics(analytics)).details["value"]
    assert (completion["result"]["value"], spent["result"]) == (100, Decimal("1.5"))


@pytest.mark.slow
def test_a_skipped_suite_goes_to_somebody_else(desk) -> None:
    """Skipped and expired suites cost nothing and leave no gap."""
    pool = desk.run(desk.filled(200))
    counts = statuses(desk.assignments(pool))
    assert counts["ACCEPTED"] == 300
    assert counts["SKIPPED"] > 0
    assert counts["EXPIRED"] > 0


def test_the_last_suite_may_be_short(desk) -> None:
    """Five tasks in suites of two."""
    accepted = desk.assignments(desk.run(desk.filled(5)), status="ACCEPTED")
    assert Counter(len(assignment.tasks) for assignment in accepted) == {2: 6, 1: 3}


def test_a_short_suite_waits_unless_forced(desk) -> None:
    """force_last_assignment false: the last task waits for others."""
    mixer = {**MIXED, "golden_tasks_count": 0, "force_last_assignment": False}
    pool = desk.filled(3, mixer_config=mixer)
    desk.client.open_pool(pool.id)
    desk.until(lambda: len(desk.assignments(pool, status="ACCEPTED")), lambda count: count == 3)
    assert desk.client.get_pool(pool.id).is_open()
    desk.client.create_tasks(desk.real(pool.id, 1), allow_defaults=True)
    desk.until(lambda: desk.client.get_pool(pool.id), lambda pool: pool.is_closed())


def test_answers_stand_beside_their_tasks(desk) -> None:
    """solutions[i] answers tasks[i], and golden tasks show what they are."""
    pool = desk.run(desk.filled(4, golden=4, mixer_config=MIXED))
    for assignment in desk.assignments(pool, status="ACCEPTED"):
        assert len(assignment.tasks) == len(assignment.solutions) == 3
        assert sum(task.known_solutions is not None for task in assignment.tasks) == 1
        assert {solution.output_values["answer"] for solution in assignment.solutions} <= {"yes", "no"}
        assert assignment.submitted == assignment.accepted


def test_control_tasks_run_out_for_a_worker(desk) -> None:
    """One golden task per suite and two golden tasks: nobody gets more than two suites."""
    pool = desk.run(desk.filled(20, golden=2, mixer_config=MIXED))
    workers = Counter(assignment.user_id for assignment in desk.assignments(pool))
    assert max(workers.values()) <= 2


@pytest.mark.slow
def test_a_wrong_golden_answer_bans(desk) -> None:
    """The rule of the public example: 90 % or less, after one answer."""
    control = rules(
        "GOLDEN_SET", {"history_size": 10},
        ("golden_set_correct_answers_rate", "LTE", 90), ("golden_set_answers_count", "GTE", 1),
    )  # fmt: skip
    pool = desk.run(desk.filled(40, golden=10, mixer_config=MIXED, quality_control=control))
    assert pool.last_close_reason.value == "COMPLETED"
    banned = {found.user_id for found in desk.client.get_user_restrictions(scope="POOL", pool_id=pool.id)}
    assert banned
    for user_id in banned:
        *before, last = sorted(
            (one for one in desk.assignments(pool, status="ACCEPTED") if one.user_id == user_id), key=lambda one: one.id
        )
        assert [_is_right(one) for one in before] == [True] * len(before)
        assert not _is_right(last)


def _is_right(assignment: Any) -> bool:
    return all(
        solution.output_values == task.known_solutions[0].output_values
        for task, solution in zip(assignment.tasks, assignment.solutions, strict=True)
        if task.known_solutions
    )


@pytest.mark.slow
def test_fast_answers_ban(desk) -> None:
    """Quality control looks at the worker's time, not at the wall clock: most people are not banned."""
    control = rules(
        "ASSIGNMENT_SUBMIT_TIME", {"history_size": 5, "fast_submit_threshold_seconds": 10},
        ("fast_submitted_count", "GTE", 2),
    )  # fmt: skip
    pool = desk.run(desk.filled(200, quality_control=control))
    workers = {assignment.user_id for assignment in desk.assignments(pool)}
    banned = list(desk.client.get_user_restrictions(scope="POOL", pool_id=pool.id))
    assert 0 < len(banned) < len(workers) / 2
    assert banned[0].private_comment == "bad"


@pytest.mark.slow
def test_a_skill_follows_the_answers(desk) -> None:
    """SET_SKILL_FROM_OUTPUT_FIELD gives each worker the share of right golden answers."""
    skill = desk.client.create_skill(name="fruits")
    control = rules("GOLDEN_SET", {}, ("total_answers_count", "GTE", 1))
    parameters = {"skill_id": skill.id, "from_field": "correct_answers_rate"}
    control["configs"][0]["rules"][0]["action"] = {"type": "SET_SKILL_FROM_OUTPUT_FIELD", "parameters": parameters}
    pool = desk.run(desk.filled(10, golden=10, mixer_config=MIXED, quality_control=control))
    values = {found.user_id: found.exact_value for found in desk.client.get_user_skills(skill_id=skill.id)}
    workers = {assignment.user_id for assignment in desk.assignments(pool, status="ACCEPTED")}
    assert values.keys() == workers
    assert all(0 <= value <= 100 for value in values.values())


@pytest.mark.slow
def test_only_trained_workers_are_admitted(desk) -> None:
    """Who works in the pool has passed the training before."""
    project = desk.project()
    training = desk.training(project, tasks=6, task_suites_required_to_pass=10)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 80}
    pool = desk.run(desk.filled(10, project=project, quality_control={"training_requirement": requirement}))
    assert pool.last_close_reason.value == "COMPLETED"
    right: Counter[str] = Counter()
    for assignment in desk.assignments(training, status="ACCEPTED"):
        first = assignment.first_declined_solution_attempt or assignment.solutions
        right[assignment.user_id] += sum(solution.output_values["answer"] == "yes" for solution in first)
    assert all(right[assignment.user_id] >= 5 for assignment in desk.assignments(pool))
    assert desk.balance == Decimal(1000) - 15 * Decimal("0.065")


def test_a_filter_keeps_workers_out(desk) -> None:
    """Everybody in the pool matches the filter; nobody else was asked."""
    condition = {"category": "computed", "key": "client_type", "operator": "EQ", "value": "BROWSER"}
    pool = desk.run(desk.filled(10, filter={"and": [condition]}))
    assert pool.last_close_reason.value == "COMPLETED"
    profiles = {worker.user_id: worker.profile for worker in (meet(0, number) for number in range(1, 1000))}
    assert {profiles[one.user_id]["client_type"] for one in desk.assignments(pool)} == {"BROWSER"}


def test_nobody_comes_when_nobody_may(desk) -> None:
    """A filter that no worker passes leaves the pool open, and the server answers."""
    condition = {"category": "profile", "key": "country", "operator": "EQ", "value": "AQ"}
    pool = desk.filled(4, filter={"and": [condition]})
    desk.client.open_pool(pool.id)
    assert desk.client.close_pool(pool.id).last_close_reason.value == "MANUAL"
    assert desk.assignments(pool) == []


def test_review_by_hand_pays_what_is_accepted(desk) -> None:
    """Submitted suites are held, accepted ones paid, rejected ones released; a rejection can be taken back."""
    pool = desk.run(desk.filled(4, auto_accept_solutions=False))
    submitted = desk.assignments(pool, status="SUBMITTED")
    assert (len(submitted), desk.balance) == (6, Decimal(1000))
    desk.client.accept_assignment(submitted[0].id, "thanks")
    desk.client.reject_assignment(submitted[1].id, "wrong")
    assert desk.balance == Decimal(1000) - Decimal("0.065")
    assert desk.client.get_assignment(submitted[1].id).public_comment == "wrong"
    with pytest.raises(IncorrectActionsApiError) as refused:
        desk.client.reject_assignment(submitted[0].id, "too late")
    assert refused.value.code == "INAPPROPRIATE_STATUS"
    desk.client.accept_assignment(submitted[1].id, "right after all")
    assert desk.balance == Decimal(1000) - 2 * Decimal("0.065")


def test_an_overdue_review_accepts(desk) -> None:
    """After auto_accept_period_day of simulated time, which full speed does not leap over."""
    pool = desk.run(desk.filled(4, auto_accept_solutions=False, auto_accept_period_day=1))
    assert len(desk.assignments(pool, status="SUBMITTED")) == 6
    desk.advance(86_400)
    assert statuses(desk.assignments(pool))["ACCEPTED"] == 6
    assert desk.balance == Decimal(1000) - 6 * Decimal("0.065")


def test_a_pool_stops_when_the_money_runs_out(start) -> None:
    """The balance covers the pool that was opened, not what is added to it. What was paid for is kept."""
    desk = start(balance=Decimal("0.70"), speed=200.0)
    pool = desk.filled(4, auto_close_after_complete_delay_seconds=100_000)
    desk.client.open_pool(pool.id)
    desk.client.create_tasks(desk.real(pool.id, 20), allow_defaults=True)
    closed = desk.until(lambda: desk.client.get_pool(pool.id), lambda pool: pool.is_closed())
    assert closed.last_close_reason.value == "NOT_ENOUGH_BALANCE"
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), lambda active: not active)
    paid = len(desk.assignments(pool, status="ACCEPTED"))
    assert 6 < paid <= 10
    assert desk.balance == Decimal("0.70") - paid * Decimal("0.065")


def test_a_pool_expires(start) -> None:
    """will_expire is a date of the wall clock."""
    desk = start(speed=1.0)
    soon = datetime.now(timezone.utc) + timedelta(seconds=0.5)
    pool = desk.run(desk.filled(4, will_expire=soon.replace(tzinfo=None).isoformat()))
    assert pool.last_close_reason.value == "EXPIRED"


def test_a_done_pool_waits_for_its_delay(start) -> None:
    """auto_close_after_complete_delay_seconds, at the crowd's speed."""
    desk = start(speed=2000.0)
    pool = desk.run(desk.filled(2, auto_close_after_complete_delay_seconds=1000))
    assert pool.last_close_reason.value == "COMPLETED"
    # Everything else comes on top of the delay, and more of it on a busy machine.
    assert (pool.last_stopped - pool.last_started).total_seconds() >= 0.5


def test_answers_arrive_after_the_pool_was_closed(start) -> None:
    """Closing takes nothing away from those who are at work."""
    desk = start(speed=100.0)
    pool = desk.filled(60)
    desk.client.open_pool(pool.id)
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), bool)
    closed = desk.client.close_pool(pool.id)
    assert closed.last_close_reason.value == "MANUAL"
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), lambda active: not active)
    assert max(one.submitted for one in desk.assignments(pool, status="ACCEPTED")) > closed.last_stopped


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answers(start, tmp_path) -> None:
    """A rehearsal can be repeated."""
    runs = []
    for name in ("one", "two"):
        desk = start(state=tmp_path / name, seed=5)
        pool = desk.run(desk.filled(20, golden=5, mixer_config=MIXED))
        runs.append(
            [
                (one.user_id, one.status, [solution.output_values for solution in one.solutions or []])
                for one in desk.assignments(pool)
            ]
        )
    assert runs[0] == runs[1]


@pytest.mark.slow
def test_the_answer_key_is_the_truth(start, tmp_path) -> None:
    """With a key, most answers to real tasks are what the key says."""
    key = tmp_path / "key.csv"
    rows = [f"text {number},{'yes' if number % 3 else 'no'}" for number in range(60)]
    key.write_text("\n".join(["INPUT:text,GOLDEN:answer", *rows]))
    desk = start(answer_key=key)
    pool = desk.run(desk.filled(60))
    right = [
        solution.output_values["answer"] == ("yes" if int(task.input_values["text"].split()[1]) % 3 else "no")
        for assignment in desk.assignments(pool, status="ACCEPTED")
        for task, solution in zip(assignment.tasks, assignment.solutions, strict=True)
    ]
    assert 0.75 < sum(right) / len(right) < 0.95


def test_answers_say_that_nobody_gave_them(start, tmp_path) -> None:
    """And whether somebody knew what is right: a label of made-up truths means nothing. Keys add up."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("text,size\ntext 1,2\n")
    second.write_text("INPUT:text,GOLDEN:answer\n" + "".join(f"text {number},yes\n" for number in range(4)))
    desk = start(answer_key=[first, second])
    known, unknown = (desk.run(desk.filled(count)) for count in (4, 8))
    assert {kind(one) for one in desk.assignments(known, status="ACCEPTED")} == {"answer_key"}
    assert "made_up" in {kind(one) for one in desk.assignments(unknown, status="ACCEPTED")}


def test_what_no_key_has_can_be_left_to_people(start, tmp_path) -> None:
    """Nobody takes a suite of it, and the pool says why it waits; until somebody tells the emulator the rest."""
    key = tmp_path / "key.csv"
    key.write_text("text,answer\ntext 0,yes\n")
    desk = start(answer_key=key, makes_up=False)
    pool = desk.filled(8)
    desk.client.open_pool(pool.id)
    page = f"{desk.emulator.url}/requester/project/{pool.project_id}/pool/{pool.id}"
    desk.until(lambda: httpx.get(page).text, lambda text: "answer them here yourself" in text)
    assert desk.assignments(pool) == []
    content = "text,answer\n" + "".join(f"text {number},yes\n" for number in range(8))
    told = httpx.post(f"{desk.emulator.url}/emulator/answer_keys", json={"name": "rest.csv", "content": content})
    assert told.json() == {"crowd": "mixed", "answer_keys": [str(key), "rest.csv"], "makes_up": False}
    done = desk.until(lambda: desk.assignments(pool, status="ACCEPTED"), bool)
    assert {kind(one) for one in done} == {"answer_key"}


def test_a_key_that_comes_first_brings_people(start) -> None:
    """Without one everything is left to people."""
    desk = start(makes_up=False)
    pool = desk.filled(1)
    desk.client.open_pool(pool.id)
    content = {"name": "key.csv", "content": "text,answer\ntext 0,yes\n"}
    assert httpx.post(f"{desk.emulator.url}/emulator/answer_keys", json=content).status_code == 200
    assert desk.until(lambda: desk.assignments(pool, status="ACCEPTED"), bool)
    assert httpx.post(f"{desk.emulator.url}/emulator/answer_keys", json={"name": "key.csv"}).status_code == 400


def kind(assignment: Any) -> str:
    """Whose answers an assignment has."""
    return str(assignment.unstructure().get("simulated"))


def test_assignments_are_filtered(desk) -> None:
    """By status, task, suite, worker and time."""
    pool = desk.run(desk.filled(20))
    everything = desk.assignments(pool)
    one = next(assignment for assignment in everything if assignment.status.value == "ACCEPTED")
    assert [found.id for found in desk.client.get_assignments(task_suite_id=one.task_suite_id)] == [one.id]
    assert len(list(desk.client.get_assignments(task_id=one.tasks[0].id, status="ACCEPTED"))) == 3
    assert {found.user_id for found in desk.assignments(pool, user_id=one.user_id)} == {one.user_id}
    later = desk.assignments(pool, submitted_gt=one.submitted)
    assert {found.id for found in later} == {
        found.id for found in everything if found.submitted is not None and found.submitted > one.submitted
    }
    assert desk.assignments(pool, status=["SUBMITTED", "REJECTED"]) == []


def test_the_table_has_a_row_per_task(desk) -> None:
    """get_assignments_df, with Toloka's columns; an empty pool still has them."""
    empty = desk.client.get_assignments_df(desk.pool().id)
    assert list(empty.columns)[:3] == ["INPUT:text", "INPUT:item_key", "OUTPUT:answer"]
    table = desk.client.get_assignments_df(desk.run(desk.filled(4)).id)
    assert len(table) == 12
    assert set(table["ASSIGNMENT:status"]) == {"APPROVED"}


def test_suites_are_listed(desk) -> None:
    """One per assignment, with its tasks."""
    pool = desk.run(desk.filled(4))
    suites = list(desk.client.get_task_suites(pool_id=pool.id))
    assert {suite.id for suite in suites} == {one.task_suite_id for one in desk.assignments(pool)}
    assert all(len(suite.tasks) == 2 for suite in suites)


@pytest.mark.slow
def test_the_few_who_have_a_skill_are_asked_back(desk) -> None:
    """However many others have come: else nobody ever finishes what only they may do."""
    overlap = {"default_overlap_for_new_tasks": 400, "default_overlap_for_new_task_suites": 400}
    seen = {one.user_id for one in desk.assignments(desk.run(desk.filled(1, defaults=overlap)))}
    skill = desk.client.create_skill(name="rare")
    for user_id in sorted(seen)[:6]:
        desk.client.set_user_skill(skill_id=skill.id, user_id=user_id, value=Decimal(90))
    wanted = {"category": "skill", "key": skill.id, "operator": "GTE", "value": 80}
    assert desk.run(desk.filled(4, filter={"and": [{"or": [wanted]}]})).last_close_reason.value == "COMPLETED"
