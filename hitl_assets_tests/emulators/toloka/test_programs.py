"""Programs that were written for the real Toloka: only the address is another one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from toloka.async_client import AsyncTolokaClient
from toloka.client import Task, UserBonus
from toloka.metrics import (
    AssignmentEventsInPool,
    AssignmentsInPool,
    Balance,
    MetricCollector,
    NewMessageThreads,
    NewUserBonuses,
    NewUserSkills,
    PoolCompletedPercentage,
    SpentBudgetOnPool,
    TasksInPool,
    WorkersByFilterOnPool,
    bind_client,
)
from toloka.streaming import AssignmentsObserver, Pipeline, PoolStatusObserver

NO_LAG = timedelta(0)


def ids_of(desk: Any, pool: Any, status: str) -> list[str]:
    """The assignments of a pool in a status."""
    return sorted(one.id for one in desk.assignments(pool, status=status))


def test_a_streaming_pipeline_sees_every_event_and_ends(shared: Any) -> None:
    """toloka-kit's own loop over a finished pool, with a synchronous client."""
    pool = shared.run(shared.filled(20))
    seen: list[str] = []
    closed: list[str] = []
    pipeline = Pipeline(period=NO_LAG)
    observer = pipeline.register(AssignmentsObserver(shared.client, pool.id, cursor_time_lag=NO_LAG))
    observer.on_submitted(lambda events: seen.extend(event.assignment.id for event in events))
    status = pipeline.register(PoolStatusObserver(shared.client, pool.id))
    status.on_closed(lambda pool: closed.append(pool.last_close_reason.value))
    asyncio.run(pipeline.run())
    assert sorted(seen) == ids_of(shared, pool, "ACCEPTED")
    assert closed == ["COMPLETED"]


@pytest.mark.slow
def test_a_pipeline_passes_answers_on_to_a_second_pool(start: Any) -> None:
    """The classic program: what one crowd answers, another one checks, while both are at work."""
    desk = start(speed=300)
    answers, checks = desk.filled(12), desk.pool()
    accepted: list[str] = []
    client: Any = None

    async def check(events: list[Any]) -> None:
        texts = [event.assignment.solutions[0].output_values["answer"] for event in events]
        tasks = [Task(pool_id=checks.id, input_values={"text": text}) for text in texts]
        await client.create_tasks(tasks, allow_defaults=True, open_pool=True)

    async def run() -> None:
        nonlocal client
        client = AsyncTolokaClient.from_sync_client(desk.client)
        # A round every ten seconds is for services that are far away.
        pipeline = Pipeline(period=timedelta(seconds=0.2))
        pipeline.MIN_SLEEP_SECONDS = 0.2
        first = pipeline.register(AssignmentsObserver(client, answers.id, cursor_time_lag=NO_LAG))
        first.on_submitted(check)
        second = pipeline.register(AssignmentsObserver(client, checks.id, cursor_time_lag=NO_LAG))
        second.on_accepted(lambda events: accepted.extend(event.assignment.id for event in events))
        await asyncio.wait_for(pipeline.run(), 60)

    desk.client.open_pool(answers.id)
    asyncio.run(run())
    assert len(list(desk.client.get_tasks(pool_id=checks.id))) == len(ids_of(desk, answers, "ACCEPTED"))
    assert sorted(accepted) == ids_of(desk, checks, "ACCEPTED")


@pytest.mark.slow
def test_metrics_are_collected(shared: Any) -> None:
    """A dashboard's collector with one metric of each kind, while all of it happens."""
    skill, pool = shared.client.create_skill(name="care"), shared.filled(4)
    recent: dict[str, Any] = {"join_events": True, "cursor_time_lag": NO_LAG, "timeout": timedelta(seconds=0.1)}
    metrics = [
        NewUserBonuses(count_name="bonuses", money_name="bonus_money", **recent),
        NewUserSkills(skill.id, count_name="skills", **recent),
        NewMessageThreads(count_name="threads", **recent),
        AssignmentEventsInPool(pool.id, accepted_name="accepted_events", **recent),
        *(
            metric(timeout=timedelta(seconds=0.1), **options)
            for metric, options in (
                (Balance, {}),
                (AssignmentsInPool, {"pool_id": pool.id}),
                (PoolCompletedPercentage, {"pool_id": pool.id}),
                (SpentBudgetOnPool, {"pool_id": pool.id, "money_name": "spent"}),
                (TasksInPool, {"pool_id": pool.id, "tasks_name": "tasks"}),
                (WorkersByFilterOnPool, {"pool_id": pool.id, "workers_name": "workers"}),
            )
        ),
    ]
    points = asyncio.run(collect(shared, metrics, lambda: work(shared, pool, skill)))
    totals = {name: sum(values) for name, values in points.items()}
    assert (totals["bonuses"], totals["bonus_money"], totals["skills"], totals["threads"]) == (1, Decimal("0.5"), 1, 1)
    accepted = len(ids_of(shared, pool, "ACCEPTED"))
    assert totals["accepted_events"] == accepted == points["accepted_assignments_in_pool"][-1]
    assert points["toloka_requester_balance"][-1] == shared.balance
    assert (points["completion_percentage"][-1], points["tasks"][-1]) == (100, 4)
    assert Decimal(str(points["spent"][-1])) == accepted * Decimal("0.05")
    assert points["workers"][-1] > 0


def work(desk: Any, pool: Any, skill: Any) -> None:
    """What happens while the metrics are watched."""
    worker = desk.assignments(desk.run(pool), status="ACCEPTED")[0].user_id
    desk.client.create_user_bonus(UserBonus(user_id=worker, amount=Decimal("0.5")))
    desk.client.set_user_skill(skill_id=skill.id, user_id=worker, value=Decimal(80))
    desk.client.compose_message_thread(
        recipients_select_type="DIRECT", recipients_ids=[worker], topic={"EN": "Hi"}, text={"EN": "Hi"}, answerable=True
    )


async def collect(desk: Any, metrics: list[Any], happen: Callable[[], None]) -> dict[str, list[Any]]:
    """The values of each line: something happens after all metrics were asked once, and they are asked again after."""
    bind_client(metrics, desk.client)
    names = {name for metric in metrics for name in metric.get_line_names()}
    points: dict[str, list[Any]] = defaultdict(list)
    fresh: set[str] = set()
    is_complete = asyncio.Event()

    def receive(lines: dict[str, list[Any]]) -> None:
        for name, found in lines.items():
            points[name] += [value for _, value in found]
        fresh.update(lines)
        if fresh == names:
            is_complete.set()

    running = asyncio.create_task(MetricCollector(metrics, receive).run())
    for round_ in range(3):
        fresh.clear()
        is_complete.clear()
        await asyncio.wait_for(is_complete.wait(), 10)
        if round_ == 0:
            await asyncio.to_thread(happen)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return points


def test_answers_come_as_a_table(shared: Any) -> None:
    """The same rows that the assignments have, with toloka-kit's default columns."""
    pool = shared.run(shared.filled(4))
    table = shared.client.get_assignments_df(pool.id)
    rows = sorted(zip(table["ASSIGNMENT:assignment_id"], table["INPUT:text"], table["OUTPUT:answer"], strict=True))
    assert rows == sorted(
        (one.id, task.input_values["text"], solution.output_values["answer"])
        for one in shared.assignments(pool, status="ACCEPTED")
        for task, solution in zip(one.tasks, one.solutions, strict=True)
    )


def test_operations_that_nobody_waited_for_can_be_waited_for(shared: Any) -> None:
    """By their id, with the asynchronous client too."""
    pool = shared.pool()
    operation = shared.client.create_tasks_async(shared.real(pool.id, 3), allow_defaults=True)

    async def wait() -> Any:
        client = AsyncTolokaClient.from_sync_client(shared.client)
        done = await client.wait_operation(await client.get_operation(operation.id))
        return done.status.value, [one.id async for one in client.get_tasks(pool_id=pool.id)]

    status, ids = asyncio.run(wait())
    assert (status, ids) == ("SUCCESS", [one.id for one in shared.client.get_tasks(pool_id=pool.id)])
