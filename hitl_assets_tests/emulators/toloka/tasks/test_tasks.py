"""Uploading tasks, synchronously and as operations."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from toloka.client import Task
from toloka.client.exceptions import ApiError, IncorrectActionsApiError, ValidationApiError

HEADERS = {"Authorization": "OAuth any"}


def post(desk: Any, items: Any, **query: str) -> httpx.Response:
    """POST /tasks without the client's help."""
    return httpx.post(f"{desk.emulator.url}/api/v1/tasks", params=query, json=items, headers=HEADERS)


@pytest.mark.parametrize("async_mode", [True, False])
def test_tasks_come_back_by_their_index(still, async_mode: bool) -> None:
    """In both modes the client maps items to tasks."""
    pool = still.pool()
    created = still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True, async_mode=async_mode)
    assert {index: task.input_values["text"] for index, task in created.items.items()} == {
        "0": "text 0", "1": "text 1", "2": "text 2",
    }  # fmt: skip
    assert [task.remaining_overlap for task in still.client.get_tasks(pool_id=pool.id)] == [3, 3, 3]


def test_an_operation_id_works_once(still) -> None:
    """A repeated upload answers with the first one's tasks, and adds none."""
    pool, key = still.pool(), uuid.uuid4()
    first = still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True, operation_id=key)
    again = still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True, operation_id=key)
    assert {task.id for task in first.items.values()} == {task.id for task in again.items.values()}
    assert len(list(still.client.get_tasks(pool_id=pool.id))) == 3


def test_a_repeated_operation_id_is_a_conflict_on_the_wire(still) -> None:
    """409 OPERATION_ALREADY_EXISTS; the operation and its log can still be read."""
    pool, key = still.pool(), str(uuid.uuid4())
    items = [{"__item_idx": "0", "pool_id": pool.id, "input_values": {"text": "a"}}]
    query = {"operation_id": key, "async_mode": "true", "allow_defaults": "true"}
    created = post(still, items, **query)
    assert (created.status_code, created.json()["id"], created.json()["status"]) == (202, key, "SUCCESS")
    repeated = post(still, items, **query)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "OPERATION_ALREADY_EXISTS")
    (line,) = httpx.get(f"{still.emulator.url}/api/v1/operations/{key}/log", headers=HEADERS).json()
    # The input comes back whole: clients find their items by whatever they put into them.
    assert (line["type"], line["input"]) == ("TASK_CREATE", items[0])
    assert line["output"]["task_id"].startswith(f"{int(pool.id):010x}--")


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"text": "a", "colour": "red"}, "input_values.colour", "VALUE_NOT_ALLOWED"),
        ({"item_key": "k"}, "input_values.text", "VALUE_REQUIRED"),
        ({"text": 5}, "input_values.text", "STRING_EXPECTED"),
    ],
)
def test_values_must_fit_the_specification(still, values: dict[str, Any], path: str, code: str) -> None:
    """Undeclared, missing and mistyped values have Toloka's codes."""
    task = Task(pool_id=still.pool().id, input_values=values)
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_task(task, allow_defaults=True, async_mode=False)
    assert refused.value.payload[path]["code"] == code


def test_solutions_must_fit_the_specification(still) -> None:
    """A golden task that nobody could answer right would ban everybody."""
    task = still.golden(still.pool().id, 1, answer="maybe")[0]
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_task(task, async_mode=False)
    assert list(refused.value.payload) == ["known_solutions.0.output_values.answer"]


def test_a_task_needs_an_overlap_or_the_default(still) -> None:
    """Defaults are used only when they are allowed."""
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_tasks(still.real(still.pool().id, 2), async_mode=False)
    assert set(refused.value.payload) == {"0.overlap", "1.overlap"}


def test_invalid_items_are_skipped_on_request(still) -> None:
    """The others are created, and the errors are told."""
    pool = still.pool()
    items = [*still.real(pool.id, 2), Task(pool_id=pool.id, input_values={})]
    created = still.client.create_tasks(items, allow_defaults=True, skip_invalid_items=True)
    assert (sorted(created.items), list(created.validation_errors)) == (["0", "1"], ["2"])


def test_one_invalid_item_fails_the_upload(still) -> None:
    """Without skip_invalid_items nothing is created."""
    pool = still.pool()
    items = [*still.real(pool.id, 2), Task(pool_id=pool.id, input_values={})]
    with pytest.raises(ValidationApiError):
        still.client.create_tasks(items, allow_defaults=True)
    assert list(still.client.get_tasks(pool_id=pool.id)) == []


def test_a_pool_without_mixer_takes_no_tasks(still) -> None:
    """MIXER_CONFIG_REQUIRED."""
    pool = still.pool(mixer_config=None)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.create_tasks(still.real(pool.id, 1), allow_defaults=True)
    assert refused.value.code == "MIXER_CONFIG_REQUIRED"


def test_too_many_bytes_are_refused(still) -> None:
    """413 above 1,048,576 bytes of input values."""
    pool = still.pool()
    items = [{"pool_id": pool.id, "overlap": 1, "input_values": {"text": "x" * 600_000}} for _ in range(2)]
    with pytest.raises(ApiError) as refused:
        still.client.create_tasks([Task(**item) for item in items])
    assert (refused.value.status_code, refused.value.code) == (413, "ENTITY_TOO_LARGE")


@pytest.mark.slow
def test_too_many_tasks_are_refused_at_once(still) -> None:
    """5,000 per synchronous request; an operation takes them."""
    pool = still.pool()
    items = [{"pool_id": pool.id, "overlap": 1, "input_values": {"text": "x"}}] * 5_001
    assert post(still, items).status_code == 400
    assert post(still, items, async_mode="true").json()["details"]["success_count"] == 5_001


def test_opening_with_the_upload(still) -> None:
    """open_pool opens; a failure stands in the log only, as with the real service."""
    pool = still.pool(quality_control={"training_requirement": {"training_passing_skill_value": 90}})
    operation = still.client.create_tasks_async(still.real(pool.id, 2), allow_defaults=True, open_pool=True)
    assert operation.is_completed()
    assert [line.success for line in still.client.get_operation_log(operation.id)] == [True, True, False]
    assert still.client.get_pool(pool.id).is_closed()


def test_tasks_are_paged_by_id(still) -> None:
    """String order of ids is the order of creation, over pages of any size."""
    pool = still.pool()
    still.client.create_tasks(still.real(pool.id, 120), allow_defaults=True)
    texts = [task.input_values["text"] for task in still.client.get_tasks(pool_id=pool.id, batch_size=7)]
    assert texts == [f"text {number}" for number in range(120)]


def test_an_overlap_is_at_least_what_was_issued(still) -> None:
    """Stopping a task keeps the answers that workers already hold."""
    pool = still.filled(2)
    task = next(still.client.get_tasks(pool_id=pool.id))
    assert still.client.patch_task_overlap_or_min(task.id, overlap=0).overlap == 0
    assert still.client.patch_task(task.id, overlap=5).remaining_overlap == 5


def test_a_task_is_patched(still) -> None:
    """Overlap, solutions and hint; what is not named stays."""
    pool = still.pool()
    task = next(iter(still.client.create_tasks(still.real(pool.id, 1), allow_defaults=True).items.values()))
    known = [Task.KnownSolution(output_values={"answer": "yes"})]
    golden = still.client.patch_task(task.id, known_solutions=known, infinite_overlap=True)
    assert (golden.known_solutions[0].output_values, golden.infinite_overlap) == ({"answer": "yes"}, True)
    hinted = still.client.patch_task(task.id, message_on_unknown_solution="a fruit", overlap=4, infinite_overlap=False)
    assert (hinted.overlap, hinted.message_on_unknown_solution) == (4, "a fruit")
    assert hinted.known_solutions == golden.known_solutions
    assert hinted.input_values == task.input_values


def test_a_patched_solution_counts_from_then_on(desk) -> None:
    """A task that becomes a control task is mixed in as one."""
    mixer = {"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0}
    pool = desk.filled(3, mixer_config=mixer)
    task = next(desk.client.get_tasks(pool_id=pool.id))
    known = [Task.KnownSolution(output_values={"answer": "no"})]
    desk.client.patch_task(task.id, known_solutions=known, infinite_overlap=True)
    accepted = desk.assignments(desk.run(pool), status="ACCEPTED")
    assert len(accepted) == 3
    assert all(task.id in {one.id for one in found.tasks} for found in accepted)


def test_baseline_solutions_are_kept(still) -> None:
    """They come with a task or later, and are no control solutions."""
    baseline = [Task.BaselineSolution(output_values={"answer": "yes"}, confidence_weight=0.8)]
    (wanted,) = still.real(still.pool().id, 1, baseline_solutions=baseline)
    task = still.client.create_task(wanted, allow_defaults=True)
    assert task.baseline_solutions == baseline
    changed = [Task.BaselineSolution(output_values={"answer": "no"}, confidence_weight=0.5)]
    assert still.client.patch_task(task.id, baseline_solutions=changed).baseline_solutions == changed
    assert still.client.get_task(task.id).known_solutions is None


@pytest.mark.parametrize(
    ("patch", "path", "code"),
    [
        ({"known_solutions": [{"output_values": {"answer": "maybe"}}]}, "known_solutions.0.output_values.answer", None),
        ({"baseline_solutions": [{"output_values": {"hue": "red"}}]}, "baseline_solutions.0.output_values.hue", None),
        ({"overlap": 0}, "overlap", "VALUE_LESS_THAN_MIN"),
        ({"overlap": 3, "infinite_overlap": True}, "overlap", None),
        ({"input_values": {"text": "b"}}, "input_values", None),
    ],
)  # fmt: skip
def test_a_wrong_patch_is_refused(still, patch: dict[str, Any], path: str, code: str | None) -> None:
    """Toloka's codes; what cannot be patched is not ignored."""
    pool = still.pool()
    task = still.client.create_task(still.real(pool.id, 1)[0], allow_defaults=True)
    answer = httpx.patch(f"{still.emulator.url}/api/v1/tasks/{task.id}", json=patch, headers=HEADERS)
    assert answer.json()["payload"][path]["code"] == (code or "VALUE_NOT_ALLOWED")


def test_a_patch_of_a_task_can_open_the_pool(still) -> None:
    """The API has ?open_pool, which the client cannot send."""
    pool = still.pool()
    task = still.client.create_task(still.real(pool.id, 1)[0], allow_defaults=True)
    url = f"{still.emulator.url}/api/v1/tasks/{task.id}?open_pool=true"
    assert httpx.patch(url, json={"overlap": 4}, headers=HEADERS).json()["overlap"] == 4
    assert still.client.get_pool(pool.id).is_open()
