"""Archiving pools: when it is allowed, what an archived pool refuses, and when it happens by itself."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from toloka.client.exceptions import IncorrectActionsApiError


def refusal(act: Any, *arguments: Any, **named: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(IncorrectActionsApiError) as refused:
        act(*arguments, **named)
    return str(refused.value.code)


def test_a_pool_at_work_is_not_archived(start) -> None:
    """While it is open, and while workers hold suites."""
    desk = start(speed=20.0)
    pool = desk.filled(60)
    desk.client.open_pool(pool.id)
    desk.until(lambda: len(desk.assignments(pool, status="ACTIVE")), lambda count: count > 3)
    assert refusal(desk.client.archive_pool, pool.id) == "INAPPROPRIATE_STATUS"
    desk.client.close_pool(pool.id)
    assert refusal(desk.client.archive_pool, pool.id) == "THERE_IS_ACTIVE_ASSIGNMENT"


def test_a_pool_in_review_is_not_archived(start) -> None:
    """Workers wait for their money, and whoever was rejected has nine days to appeal."""
    desk = start(speed=1000.0)
    pool = desk.run(desk.filled(2, auto_accept_solutions=False))
    assert refusal(desk.client.archive_pool, pool.id) == "SUBMITTED_ASSIGNMENTS_CONFLICT"
    first, *others = desk.assignments(pool, status="SUBMITTED")
    desk.client.reject_assignment(first.id, "wrong")
    for one in others:
        desk.client.accept_assignment(one.id, "")
    assert refusal(desk.client.archive_pool, pool.id) == "THERE_IS_REJECTED_ASSIGNMENT"


def test_an_archived_pool_is_only_read(desk) -> None:
    """No opening, no tasks, no other overlap, no review, no priority; its answers can still be fetched."""
    pool = desk.run(desk.filled(2, auto_accept_solutions=False))
    for one in desk.assignments(pool, status="SUBMITTED"):
        desk.client.reject_assignment(one.id, "wrong")
    desk.advance(10 * 86_400)
    desk.client.archive_pool(pool.id)
    one = desk.assignments(pool)[0]
    client, code = desk.client, "INAPPROPRIATE_STATUS"
    assert refusal(client.open_pool, pool.id) == code
    assert refusal(client.create_tasks, desk.real(pool.id, 1), allow_defaults=True) == code
    assert refusal(client.patch_task_overlap_or_min, one.tasks[0].id, overlap=9) == code
    assert refusal(client.accept_assignment, one.id, "") == code
    assert refusal(client.patch_pool, pool.id, priority=3) == code
    assert len(client.get_assignments_df(pool.id, status=["REJECTED"])) == 6


@pytest.mark.parametrize(("days", "is_archived"), [(29, False), (31, True)])
def test_an_idle_pool_goes_to_the_archive(still, start, tmp_path: Path, days: int, is_archived: bool) -> None:
    """After a month in which nobody touched it, also if the emulator was not running."""
    pool = still.filled(2)
    still.emulator.__exit__(None, None, None)
    past = datetime.now(timezone.utc) - timedelta(days=days)
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "toloka.sqlite3")) as state:
        state.execute("UPDATE pools SET created = ?, tasks_added = ?", [past.isoformat()[:23], past.timestamp()])
        state.commit()
    desk = start()
    if is_archived:
        desk.until(lambda: desk.client.get_pool(pool.id), lambda pool: pool.is_archived())
    assert desk.client.get_pool(pool.id).is_archived() is is_archived
