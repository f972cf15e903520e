"""What services/toloka.py relies on from Toloka. Tests in which people would work are `costly`: emulator only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Training

from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.pools import compose_pool, pool_mark, project_mark
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import KnownTask, PoolState, Task, item_key
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_answers import ACCEPTED
from hitl_assets.services.toloka_tasks import crowd_task, golden_task, training_task

GOLDEN = [KnownTask({"headline": f"golden {number}"}, {"category": "clickbait"}, "a hint") for number in range(12)]


@pytest.fixture
def pool(toloka: Toloka, project: Project, toloka_project: str) -> PoolState:
    """A pool without tasks."""
    open_to_all = {name: part for name, part in project.pool.items() if name not in ("quality_control", "filter")}
    mark = pool_mark(project, "batch", Decimal("1.5"))
    form = compose_pool(replace(project, pool=open_to_all), mark, toloka_project, None, datetime.now(timezone.utc))
    return toloka.create_pool(form)


def tasks(pool: PoolState, count: int, **values: Any) -> list[Any]:
    """So many real tasks."""
    each = [{"headline": f"headline {number}", **values} for number in range(count)]
    return [crowd_task(Task(item_key(one), one), pool.id) for one in each]


def fill(toloka: Toloka, pool: PoolState) -> None:
    """Upload four real tasks and the golden ones."""
    toloka.upload([*tasks(pool, 4), *(golden_task(task, pool.id) for task in GOLDEN)], pool.id)


def test_a_project_keeps_its_private_comment(toloka: Toloka, toloka_project: str, project: Project) -> None:
    """Our mark lives there; an update changes it, and the listing has it."""
    mark = project_mark(project)
    toloka.writer.update_project(toloka_project, {**project.project, "private_comment": str(mark)})
    assert toloka.find_project(mark) == toloka_project


def test_a_training_keeps_its_metadata_and_tasks(toloka: Toloka, toloka_project: str, project: Project) -> None:
    """It has no private comment, so our mark lives there."""
    assert project.training is not None
    form = {**project.training, "project_id": toloka_project, "metadata": {"hitl": ["a mark"]}}
    training = toloka.writer.create_training(Training.structure(form))
    toloka.upload([training_task(task, training.id) for task in GOLDEN], training.id)
    (read,) = toloka.reader.get_trainings(project_id=toloka_project)
    hints = {task.message_on_unknown_solution for task in toloka.reader.get_tasks(pool_id=training.id)}
    assert (read.metadata["hitl"], hints) == (["a mark"], {"a hint"})


def test_a_new_pool_is_closed_and_was_never_started(toloka: Toloka, pool: PoolState) -> None:
    """That is how it is told from one that somebody closed; its private comment is kept."""
    assert (pool.is_open, pool.was_started, pool.close_reason) == (False, False, "")
    assert toloka.find_pools(pool.project_id) == [pool]


def test_pools_are_listed_by_their_creation(toloka: Toloka, pool: PoolState) -> None:
    """From a moment on, that moment included."""
    created = datetime.fromisoformat(pool.created)
    assert toloka.find_pools(pool.project_id, created) == [pool]
    assert toloka.find_pools(pool.project_id, created + timedelta(seconds=1)) == []


def test_tasks_keep_key_solutions_and_overlap(toloka: Toloka, pool: PoolState) -> None:
    """The key travels in a hidden field; golden tasks never run out."""
    fill(toloka, pool)
    read = list(toloka.reader.get_tasks(pool_id=pool.id))
    real = [task for task in read if not task.known_solutions]
    assert [task.input_values["item_key"] for task in real] == [
        item_key({"headline": f"headline {number}"}) for number in range(4)
    ]
    assert {task.overlap for task in real} == {5}
    assert [task.infinite_overlap for task in read].count(True) == len(GOLDEN)


def test_an_operation_id_works_once(toloka: Toloka, pool: PoolState) -> None:
    """The second upload is the first one's."""
    for _ in range(2):
        assert toloka.upload_chunk(tasks(pool, 3), pool.id) == {}
    assert len(list(toloka.reader.get_tasks(pool_id=pool.id))) == 3


def test_a_field_that_is_not_declared_is_refused(toloka: Toloka, pool: PoolState) -> None:
    """With its path; and none of the chunk is uploaded."""
    with pytest.raises(ServiceError, match=r"input_values\.colour"):
        toloka.upload_chunk([*tasks(pool, 2), *tasks(pool, 1, colour="red")], pool.id)
    assert not toloka.task_identities(pool.id)


def test_an_empty_pool_does_not_open(toloka: Toloka, pool: PoolState) -> None:
    """409 EMPTY_POOL."""
    with pytest.raises(ServiceError, match="EMPTY_POOL"):
        toloka.open_pool(pool)


def test_a_pool_without_work_has_no_assignments(toloka: Toloka, pool: PoolState) -> None:
    """Whatever the status; and nothing was accepted."""
    assert (list(toloka.assignments(pool.id)), toloka.has_unfinished(pool.id)) == ([], False)
    assert toloka.measure(ACCEPTED, [pool.id]) == {pool.id: 0}


def test_the_balance_is_told(toloka: Toloka) -> None:
    """An exact number."""
    assert toloka.balance() >= 0


def test_what_is_missing_is_not_found(toloka: Toloka) -> None:
    """404, with a code."""
    with pytest.raises(ServiceError, match="404 DOES_NOT_EXIST"):
        toloka.get_pool("1")


@pytest.mark.usefixtures("costly")
def test_a_pool_that_is_done_closes_itself(toloka: Toloka, pool: PoolState, until: Callable[..., Any]) -> None:
    """With the reason COMPLETED, five answers to each task, and the count that analytics has."""
    fill(toloka, pool)
    toloka.open_pool(pool)
    done = until(lambda: toloka.get_pool(pool.id), lambda state: not state.is_open)
    assignments = list(toloka.assignments(pool.id))
    answers = [answer for answer in read_answers(assignments) if not answer.is_golden]
    assert (done.was_started, done.close_reason) == (True, "COMPLETED")
    assert {task["input_values"]["item_key"] for each in assignments for task in each["tasks"]} >= {
        answer.item_key for answer in answers
    }
    assert len(answers) == 4 * 5
    accepted = sum(each["status"] == "ACCEPTED" for each in assignments)
    assert toloka.measure(ACCEPTED, [pool.id]) == {pool.id: accepted}


@pytest.mark.usefixtures("costly")
def test_an_opening_says_that_it_happened(toloka: Toloka, pool: PoolState) -> None:
    """A pool that was opened has a start, also after it is closed by hand."""
    fill(toloka, pool)
    toloka.writer.open_pool(pool.id)
    assert toloka.get_pool(pool.id).was_started


def test_a_wrong_token_is_refused_as_one(guarded_url: str) -> None:
    """401 or 403 with Toloka's code: what waits goes on once it is put right."""
    with pytest.raises(TransientServiceError, match="Check TOLOKA_TOKEN"):
        Toloka(guarded_url, "no-such-token").balance()
