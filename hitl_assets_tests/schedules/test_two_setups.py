"""What is created once in Toloka, by two runs of which one is taken for dead: one project, one training.

They cost nothing, but what is there twice would stop every batch, or let newcomers into the wrong training. Tried here:
the first run stands still before each of its requests, the second one before each of its own until the first has
ended; and the first one dies there.
"""

from collections.abc import Callable
from itertools import count

import pytest
from toloka.client import Project as TolokaProject
from toloka.client.search_requests import ProjectSearchRequest

from hitl_assets.labeling.pools.pools import project_mark, read_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.toloka.publications import known, rename, set_up

from .runs import Run

# One more than setting up has: `test_setting_up_has_no_more_requests` sees to it.
POINTS = range(1, 17)

Begin = Callable[..., Run]


def check(toloka: Toloka, project: Project) -> None:
    """Set up once more, as a sensor would: one project and one training are in use, with each task once."""
    set_up(toloka, project)
    active = toloka.reader.get_projects(ProjectSearchRequest(status=TolokaProject.ProjectStatus.ACTIVE))
    marks = [read_mark(each.private_comment) for each in active]
    assert marks.count(project_mark(project)) == 1
    trainings = toloka.reader.get_trainings(project_id=toloka.find_project(project_mark(project)))
    (training,) = [each for each in trainings if not each.is_archived()]
    assert training.is_open()
    held = toloka.task_identities(training.id)
    assert sorted(held.values()) == [1] * len(known(project, "training_tasks.csv"))


def test_setting_up_has_no_more_requests(toloka: Toloka, project: Project, begin: Begin) -> None:
    """Otherwise points would be left out below."""
    held = begin("alone", lambda toloka: set_up(toloka, project)).start_up_to(POINTS[-1])
    assert not held.stands()
    check(toloka, project)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_run_that_dies_is_completed(toloka: Toloka, project: Project, begin: Begin, point: int) -> None:
    """Before any of its requests."""
    first = begin("first", lambda toloka: set_up(toloka, project))
    first.die_before(point)
    check(toloka, project)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_two_runs_set_up_once_at_every_pair_of_points(
    toloka: Toloka, project: Project, begin: Begin, point: int
) -> None:
    """The first stands still at its point, the second at each of its own; the first ends, then the second."""
    for other in count(1):
        own = rename(project, f"{project.name}_{other}")
        first, second = (begin(name, lambda toloka, own=own: set_up(toloka, own)) for name in ("first", "second"))
        with first.start_up_to(point):
            held = second.start_up_to(other)
        with held:
            first.end()
        second.end()
        check(toloka, own)
        if not held.stands():
            break


def test_two_projects_that_are_both_in_use_are_for_a_person(toloka: Toloka, project: Project) -> None:
    """Neither is put away: there may be answers in both."""
    set_up(toloka, project)
    first = toloka.reader.get_project(toloka.find_project(project_mark(project)))
    second = toloka.writer.create_project(TolokaProject.structure({**project.project, "private_comment": "other"}))
    (training,) = toloka.reader.get_trainings(project_id=first.id)
    training.project_id = second.id
    toloka.writer.create_training(training)
    second.private_comment = first.private_comment
    toloka.writer.update_project(second.id, second)
    with pytest.raises(ServiceError, match=f"2 of project {project.name}: {first.id}, {second.id}"):
        set_up(toloka, project)
