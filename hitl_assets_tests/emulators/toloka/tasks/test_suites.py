"""Task suites that the requester groups: creating, changing, listing, and working through them."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest
from toloka.client import TaskSuite, structure
from toloka.client.exceptions import ConflictStateApiError, IncorrectActionsApiError, ValidationApiError

HEADERS = {"Authorization": "OAuth any"}


def by_hand(desk: Any, **changes: Any) -> Any:
    """A pool that does not mix."""
    return desk.pool(mixer_config=None, **changes)


def suites(pool: Any, count: int, tasks: int = 2, **changes: Any) -> list[TaskSuite]:
    """Suites of a pool, each with so many tasks."""
    return [
        structure(
            {
                "pool_id": pool.id,
                "tasks": [{"input_values": {"text": f"suite {number} text {one}"}} for one in range(tasks)],
                **changes,
            },
            TaskSuite,
        )
        for number in range(count)
    ]


def started(desk: Any, pool: Any) -> list[str]:
    """The texts of the first task of each suite that was given out, in that order."""
    return [one.tasks[0].input_values["text"] for one in desk.assignments(pool)]


@pytest.mark.parametrize("async_mode", [True, False])
def test_suites_come_back_by_their_index(still, async_mode: bool) -> None:
    """In both modes the client maps items to suites, whose tasks have ids."""
    pool = by_hand(still)
    created = still.client.create_task_suites(suites(pool, 3), allow_defaults=True, async_mode=async_mode)
    assert {index: suite.tasks[0].input_values["text"] for index, suite in created.items.items()} == {
        "0": "suite 0 text 0", "1": "suite 1 text 0", "2": "suite 2 text 0",
    }  # fmt: skip
    assert {(one.overlap, one.remaining_overlap, one.mixed) for one in created.items.values()} == {(3, 3, False)}
    task = still.client.get_task(created.items["1"].tasks[1].id)
    assert (task.input_values["text"], task.overlap) == ("suite 1 text 1", 3)


@pytest.mark.parametrize("async_mode", [True, False])
def test_one_suite_comes_back_alone(still, async_mode: bool) -> None:
    """The single form of the request, with what it said about workers and order."""
    (wanted,) = suites(by_hand(still), 1, reserved_for=["a"], issuing_order_override=2.5, overlap=7)
    suite = still.client.create_task_suite(wanted, async_mode=async_mode)
    assert (suite.reserved_for, suite.issuing_order_override, suite.overlap) == (["a"], 2.5, 7)
    assert still.client.get_task_suite(suite.id) == suite


def test_an_upload_of_suites_happens_once(still) -> None:
    """The same operation_id answers with the first upload's suites."""
    pool, key = by_hand(still), uuid.uuid4()
    first, again = (
        still.client.create_task_suites(suites(pool, 2), allow_defaults=True, operation_id=key) for _ in range(2)
    )
    assert {one.id for one in first.items.values()} == {one.id for one in again.items.values()}
    assert len(list(still.client.get_task_suites(pool_id=pool.id))) == 2


def test_invalid_suites_are_skipped_on_request(still) -> None:
    """The errors name the task inside the suite; without the request nothing is created."""
    pool = by_hand(still)
    wrong = suites(pool, 2)
    wrong[1].tasks[1].input_values = {"text": 5}
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_task_suites(wrong, allow_defaults=True, async_mode=False)
    assert refused.value.payload["1.tasks.1.input_values.text"]["code"] == "STRING_EXPECTED"
    assert list(still.client.get_task_suites(pool_id=pool.id)) == []
    created = still.client.create_task_suites(wrong, allow_defaults=True, skip_invalid_items=True)
    assert (list(created.items), list(created.validation_errors)) == (["0"], ["1"])


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"tasks": []}, "tasks", "VALUES_REQUIRED"),
        ({"overlap": 0}, "overlap", "VALUE_LESS_THAN_MIN"),
        ({"overlap": None}, "overlap", "VALUE_REQUIRED"),
        ({"issuing_order_override": 100_000}, "issuing_order_override", "VALUE_GREATER_THAN_MAX"),
        ({"reserved_for": "a"}, "reserved_for", "ARRAY_EXPECTED"),
        ({"pool_id": "7"}, "pool_id", "ENTITY_DOES_NOT_EXIST"),
        ({"latitude": 1.5}, "latitude", "VALUE_NOT_ALLOWED"),
        ({"traits_all_of": ["quick"]}, "traits_all_of", "VALUE_NOT_ALLOWED"),
        ({"mixed": True}, "mixed", "VALUE_NOT_ALLOWED"),
    ],
)
def test_a_wrong_suite_is_refused_with_its_field(still, changes: dict[str, Any], path: str, code: str) -> None:
    """Toloka's codes, and nothing ignored."""
    suite = {"pool_id": by_hand(still).id, "tasks": [{"input_values": {"text": "a"}}], "overlap": 1, **changes}
    answer = httpx.post(f"{still.emulator.url}/api/v1/task-suites", json=suite, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["payload"][path]["code"] == code


def test_a_pool_groups_in_one_way(still) -> None:
    """A pool that mixes takes no suites, and its mixer cannot be taken away once it has tasks."""
    pool = still.filled(2)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.create_task_suites(suites(pool, 1), allow_defaults=True)
    assert refused.value.code == "POOL_TASK_TYPE_CONFLICT"
    pool.mixer_config = None
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.update_pool(pool.id, pool)
    assert refused.value.code == "POOL_TASK_TYPE_CONFLICT"


def test_suites_are_answered_as_they_were_grouped(desk) -> None:
    """Every suite by three workers, complete and paid; the pool closes when all is done."""
    pool = by_hand(desk)
    created = desk.client.create_task_suites(suites(pool, 5), allow_defaults=True)
    done = desk.run(pool)
    accepted = desk.assignments(pool, status="ACCEPTED")
    assert done.last_close_reason.value == "COMPLETED"
    assert Counter(one.task_suite_id for one in accepted) == {one.id: 3 for one in created.items.values()}
    assert all(len(one.solutions) == 2 and one.mixed is False for one in accepted)
    assert len({(one.user_id, one.task_suite_id) for one in accepted}) == 15
    assert desk.balance == Decimal(1000) - 15 * Decimal("0.065")


def test_suites_go_out_in_their_order(desk) -> None:
    """A higher issuing order first, then creation order: a suite gets all its workers before the next begins."""
    pool = by_hand(desk, assignments_issuing_config={"issue_task_suites_in_creation_order": True})
    created = desk.client.create_task_suites(suites(pool, 3), allow_defaults=True)
    desk.client.patch_task_suite(created.items["2"].id, issuing_order_override=10.0)
    desk.run(pool)
    given = [one.tasks[0].input_values["text"] for one in desk.assignments(pool, status="ACCEPTED")]
    assert sorted(given[:3]) == ["suite 2 text 0"] * 3
    assert given[3:6] == ["suite 0 text 0"] * 3


@pytest.mark.slow
def test_a_suite_is_for_whom_it_says(desk) -> None:
    """reserved_for lets nobody else in, unavailable_for keeps somebody out."""
    pool = by_hand(desk)
    desk.client.create_task_suites(suites(pool, 2), allow_defaults=True)
    worker = desk.assignments(desk.run(pool))[0].user_id
    other = by_hand(desk)
    desk.client.create_task_suites(suites(other, 2, overlap=1, unavailable_for=[worker]))
    desk.client.create_task_suites(suites(other, 1, overlap=1, reserved_for=["nobody we know"]))
    desk.client.open_pool(other.id)
    desk.until(lambda: desk.assignments(other, status="ACCEPTED"), lambda given: len(given) == 2)
    assert worker not in {one.user_id for one in desk.assignments(other)}
    assert desk.client.get_pool(other.id).is_open()


def test_the_overlap_of_a_suite_can_be_changed(still) -> None:
    """Up, without limit, and down to what workers already have; its tasks follow."""
    pool = by_hand(still)
    suite = next(iter(still.client.create_task_suites(suites(pool, 1), allow_defaults=True).items.values()))
    assert still.client.patch_task_suite(suite.id, overlap=9, infinite_overlap=False).remaining_overlap == 9
    assert still.client.get_task(suite.tasks[0].id).overlap == 9
    assert still.client.patch_task_suite(suite.id, infinite_overlap=True).infinite_overlap is True
    assert still.client.patch_task_suite_overlap_or_min(suite.id, overlap=0).remaining_overlap == 0


def test_a_patch_can_open_the_pool(desk) -> None:
    """More overlap for a suite that is done, with open_pool: it is worked on again."""
    pool = by_hand(desk)
    suite = next(iter(desk.client.create_task_suites(suites(pool, 1), allow_defaults=True).items.values()))
    desk.run(pool)
    desk.client.patch_task_suite(suite.id, overlap=5, infinite_overlap=False, open_pool=True)
    desk.until(lambda: desk.assignments(pool, status="ACCEPTED"), lambda given: len(given) == 5)


def test_a_task_of_a_suite_has_the_overlap_of_its_suite(still) -> None:
    """Changing one task's would tear the suite apart."""
    created = still.client.create_task_suites(suites(by_hand(still), 1), allow_defaults=True)
    with pytest.raises(ConflictStateApiError):
        still.client.patch_task_overlap_or_min(created.items["0"].tasks[0].id, overlap=1)


def test_suites_are_filtered(still) -> None:
    """By pool or task, by overlap, id and time; without pool or task the list is refused."""
    pool = by_hand(still)
    one, two = still.client.create_task_suites(suites(pool, 2), allow_defaults=True).items.values()
    still.client.patch_task_suite(two.id, overlap=8, infinite_overlap=False)
    found = still.client.find_task_suites
    assert [suite.id for suite in found(task_id=two.tasks[0].id).items] == [two.id]
    assert [suite.id for suite in found(pool_id=pool.id, overlap=8).items] == [two.id]
    assert [suite.id for suite in found(pool_id=pool.id, overlap_lt=8).items] == [one.id]
    assert [suite.id for suite in found(pool_id=pool.id, id_gt=one.id).items] == [two.id]
    assert [suite.id for suite in found(pool_id=pool.id, sort=["-created", "-id"]).items] == [two.id, one.id]
    assert found(pool_id=pool.id, created_lt=one.created).items == []
    with pytest.raises(ValidationApiError):
        found(overlap=8)


def test_opening_needs_the_money_for_all_suites(start) -> None:
    """15 suites of 0.065 are 0.975, which is not there."""
    desk = start(balance=Decimal("0.97"))
    pool = by_hand(desk)
    desk.client.create_task_suites(suites(pool, 5), allow_defaults=True)
    with pytest.raises(IncorrectActionsApiError) as refused:
        desk.client.open_pool(pool.id)
    assert refused.value.code == "NOT_ENOUGH_BALANCE"
