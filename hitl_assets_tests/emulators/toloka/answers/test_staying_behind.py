"""Programs that read answers only when they are old enough: toloka-kit's streaming, by itself a minute behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from toloka.streaming import AssignmentsObserver, Pipeline
from toloka.streaming.cursor import DEFAULT_LAG

LAG = timedelta(seconds=2)


def stream(desk: Any, pool: Any, lag: timedelta) -> list[str]:
    """The suites that a program sees until its pipeline ends by itself."""
    seen: list[str] = []
    pipeline = Pipeline(period=timedelta(seconds=0.1))
    pipeline.MIN_SLEEP_SECONDS = 0.1
    observer = pipeline.register(AssignmentsObserver(desk.client, pool.id, cursor_time_lag=lag))
    observer.on_accepted(lambda events: seen.extend(event.assignment.id for event in events))
    asyncio.run(asyncio.wait_for(pipeline.run(), 60))
    return sorted(seen)


def test_a_pool_that_closes_too_soon_is_told_once(start: Any, caplog: Any) -> None:
    """Its last answers are never old enough, and the program ends without them."""
    desk = start()
    pool = desk.run(desk.filled(4))
    for _ in range(2):
        assert stream(desk, pool, DEFAULT_LAG) == []
    (told,) = [record.getMessage() for record in caplog.records if "seconds behind" in record.getMessage()]
    count = len(desk.assignments(pool, status="ACCEPTED"))
    assert told.startswith(
        f"Pool {pool.id} is closed, and a client which stays 60 seconds behind did not see {count} of"
    )
    assert told.endswith("--close-delay 60.")


@pytest.mark.slow
def test_a_pool_that_stays_open_for_a_while_is_seen_to_its_end(start: Any, caplog: Any) -> None:
    """By the wall clock, however fast the crowd is. Whoever reads history is told nothing."""
    desk = start(close_delay=LAG.total_seconds())
    pool = desk.filled(4)
    desk.client.open_pool(pool.id)
    seen = stream(desk, pool, LAG)
    closed = desk.client.get_pool(pool.id)
    assert (closed.is_closed(), closed.last_close_reason.value) == (True, "COMPLETED")
    accepted = desk.assignments(pool, status="ACCEPTED")
    assert seen == sorted(one.id for one in accepted)
    assert closed.last_stopped - max(one.submitted for one in accepted) >= LAG
    assert list(desk.client.get_assignments(pool_id=pool.id, submitted_lte=closed.created - timedelta(days=1))) == []
    assert "seconds behind" not in caplog.text


def test_the_delay_of_a_pool_and_of_the_service_both_pass(start: Any) -> None:
    """The pool's own runs on the crowd's clock, which may stand still."""
    desk = start(speed="manual", close_delay=0.01)
    pool = desk.filled(2, auto_close_after_complete_delay_seconds=3600)
    desk.client.open_pool(pool.id)
    desk.advance(3000)
    assert len(desk.assignments(pool, status="ACCEPTED")) >= 3
    assert desk.client.get_pool(pool.id).is_open()
    desk.advance(7200)
    desk.until(lambda: desk.client.get_pool(pool.id), lambda pool: pool.is_closed())
