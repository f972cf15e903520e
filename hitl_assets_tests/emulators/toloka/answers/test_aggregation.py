"""Aggregated solutions: one answer per task, computed by the server."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from toloka.client import Task
from toloka.client.aggregation import AggregatedSolutionType as By
from toloka.client.aggregation import PoolAggregatedSolutionRequest
from toloka.client.exceptions import ConflictStateApiError, DoesNotExistApiError, ValidationApiError

VIEW = {
    "type": "tb",
    "config": '{"view": {"type": "field.text", "data": {"type": "data.output", "path": "answer"}}}',
    "lock": {"core": "1.0.0", "field.text": "1.0.0"},
}
FIELDS = [PoolAggregatedSolutionRequest.Field(name="answer")]


@pytest.fixture
def skill(shared: Any) -> Any:
    """A skill that nobody has yet."""
    return shared.client.create_skill(name="care")


def aggregate(desk: Any, pool: Any, by: By, skill_id: str | None = None, **changes: Any) -> list[Any]:
    """Ask, wait, read."""
    wanted = {"type": by, "pool_id": pool.id, "answer_weight_skill_id": skill_id, "fields": FIELDS, **changes}
    operation = desk.client.wait_operation(desk.client.aggregate_solutions_by_pool(**wanted))
    return list(desk.client.get_aggregated_solutions(operation.id, batch_size=3))


def votes_of(desk: Any, pool: Any) -> dict[str, list[tuple[str, str]]]:
    """Task id -> who answered what."""
    votes: dict[str, list[tuple[str, str]]] = {}
    for assignment in desk.assignments(pool, status="ACCEPTED"):
        for task, solution in zip(assignment.tasks, assignment.solutions, strict=True):
            votes.setdefault(task.id, []).append((assignment.user_id, solution.output_values["answer"]))
    return votes


@pytest.mark.parametrize("by", [By.WEIGHTED_DYNAMIC_OVERLAP, By.DAWID_SKENE])
def test_every_task_gets_one_answer_in_order(shared: Any, skill: Any, by: By) -> None:
    """The client pages by task_id; nothing may be lost or twice."""
    pool = shared.run(shared.filled(10))
    solutions = aggregate(shared, pool, by, skill.id)
    assert [one.task_id for one in solutions] == sorted(votes_of(shared, pool))
    assert all(0 < one.confidence <= 1 and one.pool_id == pool.id for one in solutions)


def test_skill_weighs_more_than_numbers(shared: Any, skill: Any) -> None:
    """One careful worker outvotes two who guess."""
    pool = shared.run(shared.filled(40))
    votes = votes_of(shared, pool)
    task_id = next(key for key, given in votes.items() if len({answer for _, answer in given}) == 2)
    tally = Counter(answer for _, answer in votes[task_id])
    lone = next((user, answer) for user, answer in votes[task_id] if tally[answer] == 1)
    for user, _ in votes[task_id]:
        shared.client.set_user_skill(skill_id=skill.id, user_id=user, value=Decimal(95 if user == lone[0] else 10))
    solution = shared.client.aggregate_solutions_by_task(
        pool_id=pool.id, task_id=task_id, answer_weight_skill_id=skill.id,
        fields=FIELDS,
    )  # fmt: skip
    assert solution.output_values == {"answer": lone[1]}
    assert solution.confidence == pytest.approx(0.95 * 0.9**2 / (0.95 * 0.9**2 + 0.05 * 0.1**2))


def test_what_was_known_before_counts_as_a_vote(shared: Any, skill: Any) -> None:
    """A baseline solution with a high weight outvotes a worker of whom nothing is known."""
    pool = shared.pool()
    known = [Task.BaselineSolution(output_values={"answer": "no"}, confidence_weight=0.99)]
    tasks = shared.real(pool.id, 1, baseline_solutions=known, overlap=1) + shared.real(pool.id, 1, overlap=1)
    created = shared.client.create_tasks(tasks, allow_defaults=True)
    shared.run(pool)
    found = {one.task_id: one for one in aggregate(shared, pool, By.WEIGHTED_DYNAMIC_OVERLAP, skill.id)}
    assert found[created.items["0"].id].confidence == pytest.approx(0.99)
    assert found[created.items["1"].id].confidence == pytest.approx(0.5)


def test_by_skill_only_real_tasks_and_by_dawid_skene_control_tasks_too(shared: Any, skill: Any) -> None:
    """The documentation says so of both."""
    mixer = {"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0}
    pool = shared.run(shared.filled(6, golden=8, mixer_config=mixer))
    golden = {task.id for task in shared.client.get_tasks(pool_id=pool.id) if task.known_solutions}
    assert not golden & {one.task_id for one in aggregate(shared, pool, By.WEIGHTED_DYNAMIC_OVERLAP, skill.id)}
    assert golden & {one.task_id for one in aggregate(shared, pool, By.DAWID_SKENE)}


@pytest.mark.parametrize("by", [By.WEIGHTED_DYNAMIC_OVERLAP, By.DAWID_SKENE])
def test_only_accepted_answers_count(shared: Any, skill: Any, by: By) -> None:
    """What is not accepted is not paid for."""
    pool = shared.run(shared.filled(2, auto_accept_solutions=False, auto_accept_period_day=21))
    assert aggregate(shared, pool, by, skill.id) == []
    assignment = shared.assignments(pool, status="SUBMITTED")[0]
    shared.client.accept_assignment(assignment.id, "good")
    solutions = aggregate(shared, pool, by, skill.id)
    given = {task.id: one.output_values for task, one in zip(assignment.tasks, assignment.solutions, strict=True)}
    assert {one.task_id: one.output_values for one in solutions} == given


def test_a_task_without_accepted_answers_has_no_solution(shared: Any) -> None:
    """An error, not an invented answer."""
    pool, skill = shared.filled(2), shared.client.create_skill(name="care")
    task = next(iter(shared.client.get_tasks(pool_id=pool.id)))
    with pytest.raises(ConflictStateApiError):
        shared.client.aggregate_solutions_by_task(
            pool_id=pool.id, task_id=task.id, answer_weight_skill_id=skill.id,
            fields=FIELDS,
        )  # fmt: skip


REFUSED: list[tuple[By, dict[str, Any], str]] = [
    (By.DAWID_SKENE, {"fields": [*FIELDS, PoolAggregatedSolutionRequest.Field(name="extra")]}, "fields"),
    (By.DAWID_SKENE, {"fields": [PoolAggregatedSolutionRequest.Field(name="mood")]}, "fields.0.name"),
    (By.DAWID_SKENE, {"fields": [PoolAggregatedSolutionRequest.Field(name="photo")]}, "fields.0.name"),
    (By.DAWID_SKENE, {"fields": []}, "fields"),
    (By.WEIGHTED_DYNAMIC_OVERLAP, {}, "answer_weight_skill_id"),
    (By.WEIGHTED_DYNAMIC_OVERLAP, {"answer_weight_skill_id": "99"}, "answer_weight_skill_id"),
]


def test_what_cannot_be_aggregated_is_refused(shared: Any) -> None:
    """With the name of the parameter."""
    outputs = {
        "answer": {"type": "boolean"},
        "extra": {"type": "boolean", "required": False},
        "photo": {"type": "file", "required": False},
    }
    specification = {"input_spec": {"text": {"type": "string"}}, "output_spec": outputs, "view_spec": VIEW}
    pool = shared.pool(shared.project(task_spec=specification))
    for by, changes, path in REFUSED:
        with pytest.raises(ValidationApiError) as refusal:
            aggregate(shared, pool, by, **changes)
        assert path in refusal.value.invalid_fields


@pytest.mark.slow
def test_free_text_is_no_set_of_options(shared: Any) -> None:
    """A worker's confusions are a square of the options: thousands of texts would fill the memory."""
    specification = {
        "input_spec": {"text": {"type": "string"}}, "output_spec": {"answer": {"type": "string"}},
        "view_spec": VIEW,
    }  # fmt: skip
    pool = shared.pool(shared.project(task_spec=specification), mixer_config={
        "real_tasks_count": 20, "golden_tasks_count": 0, "training_tasks_count": 0,
    })  # fmt: skip
    shared.client.create_tasks(shared.real(pool.id, 120), allow_defaults=True)
    with pytest.raises(ValidationApiError, match="more than 100"):
        aggregate(shared, shared.run(pool), By.DAWID_SKENE)


def test_solutions_come_as_a_table(shared: Any, skill: Any) -> None:
    """toloka-kit's own way to a data frame."""
    pool = shared.run(shared.filled(4))
    operation = shared.client.aggregate_solutions_by_pool(
        type=By.WEIGHTED_DYNAMIC_OVERLAP, pool_id=pool.id, answer_weight_skill_id=skill.id, fields=FIELDS
    )
    table = pd.DataFrame([one.unstructure() for one in shared.client.get_aggregated_solutions(operation.id)])
    assert sorted(table["task_id"]) == sorted(votes_of(shared, pool))


def test_solutions_of_another_operation_do_not_exist(shared: Any) -> None:
    """An id of something else is no aggregation."""
    operation = shared.client.create_tasks_async(shared.real(shared.pool().id, 1), allow_defaults=True)
    with pytest.raises(DoesNotExistApiError):
        shared.client.find_aggregated_solutions(operation.id)
