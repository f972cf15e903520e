"""What is created once: projects and trainings, found by their marks."""

from dataclasses import replace
from typing import Any

import pytest
from toloka.client import Project as TolokaProject

from hitl_assets.labeling.items.known_tasks import read_known_tasks
from hitl_assets.labeling.pools.pools import Mark, project_mark, training_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.tasks import training_task


@pytest.fixture
def practice(project: Project) -> tuple[KnownTask, ...]:
    """The project's training tasks."""
    name = "training_tasks.csv"
    return read_known_tasks(project.read(name), name, project.inputs, project.kind)


def train(
    toloka: Toloka, project: Project, project_id: str, tasks: tuple[KnownTask, ...], mark: Mark | None = None
) -> tuple[str, str]:
    """The project's training with these tasks."""
    assert project.training is not None
    return toloka.ensure_training(
        project.training, mark or training_mark(project), project_id, lambda id_: [training_task(t, id_) for t in tasks]
    )


def get_project(toloka: Toloka, project_id: str) -> Any:
    """What the server has."""
    return toloka.reader.get_project(project_id)


def test_a_project_is_created_with_its_form(still_toloka: Toloka, project: Project) -> None:
    """Instructions, interface and the hidden key included; the mark says whose it is."""
    project_id, done = still_toloka.ensure_project(project.project, project_mark(project))
    made = get_project(still_toloka, project_id)
    assert done == "created"
    assert made.public_name == "Is this headline clickbait?"
    assert made.public_instructions == project.project["public_instructions"]
    assert made.task_spec.input_spec["item_key"].hidden
    assert made.private_comment == str(project_mark(project))


def test_a_project_is_created_once(still_toloka: Toloka, project: Project) -> None:
    """Whoever asks again finds it."""
    created, _ = still_toloka.ensure_project(project.project, project_mark(project))
    assert still_toloka.ensure_project(project.project, project_mark(project)) == (created, "found")
    assert still_toloka.find_project(project_mark(project)) == created


def test_another_form_updates_the_project(still_toloka: Toloka, project: Project) -> None:
    """The same project, so that its workers, skills and pools stay."""
    created, _ = still_toloka.ensure_project(project.project, project_mark(project))
    changed = replace(project, project={**project.project, "public_name": "Clickbait or not?"})
    assert still_toloka.ensure_project(changed.project, project_mark(changed)) == (created, "updated")
    assert get_project(still_toloka, created).public_name == "Clickbait or not?"
    assert still_toloka.ensure_project(changed.project, project_mark(changed)) == (created, "found")


def test_projects_of_others_are_left_alone(still_toloka: Toloka, project: Project, prefix: str) -> None:
    """One account serves many projects: by hand, without a mark, or with another name."""
    mark = project_mark(project)
    longer = Mark("project", f"{prefix}_longer", mark.key)
    others = {still_toloka.ensure_project(project.project, longer)[0]}
    others.add(str(still_toloka.writer.create_project({**project.project, "private_comment": "by hand"}).id))
    created, done = still_toloka.ensure_project(project.project, mark)
    assert done == "created"
    assert created not in others


def test_the_younger_of_two_empty_projects_is_put_away(still_toloka: Toloka, project: Project) -> None:
    """Nothing is in either of them; where something is in both, a person decides (schedules/)."""
    mark = project_mark(project)
    first, _ = still_toloka.ensure_project(project.project, mark)
    other = str(still_toloka.writer.create_project(get_project(still_toloka, first)).id)
    assert still_toloka.ensure_project(project.project, mark) == (first, "found")
    assert get_project(still_toloka, other).status == TolokaProject.ProjectStatus.ARCHIVED


def test_an_archived_project_is_gone(still_toloka: Toloka, project: Project) -> None:
    """Archiving one of two is how a person decides."""
    mark = project_mark(project)
    first, _ = still_toloka.ensure_project(project.project, mark)
    still_toloka.writer.archive_project(first)
    second, done = still_toloka.ensure_project(project.project, mark)
    assert (done, second == first) == ("created", False)


def test_a_missing_project_says_what_to_materialize(still_toloka: Toloka, project: Project) -> None:
    """A pool needs it."""
    with pytest.raises(ServiceError, match="Materialize toloka_project first"):
        still_toloka.find_project(project_mark(project))


def test_a_training_is_created_filled_and_opened(
    still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]
) -> None:
    """Its tasks carry answer and hint; a closed training would keep everybody out of the pool."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))
    training_id, done = train(still_toloka, project, project_id, practice)
    tasks = list(still_toloka.reader.get_tasks(pool_id=training_id))
    assert (done, still_toloka.reader.get_training(training_id).is_open()) == ("created", True)
    assert [task.message_on_unknown_solution for task in tasks] == [task.hint for task in practice]
    assert [task.known_solutions[0].output_values for task in tasks] == [task.answer for task in practice]
    assert all(task.infinite_overlap for task in tasks)


def test_a_training_is_created_once(still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]) -> None:
    """Whoever asks again finds it as it is."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))
    created, _ = train(still_toloka, project, project_id, practice)
    assert train(still_toloka, project, project_id, practice) == (created, "found")
    assert len(list(still_toloka.reader.get_trainings(project_id=project_id))) == 1
    assert len(list(still_toloka.reader.get_tasks(pool_id=created))) == len(practice)


def test_a_half_made_training_is_completed(
    still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]
) -> None:
    """A process may be killed between creating, filling and opening."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))

    def killed(_: str) -> list[Any]:
        raise KeyboardInterrupt

    assert project.training is not None
    with pytest.raises(KeyboardInterrupt):
        still_toloka.ensure_training(project.training, training_mark(project), project_id, killed)
    training_id, done = train(still_toloka, project, project_id, practice)
    assert (done, still_toloka.reader.get_training(training_id).is_open()) == ("found", True)
    assert len(list(still_toloka.reader.get_tasks(pool_id=training_id))) == len(practice)


def test_other_training_tasks_make_another_training(
    still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]
) -> None:
    """Who passed the old one didn't see the new tasks."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))
    created, _ = train(still_toloka, project, project_id, practice)
    mark = replace(training_mark(project), key="0" * 64)
    other, done = train(still_toloka, project, project_id, practice[:5], mark)
    assert (done, other == created) == ("created", False)


@pytest.mark.slow
def test_the_younger_of_two_trainings_is_put_away(
    still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]
) -> None:
    """It was never filled: whoever created it looks again before that."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))
    created, _ = train(still_toloka, project, project_id, practice)
    other = still_toloka.writer.create_training(still_toloka.reader.get_training(created))
    assert train(still_toloka, project, project_id, practice)[0] == created
    assert still_toloka.reader.get_training(other.id).is_archived()


def test_an_archived_training_is_made_anew(
    still_toloka: Toloka, project: Project, practice: tuple[KnownTask, ...]
) -> None:
    """Somebody tidied up in Toloka's interface; it costs nothing."""
    project_id, _ = still_toloka.ensure_project(project.project, project_mark(project))
    created, _ = train(still_toloka, project, project_id, practice)
    still_toloka.writer.close_training(created)
    still_toloka.writer.archive_training(created)
    again, done = train(still_toloka, project, project_id, practice)
    assert (done, again == created) == ("created", False)
