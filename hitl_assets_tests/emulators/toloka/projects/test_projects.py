"""Projects and trainings."""

from __future__ import annotations

import httpx
import pytest
from toloka.client import Project, structure, unstructure
from toloka.client.exceptions import DoesNotExistApiError, IncorrectActionsApiError, ValidationApiError


def test_a_project_comes_back_as_it_went_in(still) -> None:
    """Keys that a pipeline leaves on the server must still be there when it looks."""
    created = still.project(private_comment="key 7", metadata={"owner": ["hitl"]}, something_new={"a": 1})
    found = still.client.get_project(created.id)
    assert unstructure(found)["metadata"] == {"owner": ["hitl"]}
    assert found.private_comment == "key 7"
    assert found._unexpected["something_new"] == {"a": 1}
    assert found.status == Project.ProjectStatus.ACTIVE


def test_a_project_needs_its_fields(still) -> None:
    """Each missing field has its own error."""
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_project(structure({"public_description": "x"}, Project))
    assert set(refused.value.invalid_fields) == {"public_name", "task_spec"}


def test_projects_are_listed_page_by_page(still) -> None:
    """The client's iterator goes on until has_more is false."""
    ids = [still.project().id for _ in range(5)]
    assert [project.id for project in still.client.get_projects(batch_size=2)] == ids
    found = still.client.find_projects(sort=["-id"], limit=2)
    assert ([project.id for project in found.items], found.has_more) == (ids[:2:-1], True)


def test_a_project_is_archived_after_its_pools(still) -> None:
    """Toloka keeps a project alive while it has pools."""
    pool = still.pool()
    with pytest.raises(IncorrectActionsApiError, match="Archive the pools"):
        still.client.archive_project(pool.project_id)
    still.client.archive_pool(pool.id)
    assert still.client.archive_project(pool.project_id).status == Project.ProjectStatus.ARCHIVED


def test_an_unknown_project_does_not_exist(still) -> None:
    """404 with Toloka's code."""
    with pytest.raises(DoesNotExistApiError):
        still.client.get_project("12345678")


def test_a_training_needs_tasks_to_open(still) -> None:
    """Nobody could pass an empty training."""
    training = still.training(still.project(), tasks=0)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.open_training(training.id)
    assert refused.value.code == "EMPTY_POOL"


def test_a_training_lives_like_a_pool(still) -> None:
    """Open, closed by hand, archived."""
    training = still.training(still.project())
    assert training.is_open()
    assert still.client.close_training(training.id).last_close_reason.value == "MANUAL"
    assert still.client.archive_training(training.id).is_archived()
    assert [found.id for found in still.client.get_trainings(project_id=training.project_id)] == [training.id]


def test_a_training_that_a_pool_asks_for_is_not_archived(still) -> None:
    """Its pool could not be opened any more."""
    project = still.project()
    training = still.training(project)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 50}
    still.pool(project, quality_control={"training_requirement": requirement})
    still.client.close_training(training.id)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.archive_training(training.id)
    assert refused.value.code == "TRAINING_ARCHIVE_CONFLICT"


def test_an_operation_that_changes_nothing_is_empty(still) -> None:
    """Closing what is closed answers 204, and the client reads the object."""
    training = still.training(still.project(), tasks=0)
    answer = httpx.post(
        f"{still.emulator.url}/api/v1/trainings/{training.id}/close", headers={"Authorization": "OAuth x"}
    )
    assert (answer.status_code, answer.content) == (204, b"")
