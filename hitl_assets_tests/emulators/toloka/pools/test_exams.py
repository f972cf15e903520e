"""Pools in which every task has its answer: exams and surveys. They end when all is answered."""

from __future__ import annotations

from typing import Any

import pytest
from toloka.client import Task, TaskSuite
from toloka.client.analytics_request import CompletionPercentagePoolAnalytics, EstimatedAssignmentsCountPoolAnalytics

KNOWN = [Task.KnownSolution(output_values={"answer": "yes"})]


def exam(desk: Any, tasks: int, in_suite: int, **changes: Any) -> Any:
    """A closed pool of control tasks with an overlap of 5."""
    mixer = {"real_tasks_count": 0, "golden_tasks_count": in_suite, "training_tasks_count": 0}
    pool = desk.pool(mixer_config=mixer, **changes)
    desk.client.create_tasks(
        [Task(pool_id=pool.id, input_values={"text": f"q{n}"}, known_solutions=KNOWN, overlap=5) for n in range(tasks)]
    )
    return pool


def measured(desk: Any, pool: Any, name: Any) -> Any:
    """One number of a pool."""
    operation = desk.client.wait_operation(desk.client.get_analytics([name(subject_id=pool.id)]))
    return operation.details["value"][0]["result"]


@pytest.mark.parametrize(("tasks", "in_suite"), [(1, 1), (6, 2), (10, 3)])
def test_an_exam_ends_when_all_is_answered(shared: Any, tasks: int, in_suite: int) -> None:
    """Also if its tasks do not make whole suites; and each has its five answers."""
    pool = exam(shared, tasks, in_suite)
    assert measured(shared, pool, CompletionPercentagePoolAnalytics)["value"] == 0
    assert measured(shared, pool, EstimatedAssignmentsCountPoolAnalytics) == 5 * -(-tasks // in_suite)
    done = shared.run(pool)
    assert (done.is_closed(), done.last_close_reason.value) == (True, "COMPLETED")
    assert measured(shared, pool, CompletionPercentagePoolAnalytics)["value"] == 100
    assert {task.remaining_overlap for task in shared.client.get_tasks(pool_id=pool.id)} == {0}


@pytest.mark.slow
def test_an_exam_for_everybody_goes_on(still: Any) -> None:
    """Whoever comes may take it; the requester closes it."""
    mixer = {"real_tasks_count": 0, "golden_tasks_count": 2, "training_tasks_count": 0}
    pool = still.pool(mixer_config=mixer)
    still.client.create_tasks(still.golden(pool.id, 4))
    still.client.open_pool(pool.id)
    still.advance(600)
    assert still.client.get_pool(pool.id).is_open()
    assert still.assignments(pool, status="ACCEPTED")
    assert measured(still, pool, CompletionPercentagePoolAnalytics)["infinite"] is True


def test_the_rest_of_control_tasks_is_not_given_beside_real_ones(still: Any) -> None:
    """There, a suite has all its control tasks, and the pool is done with its real tasks."""
    mixer = {"real_tasks_count": 1, "golden_tasks_count": 2, "training_tasks_count": 0}
    pool = still.filled(1, mixer_config=mixer)
    still.client.create_tasks(still.golden(pool.id, 1))
    still.client.open_pool(pool.id)
    still.advance(3600)
    assert (still.client.get_pool(pool.id).is_open(), still.assignments(pool)) == (True, [])


def test_a_survey_in_suites_ends_when_all_is_answered(shared: Any) -> None:
    """Suites by hand with control tasks only."""
    pool = shared.pool(mixer_config=None)
    tasks = [Task(input_values={"text": f"q{n}"}, known_solutions=KNOWN) for n in range(2)]
    shared.client.create_task_suites([TaskSuite(pool_id=pool.id, tasks=tasks, overlap=4)])
    assert shared.run(pool).last_close_reason.value == "COMPLETED"
    assert len(shared.assignments(pool, status="ACCEPTED")) == 4


def test_an_exam_is_paid_as_long_as_there_is_money(start: Any) -> None:
    """Opening asks for what all suites cost: 5 answers of one suite at 5 cents and the fee."""
    desk = start(balance="0.32", speed="manual")
    with pytest.raises(Exception, match="NOT_ENOUGH_BALANCE"):
        desk.client.open_pool(exam(desk, 2, 2).id)
