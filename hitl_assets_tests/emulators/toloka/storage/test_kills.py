"""Killed under load at random moments: no acknowledged answer is lost, no money is counted twice."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from toloka.client import Task, TolokaClient
from toloka.client.exceptions import IncorrectActionsApiError

BALANCE, PRICE = Decimal(1000), Decimal("0.065")
KILLS, CHUNK = 6, 20
DELAY = {"auto_close_after_complete_delay_seconds": 259_200}


@dataclass
class Acknowledged:
    """What the server said is done."""

    chunks: int = 0
    accepted: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)


def upload(client: TolokaClient, pool_ids: tuple[str, ...], done: Acknowledged) -> None:
    """The next chunk into each pool, under an id that a repetition has too."""
    for pool_id in pool_ids:
        tasks = [Task(pool_id=pool_id, input_values={"text": f"{done.chunks}/{number}"}) for number in range(CHUNK)]
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{pool_id}/{done.chunks}")
        client.create_tasks(tasks, operation_id=key, allow_defaults=True)
    done.chunks += 1


def review(client: TolokaClient, pool_id: str, done: Acknowledged) -> None:
    """Accept some suites and reject some."""
    for number, one in enumerate(client.find_assignments(pool_id=pool_id, status="SUBMITTED", limit=6).items):
        # Whoever does not know whether the server heard does it again, and may be told that it is done.
        with contextlib.suppress(IncorrectActionsApiError):
            if number % 3 == 0:
                client.reject_assignment(one.id, "wrong")
                done.rejected.add(one.id)
            else:
                client.accept_assignment(one.id, "right")
                done.accepted.add(one.id)


def check_money(state: Path) -> None:
    """The books as they are on disk: what left the account is what suites were paid, what is held is what they hold."""
    with contextlib.closing(sqlite3.connect(state / "toloka.sqlite3")) as books:
        balance, held = books.execute("SELECT balance, held FROM account").fetchone()
        suites = books.execute("SELECT status, held, paid FROM assignments").fetchall()
    assert Decimal(balance) == BALANCE - sum(Decimal(paid) for _, _, paid in suites)
    assert Decimal(held) == sum(Decimal(kept) for _, kept, _ in suites)
    for status, kept, paid in suites:
        assert Decimal(paid) == (PRICE if status == "ACCEPTED" else 0)
        assert Decimal(kept) == (PRICE if status in ("ACTIVE", "SUBMITTED") else 0)


@pytest.mark.slow
def test_kills_under_load_lose_nothing(still, start, in_a_process, tmp_path: Path) -> None:
    """Uploads, reviews and a crowd at work, killed six times; afterwards everything is there once and paid once."""
    mixer = {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0}
    paying, reviewed = (
        still.pool(mixer_config=mixer, auto_accept_solutions=accepts, **DELAY).id for accepts in (True, False)
    )
    done, chance, state = Acknowledged(), random.Random(4), tmp_path / "state"  # noqa: S311 - moments to kill at
    upload(still.client, (paying, reviewed), done)
    for pool_id in (paying, reviewed):
        still.client.open_pool(pool_id)
    still.emulator.__exit__(None, None, None)
    for _ in range(KILLS):
        with in_a_process(state, 2000) as (url, process):
            client = TolokaClient("x", url=url, retries=0)
            upload(client, (paying, reviewed), done)
            still.until(lambda client=client: client.find_assignments(pool_id=reviewed, status="SUBMITTED").items, bool)
            threading.Timer(chance.uniform(0.0, 0.7), process.kill).start()
            with contextlib.suppress(httpx.TransportError):
                while True:
                    review(client, reviewed, done)
                    upload(client, (paying, reviewed), done)
        check_money(state)
    assert done.accepted and done.rejected
    desk = start()
    check_end(desk, paying, reviewed, done)
    check_money(state)


def check_end(desk: Any, paying: str, reviewed: str, done: Acknowledged) -> None:
    """All tasks are there once and get all their answers; what was reviewed stays as it was."""
    for pool_id in (paying, reviewed):
        desk.until(lambda pool_id=pool_id: desk.client.get_pool(pool_id), lambda pool: pool.is_closed())
        texts = Counter(task.input_values["text"] for task in desk.client.get_tasks(pool_id=pool_id))
        expected = {f"{chunk}/{number}" for chunk in range(done.chunks) for number in range(CHUNK)}
        assert expected <= texts.keys() and set(texts.values()) == {1}
        given = [
            (one.user_id, task.id)
            for one in desk.client.get_assignments(pool_id=pool_id, status=["ACCEPTED", "SUBMITTED", "REJECTED"])
            for task in one.tasks
        ]
        assert len(given) == len(set(given)) == 3 * len(texts)
    for status, wanted in (("ACCEPTED", done.accepted), ("REJECTED", done.rejected)):
        assert wanted <= {one.id for one in desk.client.get_assignments(pool_id=reviewed, status=status)}
