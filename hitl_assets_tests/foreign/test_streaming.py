"""Pipelines of toloka-kit: answers are passed on, accepted and asked for again while people are at work."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from toloka.async_client import AsyncTolokaClient
from toloka.client.project import FileSpec, StringSpec
from toloka.metrics import AssignmentsInPool, MetricCollector, SpentBudgetOnPool, bind_client
from toloka.streaming import AssignmentsObserver, Pipeline, PoolStatusObserver

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import pool, project

# Everything is seen at once: the service answers with what it has.
NOW = timedelta(0)
SHOPS = [f"shop {number}" for number in range(8)]


pytestmark = pytest.mark.slow  # a whole program each


def create_photos(client: toloka.TolokaClient) -> toloka.Pool:
    """Take a photo of a shop's front. Somebody looks at it before it is paid."""
    sources = tb.MediaFileFieldV1.Accept(photo=True, gallery=True)
    photo = tb.MediaFileFieldV1(tb.OutputData("photo"), sources, validation=tb.RequiredConditionV1())
    asked = project(client, "Take a photo", {"shop": StringSpec()}, {"photo": FileSpec()}, photo)
    photos = pool(client, asked, overlap=1, auto_accept=False, auto_accept_period_day=3)
    photos.set_mixer_config(real_tasks_count=1)
    return client.create_pool(photos)


def create_checks(client: toloka.TolokaClient) -> toloka.Pool:
    """Look at a photo: is it the shop?"""
    verdict = tb.ButtonRadioGroupFieldV1(
        tb.OutputData("verdict"),
        options=[tb.fields.GroupFieldOption("yes", "Yes"), tb.fields.GroupFieldOption("no", "No")],
        validation=tb.RequiredConditionV1(),
    )
    asks = {"shop": StringSpec(), "attachment": StringSpec(), "assignment": StringSpec(hidden=True)}
    shown = tb.TextViewV1(tb.InputData("shop"))
    asked = project(client, "Is it the shop?", asks, {"verdict": StringSpec()}, shown, verdict)
    checks = pool(client, asked, overlap=3)
    checks.set_mixer_config(real_tasks_count=2)
    return client.create_pool(checks)


class Shop:
    """The requester's program: what happens when something is handed in."""

    def __init__(self, client: Any, photos: toloka.Pool, checks: toloka.Pool) -> None:
        self.client, self.photos, self.checks = client, photos, checks
        self.votes: dict[str, Counter[str]] = defaultdict(Counter)
        self.tasks: dict[str, str] = {}
        self.closed: list[str] = []

    def note_end(self, pool: toloka.Pool) -> None:
        """A new pool is closed, too."""
        if pool.last_close_reason is not None:
            self.closed.append(pool.last_close_reason.value)

    async def check(self, events: list[Any]) -> None:
        """Have each photo looked at."""
        tasks = []
        for event in events:
            one = event.assignment
            self.tasks[one.id] = one.tasks[0].id
            values = {"shop": one.tasks[0].input_values["shop"], "attachment": one.solutions[0].output_values["photo"]}
            tasks.append(toloka.Task(pool_id=self.checks.id, input_values={**values, "assignment": one.id}))
        await self.client.create_tasks(tasks, allow_defaults=True, open_pool=True)

    async def decide(self, events: list[Any]) -> None:
        """Count votes; the third decides, and what is rejected is asked for again."""
        for event in events:
            for task, solution in zip(event.assignment.tasks, event.assignment.solutions, strict=True):
                key = task.input_values["assignment"]
                self.votes[key][solution.output_values["verdict"]] += 1
                if self.votes[key].total() == 3:
                    await self._end(key, self.votes[key]["yes"] >= 2)

    def is_done(self, shops: int) -> bool:
        """Whether each shop has a photo that was found good."""
        return sum(votes["yes"] >= 2 and votes.total() == 3 for votes in self.votes.values()) == shops

    async def _end(self, key: str, is_good: bool) -> None:
        if is_good:
            await self.client.accept_assignment(key, "Thank you")
            return
        await self.client.reject_assignment(key, "This is another place")
        task = await self.client.get_task(self.tasks[key])
        await self.client.patch_task_overlap_or_min(task.id, overlap=task.overlap + 1)
        await self.client.open_pool(self.photos.id)


@pytest.mark.slow  # two crowds at work, and a pause between two looks
def test_photos_are_checked_while_others_are_taken(service: Service) -> None:
    """The pipeline ends when both pools are done; each shop has one accepted photo."""
    client = service()
    photos, checks = create_photos(client), create_checks(client)
    tasks = [toloka.Task(pool_id=photos.id, input_values={"shop": shop}) for shop in SHOPS]
    client.create_tasks(tasks, allow_defaults=True)
    client.open_pool(photos.id)

    async def run() -> Shop:
        shop = Shop(AsyncTolokaClient.from_sync_client(client), photos, checks)
        pipeline = Pipeline(period=timedelta(seconds=0.1))
        pipeline.MIN_SLEEP_SECONDS = 0.1
        pipeline.register(AssignmentsObserver(shop.client, photos.id, cursor_time_lag=NOW)).on_submitted(shop.check)
        pipeline.register(AssignmentsObserver(shop.client, checks.id, cursor_time_lag=NOW)).on_accepted(shop.decide)
        status = pipeline.register(PoolStatusObserver(shop.client, checks.id))
        status.on_closed(shop.note_end)
        # It ends when it finds both pools closed, also if the last answer that it saw opens one of them again.
        while not shop.is_done(len(SHOPS)):
            await asyncio.wait_for(pipeline.run(), 60)
        return shop

    shop = asyncio.run(run())
    accepted = list(client.get_assignments(pool_id=photos.id, status="ACCEPTED"))
    rejected = list(client.get_assignments(pool_id=photos.id, status="REJECTED"))
    assert sorted(one.tasks[0].input_values["shop"] for one in accepted) == sorted(SHOPS)
    assert {one.id for one in (*accepted, *rejected)} == set(shop.votes)
    assert all((shop.votes[one.id]["yes"] >= 2) is (one.status.value == "ACCEPTED") for one in (*accepted, *rejected))
    assert "COMPLETED" in shop.closed
    found = client.get_attachment(accepted[0].solutions[0].output_values["photo"])
    assert found.details.assignment_id == accepted[0].id
    assert asyncio.run(read_metrics(client, photos)) == {
        "accepted_assignments_in_pool": len(accepted),
        "rejected_assignments_in_pool": len(rejected),
        "spent": pytest.approx(0.02 * len(accepted)),
    }


async def read_metrics(client: toloka.TolokaClient, photos: toloka.Pool) -> dict[str, float]:
    """What a dashboard shows of the pool, once."""
    found: dict[str, float] = {}
    metrics = [
        AssignmentsInPool(photos.id, timeout=timedelta(seconds=0.1)),
        SpentBudgetOnPool(photos.id, "spent", timeout=timedelta(seconds=0.1)),
    ]
    bind_client(metrics, client)
    is_complete = asyncio.Event()

    def note(lines: dict[str, list[tuple[Any, Any]]]) -> None:
        found.update({name: float(points[-1][1]) for name, points in lines.items() if points})
        if "spent" in found and "accepted_assignments_in_pool" in found:
            is_complete.set()

    running = asyncio.create_task(MetricCollector(metrics, note).run())
    await asyncio.wait_for(is_complete.wait(), 20)
    running.cancel()
    shown = ("accepted_assignments_in_pool", "rejected_assignments_in_pool", "spent")
    return {name: found[name] for name in shown}
