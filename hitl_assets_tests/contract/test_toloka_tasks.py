"""What we rely on from Toloka: tasks, as they are uploaded, listed, and given more answers. It costs nothing."""

import uuid

import pytest
from toloka.client.exceptions import FailedOperation, ValidationApiError
from toloka.client.task import CreateTasksParameters

from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka

from .toloka_pools import GOLDEN, Maker, fill, keys, tasks


def parameters(operation_id: uuid.UUID) -> CreateTasksParameters:
    """How we upload."""
    return CreateTasksParameters(
        operation_id=operation_id, allow_defaults=True, open_pool=False, skip_invalid_items=False
    )


def test_tasks_keep_key_solutions_and_overlap(toloka: Toloka, pool: PoolState) -> None:
    """The key travels in a hidden field; golden tasks never run out; the order is the plan's."""
    fill(toloka, pool)
    read = list(toloka.reader.get_tasks(pool_id=pool.id))
    real = [task for task in read if not task.known_solutions]
    assert [task.input_values["item_key"] for task in real] == keys(4)
    assert {(task.overlap, task.remaining_overlap) for task in real} == {(5, 5)}
    assert [task.infinite_overlap for task in read].count(True) == len(GOLDEN)


def test_what_is_listed_is_what_was_uploaded(toloka: Toloka, pool: PoolState) -> None:
    """Comparing with the plan, and uploading what is missing, stand on it."""
    toloka.upload(tasks(pool, 3), pool.id)
    assert toloka.task_identities(pool.id) == {(key, False): 1 for key in keys(3)}
    assert toloka.upload(tasks(pool, 3), pool.id).new == 0


def test_an_upload_does_not_open_the_pool(toloka: Toloka, pool: PoolState) -> None:
    """Opening is a step of its own."""
    fill(toloka, pool)
    assert not toloka.get_pool(pool.id).was_started


def test_an_operation_id_works_once(toloka: Toloka, pool: PoolState) -> None:
    """The second upload gets the first one's tasks, even if it brings others."""
    once = parameters(uuid.uuid4())
    first = toloka.reader.create_tasks(tasks(pool, 3), once)
    second = toloka.reader.create_tasks(tasks(pool, 1, headline="another"), once)
    assert [task.id for task in second.items.values()] == [task.id for task in first.items.values()]
    assert len(list(toloka.reader.get_tasks(pool_id=pool.id))) == 3


def test_an_operation_that_failed_keeps_its_id(toloka: Toloka, pool: PoolState) -> None:
    """Also good tasks fail under it: what is tried again needs another id."""
    failed = parameters(uuid.uuid4())
    with pytest.raises(ValidationApiError):
        toloka.reader.create_tasks(tasks(pool, 1, colour="red"), failed)
    with pytest.raises((FailedOperation, ValidationApiError)):
        toloka.reader.create_tasks(tasks(pool, 1), failed)
    assert not toloka.task_identities(pool.id)


def test_a_field_that_is_not_declared_is_refused(toloka: Toloka, pool: PoolState) -> None:
    """With its path; and none of the chunk is uploaded."""
    with pytest.raises(ServiceError, match=r"input_values\.colour"):
        toloka.upload([*tasks(pool, 2), *tasks(pool, 1, colour="red")], pool.id)
    assert not toloka.task_identities(pool.id)


def test_invalid_tasks_are_skipped_on_request(toloka: Toloka, pool: PoolState) -> None:
    """The others are there, and each refusal says why."""
    bad = tasks(pool, 1, headline="x" * 501)
    refused = toloka.upload([*tasks(pool, 2), *bad], pool.id, skip_invalid=True).refused
    assert list(refused) == [bad[0].input_values["item_key"]]
    assert "input_values.headline" in str(refused)
    assert toloka.task_identities(pool.id) == {(key, False): 1 for key in keys(2)}


def test_a_pool_knows_how_many_answers_it_waits_for(toloka: Toloka, pools: Maker) -> None:
    """For each real task, without the golden ones."""
    assert toloka.answers_left(pools.filled().id) == dict.fromkeys(keys(4), 5)


def test_more_answers_are_an_absolute_number(toloka: Toloka, pools: Maker) -> None:
    """Asking twice is asking once; less is never asked; what is left follows."""
    pool = pools.filled()
    first, second, *_ = (str(t.id) for t in toloka.reader.get_tasks(pool_id=pool.id) if not t.known_solutions)
    raised = [toloka.raise_overlaps(pool.id, {first: 7, second: 2}) for _ in range(2)]
    assert raised == [1, 0]
    assert toloka.answers_left(pool.id) == dict(zip(keys(4), (7, 5, 5, 5), strict=True))
