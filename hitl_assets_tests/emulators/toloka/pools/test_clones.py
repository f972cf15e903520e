"""Clones of pools, trainings and projects, and versions of a project."""

from __future__ import annotations

from typing import Any

import pytest
from toloka.client import Task, Training, structure
from toloka.client.exceptions import IncorrectActionsApiError, ValidationApiError

CONTROL = {
    "configs": [
        {
            "collector_config": {"type": "GOLDEN_SET", "parameters": {"history_size": 5}},
            "rules": [
                {
                    "conditions": [{"key": "golden_set_correct_answers_rate", "operator": "LT", "value": 50}],
                    "action": {
                        "type": "RESTRICTION_V2",
                        "parameters": {"scope": "PROJECT", "duration_unit": "PERMANENT"},
                    },
                }
            ],
        }
    ]
}


def uuids(thing: Any) -> list[Any]:
    """The ids of its collectors."""
    return [config.collector_config.uuid for config in thing.quality_control.configs]


def test_a_clone_of_a_pool_is_empty_and_closed(still) -> None:
    """The same configuration and the same collectors, also of an archived pool; no tasks, no answers."""
    pool = still.filled(4, quality_control=CONTROL, priority=7)
    still.client.archive_pool(pool.id)
    clone = still.client.clone_pool(pool.id)
    assert (clone.is_closed(), clone.private_name, clone.priority) == (True, pool.private_name, 7)
    assert clone.id != pool.id and clone.project_id == pool.project_id
    assert uuids(clone) == uuids(pool) != [None]
    assert list(still.client.get_tasks(pool_id=clone.id)) == []


def test_a_clone_of_a_training_is_empty_and_closed(still) -> None:
    """The operation's details name the new training."""
    training = still.training(still.project())
    clone = still.client.clone_training(training.id)
    assert isinstance(clone, Training) and clone.id != training.id and clone.is_closed()
    assert clone.training_tasks_in_task_suite_count == training.training_tasks_in_task_suite_count


def test_an_archived_project_takes_no_clones(still) -> None:
    """Nor any other new pool."""
    pool = still.pool()
    still.client.archive_pool(pool.id)
    still.client.archive_project(pool.project_id)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.clone_pool(pool.id)
    assert refused.value.code == "INAPPROPRIATE_STATUS"


@pytest.mark.parametrize("reuse_controllers", [True, False])
def test_a_project_is_cloned_by_the_client(still, reuse_controllers: bool) -> None:
    """Project, training and pool, the new pool asking for the new training; collectors are shared on request."""
    project = still.project(quality_control=CONTROL)
    training = still.training(project)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 80}
    pool = still.pool(project, quality_control={**CONTROL, "training_requirement": requirement})
    clone = still.client.clone_project(project.id, reuse_controllers=reuse_controllers)
    assert clone.project.public_name == project.public_name
    assert (uuids(clone.project) == uuids(still.client.get_project(project.id))) is reuse_controllers
    (new_pool,), (new_training,) = clone.pools, clone.trainings
    assert {new_pool.project_id, new_training.project_id} == {clone.project.id} != {project.id}
    assert new_pool.quality_control.training_requirement.training_pool_id == new_training.id
    assert (uuids(new_pool) == uuids(pool)) is reuse_controllers
    assert None not in uuids(new_pool)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (lambda spec: None, "EQUAL"),
        (lambda spec: spec["input_spec"].update(note={"type": "string", "required": False}), "NON_BREAKING_CHANGE"),
        (lambda spec: spec["output_spec"]["answer"]["allowed_values"].append("unsure"), "NON_BREAKING_CHANGE"),
        (
            lambda spec: spec["view_spec"].update(config='{"view": {"type": "view.text", "content": "?"}}'),
            "NON_BREAKING_CHANGE",
        ),
        (lambda spec: spec["input_spec"].update(note={"type": "string", "required": True}), "BREAKING_CHANGE"),
        (lambda spec: spec["output_spec"]["answer"].update(allowed_values=["yes"]), "BREAKING_CHANGE"),
        (lambda spec: spec["output_spec"].update(answer={"type": "boolean", "required": True}), "BREAKING_CHANGE"),
        (lambda spec: spec["input_spec"].pop("item_key"), "BREAKING_CHANGE"),
        (lambda spec: spec["input_spec"]["text"].update(max_length=3), "BREAKING_CHANGE"),
    ],
)
def test_an_update_can_be_weighed_before_it_is_made(still, change: Any, level: str) -> None:
    """What would refuse values that were good before breaks; the check changes nothing."""
    project = still.project()
    form = project.unstructure()
    change(form["task_spec"])
    wanted = structure(form, type(project))
    assert still.client.check_update_project_for_major_version_change(project.id, wanted).value == level
    assert still.client.get_project(project.id) == project


def test_a_breaking_update_leaves_the_pools_that_are_there(still) -> None:
    """They go on with the specification that they were made for; new pools have the new one."""
    project = still.project()
    old = still.pool(project)
    form = project.unstructure()
    form["task_spec"]["input_spec"] = {"image": {"type": "url", "required": True}}
    project = still.client.update_project(project.id, structure(form, type(project)))
    still.client.create_tasks(still.real(old.id, 1), allow_defaults=True)
    with pytest.raises(ValidationApiError):
        still.client.create_tasks(still.real(still.pool(project).id, 1), allow_defaults=True)
    image = Task(pool_id=still.pool(project).id, input_values={"image": "https://example.com/a.png"})
    assert still.client.create_task(image, allow_defaults=True).input_values == image.input_values
    assert "INPUT:text" in still.client.get_assignments_df(old.id).columns
