"""What is on disk: nothing is lost, nothing is paid twice."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from decimal import Decimal
from pathlib import Path

import pytest
from toloka.client import TolokaClient

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.emulators.toloka.storage.schema import TABLES


def test_what_was_there_is_there_again(desk, start, tmp_path: Path) -> None:
    """Projects, pools, answers and balance outlive the process."""
    pool = desk.run(desk.filled(10))
    before = [assignment.id for assignment in desk.assignments(pool)]
    desk.emulator.__exit__(None, None, None)
    again = start(balance=Decimal(5))
    assert [assignment.id for assignment in again.assignments(pool)] == before
    assert again.balance == Decimal(1000) - 15 * Decimal("0.065")


def test_ids_go_on_after_a_restart(still, start) -> None:
    """An id is never used twice."""
    first = still.filled(2)
    still.emulator.__exit__(None, None, None)
    assert start().pool().id > first.id


@pytest.mark.slow
def test_an_open_pool_goes_on_after_a_kill(still, start, in_a_process, tmp_path: Path) -> None:
    """Killed in the middle of the work, three times: the pool is done, every answer is there once and paid once."""
    pool = still.filled(200)
    still.client.open_pool(pool.id)
    still.emulator.__exit__(None, None, None)
    acknowledged: set[str] = set()
    for _ in range(3):
        with in_a_process(tmp_path / "state", 100) as (url, _):
            client = TolokaClient("x", url=url, retries=0)
            deadline = time.monotonic() + 20
            seen: set[str] = set()
            while len(seen) <= len(acknowledged) + 10:
                assert time.monotonic() < deadline
                seen = {one.id for one in client.get_assignments(pool_id=pool.id, status="ACCEPTED")}
            assert acknowledged <= seen
            assert client.get_pool(pool.id).is_open()
            acknowledged = seen
    desk = start()
    desk.until(lambda: desk.client.get_pool(pool.id), lambda pool: pool.is_closed())
    accepted = desk.assignments(pool, status="ACCEPTED")
    assert acknowledged <= {assignment.id for assignment in accepted}
    assert len({(one.user_id, task.id) for one in accepted for task in one.tasks}) == 600
    assert desk.balance == Decimal(1000) - len(accepted) * Decimal("0.065")


@pytest.mark.slow
def test_the_directory_is_free_after_a_kill(in_a_process, tmp_path: Path) -> None:
    """The lock goes with the process."""
    with in_a_process(tmp_path, 1):
        pass
    with TolokaEmulator(tmp_path) as emulator:
        assert emulator.url


def test_a_state_of_the_first_format_is_carried_on_with(tmp_path: Path) -> None:
    """Whoever updates keeps projects and answers."""
    tmp_path.joinpath("state").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "toloka.sqlite3")) as first:
        first.executescript(f"{TABLES}; PRAGMA user_version = 1;")
        form = '{"public_name": "kept", "task_spec": {}}'
        first.execute("INSERT INTO projects VALUES ('10000001', 'ACTIVE', '2024-01-01T00:00:00.000', ?)", [form])
        first.commit()
    with TolokaEmulator(tmp_path / "state") as emulator:
        client = TolokaClient("x", url=emulator.url, retries=0)
        assert [project.public_name for project in client.get_projects()] == ["kept"]
