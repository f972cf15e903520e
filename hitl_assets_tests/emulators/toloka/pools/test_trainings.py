"""Trainings as programs handle them: opened by an upload, addressed as pools, as active as the pools that need them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from toloka.client import actions, collectors, conditions
from toloka.client.exceptions import IncorrectActionsApiError

HEADERS = {"Authorization": "OAuth any"}


def requirement(training_id: str, value: float = 0) -> dict[str, Any]:
    """A pool's demand that workers have done a training."""
    return {"training_requirement": {"training_pool_id": training_id, "training_passing_skill_value": value}}


@pytest.mark.parametrize("async_mode", [True, False])
def test_an_upload_opens_a_training(idle: Any, async_mode: bool) -> None:
    """As it opens a pool."""
    training = idle.training(idle.project(), tasks=0)
    idle.client.create_tasks(idle.golden(training.id, 2), open_pool=True, async_mode=async_mode)
    assert idle.client.get_training(training.id).is_open()


def test_a_patched_task_opens_a_training(idle: Any) -> None:
    """By the same parameter."""
    training = idle.training(idle.project(), tasks=0)
    task = idle.client.create_task(idle.golden(training.id, 1)[0])
    url = f"{idle.emulator.url}/api/v1/tasks/{task.id}?open_pool=true"
    assert httpx.patch(url, json={"message_on_unknown_solution": "a fruit"}, headers=HEADERS).status_code == 200
    assert idle.client.get_training(training.id).is_open()


def test_a_training_lives_at_the_address_of_a_pool(idle: Any) -> None:
    """Programs open, close, clone and archive it there, as they read it there."""
    training = idle.training(idle.project(), tasks=0)
    idle.client.create_tasks(idle.golden(training.id, 2))
    assert idle.client.open_pool(training.id).is_open()
    assert idle.client.close_pool_for_update(training.id).is_closed()
    assert idle.client.close_pool(training.id).is_closed()
    clone = idle.client.clone_pool(training.id)
    assert (clone.type.value, idle.client.get_training(clone.id).private_name) == ("TRAINING", "practice")
    assert idle.client.archive_pool(training.id).is_archived()
    assert idle.client.get_training(training.id).is_archived()


def test_a_training_that_a_pool_needs_is_not_archived_there_either(idle: Any) -> None:
    """The same conflict by both addresses."""
    project = idle.project()
    training = idle.training(project)
    idle.pool(project, quality_control=requirement(training.id))
    idle.client.close_training(training.id)
    for archive in (idle.client.archive_pool, idle.client.archive_training):
        with pytest.raises(IncorrectActionsApiError) as refused:
            archive(training.id)
        assert refused.value.code == "TRAINING_ARCHIVE_CONFLICT"


def test_a_training_is_closed_for_an_update(idle: Any) -> None:
    """The API has it, the client does not."""
    training = idle.training(idle.project())
    url = f"{idle.emulator.url}/api/v1/trainings/{training.id}/close-for-update"
    assert httpx.post(url, headers=HEADERS).json()["type"] == "TRAINING.CLOSE"
    assert idle.client.get_training(training.id).last_close_reason.value == "FOR_UPDATE"


def statuses(desk: Any, *pools: Any) -> list[str]:
    """How it stands with pools and trainings."""
    return [desk.client.get_pool(pool.id).status.value for pool in pools]


def reopen_by_reject(desk: Any, pool: Any) -> None:
    """Reject a suite where a rule asks for another one then."""
    desk.client.reject_assignment(desk.assignments(pool, status="SUBMITTED")[0].id, "no")


def reopen_by_patch(desk: Any, pool: Any) -> None:
    """More overlap for one task, and open."""
    task = next(desk.client.get_tasks(pool_id=pool.id))
    url = f"{desk.emulator.url}/api/v1/tasks/{task.id}?open_pool=true"
    assert httpx.patch(url, json={"overlap": task.overlap + 1}, headers=HEADERS).status_code == 200


def reopen_by_hand(desk: Any, pool: Any) -> None:
    """A new task, then open."""
    desk.client.create_tasks(desk.real(pool.id, 1), allow_defaults=True)
    desk.client.open_pool(pool.id)


def reopen_by_upload(desk: Any, pool: Any) -> None:
    """A new task that opens the pool."""
    desk.client.create_tasks(desk.real(pool.id, 1), allow_defaults=True, open_pool=True)


@pytest.mark.slow
@pytest.mark.parametrize("reopen", [reopen_by_reject, reopen_by_patch, reopen_by_hand, reopen_by_upload])
def test_a_training_is_open_again_with_its_pool(still: Any, reopen: Any) -> None:
    """Newcomers have to pass it: the pool would starve."""
    project = still.project()
    training = still.training(project)
    again = actions.ChangeOverlap(delta=1, open_pool=True)
    pool = still.pool(project, auto_accept_solutions=False, auto_accept_period_day=3)
    pool.quality_control.add_action(
        collector=collectors.AssignmentsAssessment(),
        conditions=[conditions.AssessmentEvent == conditions.AssessmentEvent.REJECT],
        action=again,
    )
    pool.set_training_requirement(training_pool_id=training.id, training_passing_skill_value=0)
    pool = still.client.update_pool(pool.id, pool)
    still.client.create_tasks(still.real(pool.id, 2), allow_defaults=True, open_pool=True)
    still.advance(7200)
    assert still.client.get_pool(pool.id).last_close_reason.value == "COMPLETED"
    closed = still.client.get_training(training.id)
    assert (closed.is_closed(), closed.last_close_reason.value) == (True, "COMPLETED")
    reopen(still, pool)
    assert statuses(still, pool, training) == ["OPEN", "OPEN"]
    still.advance(7200)
    assert statuses(still, pool, training) == ["CLOSED", "CLOSED"]


def test_a_training_that_the_requester_closed_stays_closed(still: Any) -> None:
    """Only what the end of the pool closed is opened with it."""
    project = still.project()
    training = still.training(project)
    still.client.close_training(training.id)
    pool = still.filled(2, project=project, quality_control=requirement(training.id))
    still.client.open_pool(pool.id)
    assert still.client.get_training(training.id).is_closed()
