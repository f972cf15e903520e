"""Pools: created with a mark, found by it, filled with exactly the plan, opened as a step of their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, PoolState
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.tasks import CHUNK, golden_task
from hitl_assets_tests.services.conftest import create, crowd_tasks

MakePool = Callable[..., PoolState]
GOLDEN = KnownTask({"headline": "You won't believe it"}, {"category": "clickbait"})


@pytest.fixture
def pool(make_pool: MakePool) -> PoolState:
    """A pool without tasks."""
    return make_pool("batch")


def held(toloka: Toloka, pool: PoolState) -> list[str]:
    """The headlines in a pool."""
    return [task.input_values["headline"] for task in toloka.reader.get_tasks(pool_id=pool.id)]


def long_task(pool: PoolState) -> Any:
    """A task whose headline is longer than the project allows."""
    (task,) = crowd_tasks(pool.id, 1)
    task.input_values["headline"] = "x" * 501
    return task


def accepted_in(toloka: Toloka, pool: PoolState) -> int:
    """How many of a pool's assignments are accepted, counted one by one."""
    return sum(each["status"] == "ACCEPTED" for each in toloka.assignments(pool.id))


def test_a_new_pool_is_closed_and_bears_its_mark(pool: PoolState, prefix: str, still_toloka: Toloka) -> None:
    """Nobody works before it is filled and checked; what it may cost is written on it."""
    assert (pool.is_open, pool.was_started, pool.close_reason) == (False, False, "")
    assert (pool.batch, pool.maximum) == (f"{prefix}/batch", Decimal("1.50"))
    assert still_toloka.get_pool(pool.id) == pool


def test_pools_are_found_oldest_first(make_pool: MakePool, still_toloka: Toloka) -> None:
    """All of the project, with one request for each 300."""
    pools = [make_pool(batch) for batch in "abc"]
    assert still_toloka.find_pools(pools[0].project_id) == pools


def test_old_pools_can_be_left_out(make_pool: MakePool, still_toloka: Toloka) -> None:
    """A sensor's tick doesn't list years of pools. The time is the server's, UTC without an offset."""
    pools = [make_pool(batch) for batch in "abc"]
    since = datetime.fromisoformat(pools[1].created)
    assert still_toloka.find_pools(pools[0].project_id, since) == pools[1:]
    assert still_toloka.find_pools(pools[0].project_id, since + timedelta(days=1)) == []


def test_pools_without_a_mark_are_not_ours(pool: PoolState, still_toloka: Toloka) -> None:
    """People may make pools by hand in the same project."""
    by_hand = still_toloka.reader.get_pool(pool.id)
    by_hand.private_comment = "by hand"
    by_hand_id = still_toloka.writer.create_pool(by_hand).id
    assert still_toloka.find_pools(pool.project_id) == [pool]
    with pytest.raises(ServiceError, match=f"Pool {by_hand_id} is not one of ours"):
        still_toloka.get_pool(by_hand_id)


def test_an_upload_brings_the_plan(pool: PoolState, still_toloka: Toloka) -> None:
    """Real tasks with the pool's overlap, golden ones without an end."""
    tasks = [*crowd_tasks(pool.id, 3), golden_task(GOLDEN, pool.id)]
    assert still_toloka.upload(tasks, pool.id).new == 4
    read = list(still_toloka.reader.get_tasks(pool_id=pool.id))
    assert [task.overlap for task in read] == [5, 5, 5, None]
    assert [bool(task.known_solutions) for task in read] == [False, False, False, True]
    assert all(len(task.input_values["item_key"]) == 64 for task in read)
    assert not still_toloka.get_pool(pool.id).is_open


def test_a_second_upload_adds_nothing(pool: PoolState, still_toloka: Toloka) -> None:
    """A rerun is for free."""
    still_toloka.upload(crowd_tasks(pool.id, 3), pool.id)
    assert still_toloka.upload(crowd_tasks(pool.id, 3), pool.id).new == 0
    assert len(held(still_toloka, pool)) == 3


@pytest.mark.slow
def test_an_upload_goes_in_chunks(pool: PoolState, still_toloka: Toloka) -> None:
    """A request has a limit; and in the order of the plan."""
    assert still_toloka.upload(crowd_tasks(pool.id, CHUNK + 1), pool.id).new == CHUNK + 1
    assert held(still_toloka, pool) == [f"headline {number}" for number in range(CHUNK + 1)]


@pytest.mark.slow
def test_an_interrupted_upload_is_completed(pool: PoolState, still_toloka: Toloka) -> None:
    """The first chunk is there, the second is not."""
    tasks = crowd_tasks(pool.id, CHUNK + 2)
    still_toloka.upload_chunk(tasks[:CHUNK], pool.id)
    assert still_toloka.upload(tasks, pool.id).new == 2
    assert len(held(still_toloka, pool)) == CHUNK + 2


def test_one_chunk_is_uploaded_once(pool: PoolState, still_toloka: Toloka) -> None:
    """Also by two that don't know of each other: its operation id is made from its content."""
    for _ in range(2):
        assert still_toloka.upload_chunk(crowd_tasks(pool.id, 3), pool.id) == {}
    assert len(held(still_toloka, pool)) == 3


def test_a_changed_plan_is_refused(pool: PoolState, still_toloka: Toloka) -> None:
    """Tasks can't be taken back: what would be paid twice, or for nothing, is for a person to decide."""
    still_toloka.upload(crowd_tasks(pool.id, 3), pool.id)
    with pytest.raises(ServiceError, match=f"Pool {pool.id} holds 2 of 2 planned tasks and 1 others"):
        still_toloka.upload(crowd_tasks(pool.id, 2), pool.id)


def test_a_refused_task_is_named(pool: PoolState, still_toloka: Toloka) -> None:
    """With the field, Toloka's code and the values that are allowed; nothing of its chunk is uploaded."""
    tasks = [*crowd_tasks(pool.id, 1), long_task(pool)]
    with pytest.raises(ServiceError, match=r"input_values\.headline"):
        still_toloka.upload(tasks, pool.id)
    assert held(still_toloka, pool) == []


def test_a_refused_upload_says_the_same_again(pool: PoolState, still_toloka: Toloka) -> None:
    """Who reruns without a change sees again what is wrong, not that an operation failed once."""
    for _ in range(2):
        with pytest.raises(ServiceError, match=r"input_values\.headline"):
            still_toloka.upload([long_task(pool)], pool.id)


def test_a_refused_upload_works_once_it_is_put_right(pool: PoolState, still_toloka: Toloka, project: Project) -> None:
    """A failed operation keeps its id for ever; the same tasks get another one."""
    with pytest.raises(ServiceError):
        still_toloka.upload([long_task(pool)], pool.id)
    spec = project.project["task_spec"]
    inputs = {**spec["input_spec"], "headline": {"type": "string", "required": True, "max_length": 1000}}
    allowing = replace(project, project={**project.project, "task_spec": {**spec, "input_spec": inputs}})
    still_toloka.ensure_project(allowing.project, project_mark(allowing))
    assert still_toloka.upload([long_task(pool)], pool.id).new == 1


def test_the_same_task_objects_are_the_same_upload(pool: PoolState, still_toloka: Toloka) -> None:
    """The client writes into the objects that it sends; their operation id does not depend on it."""
    tasks = crowd_tasks(pool.id, 3)
    for _ in range(2):
        still_toloka.upload_chunk(tasks, pool.id)
    assert len(held(still_toloka, pool)) == 3


def test_a_filled_pool_opens(pool: PoolState, still_toloka: Toloka) -> None:
    """And is seen to be open."""
    still_toloka.upload([*crowd_tasks(pool.id, 4), golden_task(GOLDEN, pool.id)], pool.id)
    opened = still_toloka.open_pool(pool)
    assert (opened.is_open, opened.was_started) == (True, True)
    assert opened.link.endswith(f"/requester/project/{pool.project_id}/pool/{pool.id}")


def test_an_empty_pool_does_not_open(pool: PoolState, still_toloka: Toloka) -> None:
    """The reason is Toloka's."""
    with pytest.raises(ServiceError, match=rf"could not open the pool {pool.id}: 409 EMPTY_POOL"):
        still_toloka.open_pool(pool)


def test_a_done_pool_says_why_it_closed(make_done_pool: Callable[..., PoolState]) -> None:
    """Only some reasons mean that all answers are there."""
    done = make_done_pool("batch")
    assert (done.is_open, done.was_started, done.close_reason) == (False, True, "COMPLETED")


def test_assignments_are_read_as_they_were_given(make_done_pool: Callable[..., PoolState], toloka: Toloka) -> None:
    """Tasks beside solutions, with worker, times and the key of each item; plain JSON, in the order of ids."""
    pool = make_done_pool("batch", tasks=8)
    assignments = list(toloka.assignments(pool.id))
    assert [each["id"] for each in assignments] == sorted(each["id"] for each in assignments)
    assert {each["pool_id"] for each in assignments} == {pool.id}
    accepted = [each for each in assignments if each["status"] == "ACCEPTED"]
    assert {len(each["tasks"]) - len(each["solutions"]) for each in accepted} == {0}
    assert all({"user_id", "created", "submitted"} <= set(each) for each in accepted)
    solutions: list[dict[str, Any]] = [solution for each in accepted for solution in each["solutions"]]
    assert {solution["output_values"]["category"] for solution in solutions} <= {"clickbait", "notclickbait"}
    keys = [task["input_values"]["item_key"] for each in assignments for task in each["tasks"]]
    assert {len(key) for key in keys} == {64}


def test_a_pool_without_work_has_no_assignments(pool: PoolState, still_toloka: Toloka) -> None:
    """No answer is not an error."""
    assert list(still_toloka.assignments(pool.id)) == []
    assert not still_toloka.has_unfinished(pool.id)


def test_work_that_goes_on_is_unfinished(tmp_path: Path, project: Project, until: Callable[..., Any]) -> None:
    """Also after the pool was closed: who has begun may finish."""
    # Workers come within half a second, and take several to answer.
    with TolokaEmulator(tmp_path / "state", speed=20) as emulator:
        toloka = Toloka(emulator.url, "any token")
        pool = create(toloka, project, "batch")
        toloka.upload([*crowd_tasks(pool.id, 4), golden_task(GOLDEN, pool.id)], pool.id)
        toloka.open_pool(pool)
        assert until(lambda: toloka.has_unfinished(pool.id))
        toloka.writer.close_pool(pool.id)
        assert toloka.has_unfinished(pool.id)


def test_work_that_is_not_reviewed_is_unfinished(
    make_open_pool: Callable[..., PoolState], toloka: Toloka, until: Callable[..., Any]
) -> None:
    """Whether an answer is paid is still open."""
    pool = make_open_pool("batch", auto_accept_solutions=False, auto_accept_period_day=21)
    until(lambda: {each["status"] for each in toloka.assignments(pool.id)} >= {"SUBMITTED"})
    assert toloka.has_unfinished(pool.id)


def test_work_that_is_done_is_not_unfinished(make_done_pool: Callable[..., PoolState], toloka: Toloka) -> None:
    """All answers are accepted."""
    assert not toloka.has_unfinished(make_done_pool("batch").id)


@pytest.mark.slow
def test_accepted_answers_are_counted_pool_by_pool(
    make_done_pool: Callable[..., PoolState], make_pool: MakePool, toloka: Toloka
) -> None:
    """One request for all of them."""
    few, many = make_done_pool("few", tasks=4), make_done_pool("many", tasks=12)
    counts = toloka.measure(Metric.ACCEPTED, [few.id, many.id])
    assert counts == {pool.id: accepted_in(toloka, pool) for pool in (few, many)}
    assert counts[few.id] < counts[many.id]


def test_no_pools_are_not_asked_about(dead_address: str) -> None:
    """A tick without open pools makes no request."""
    assert Toloka(f"http://{dead_address}", "token").measure(Metric.ACCEPTED, []) == {}


def test_the_balance_is_exact(still_toloka: Toloka) -> None:
    """Money is never a float."""
    assert isinstance(still_toloka.balance(), Decimal)


def test_a_pool_may_cost_more_when_it_is_said_on_it(make_pool: MakePool, still_toloka: Toloka) -> None:
    """It stays the pool that it is: only what others reckon with is another amount."""
    pool = make_pool("batch")
    still_toloka.allow(pool, Decimal("2.25"))
    assert still_toloka.get_pool(pool.id) == replace(pool, maximum=Decimal("2.25"))


def test_a_task_says_how_many_answers_it_waits_for(make_done_pool: Callable[..., PoolState], toloka: Toloka) -> None:
    """Before and after somebody asked for more; golden tasks are left out."""
    pool = make_done_pool("batch")
    tasks = toloka.real_tasks(pool.id)
    assert {(task.overlap, task.left) for task in tasks} == {(5, 0)}
    assert toloka.raise_overlaps(pool.id, {tasks[0].id: 7}) == 1
    assert toloka.real_tasks(pool.id)[0] == replace(tasks[0], overlap=7, left=2)
