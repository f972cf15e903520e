"""Time as a knob: as fast as possible, so many times the wall clock, or by hand."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

BAN = {
    "configs": [
        {
            "collector_config": {"type": "ANSWER_COUNT", "parameters": {}},
            "rules": [
                {
                    "conditions": [{"key": "assignments_accepted_count", "operator": "GTE", "value": 1}],
                    "action": {
                        "type": "RESTRICTION_V2",
                        "parameters": {"scope": "POOL", "duration": 1, "duration_unit": "DAYS"},
                    },
                }
            ],
        }
    ]
}


def clock(desk, **form: Any) -> dict[str, Any]:
    """The clock, after setting what is given."""
    address = f"{desk.emulator.url}/emulator/clock"
    answer = httpx.put(address, json=form) if form else httpx.get(address)
    return dict(answer.json())


def statuses(desk, pool) -> list[str]:
    """The statuses of a pool's assignments."""
    return [assignment.status.value for assignment in desk.assignments(pool)]


def test_by_hand_nothing_happens_by_itself(still) -> None:
    """The pool is open, and nobody comes until time passes."""
    pool = still.filled(6)
    still.client.open_pool(pool.id)
    still.advance(0)
    assert statuses(still, pool) == []
    still.advance(10)
    assert "ACTIVE" in statuses(still, pool)
    still.advance(3600)
    assert still.client.get_pool(pool.id).last_close_reason.value == "COMPLETED"


def test_advancing_moves_the_clock(still) -> None:
    """By exactly so many seconds."""
    before = clock(still)
    assert before["speed"] == "manual"
    still.advance(100)
    assert clock(still)["now"] == pytest.approx(before["now"] + 100, abs=0.01)


def test_steps_lead_where_a_leap_leads(start, tmp_path) -> None:
    """Sixty seconds at a time or an hour at once: the same answers."""
    runs = []
    for name, step in (("steps", 200), ("leap", 3600)):
        desk = start(state=tmp_path / name, speed="manual")
        pool = desk.filled(12)
        desk.client.open_pool(pool.id)
        for _ in range(3600 // step):
            desk.advance(step)
        runs.append([(one.id, one.user_id, one.status) for one in desk.assignments(pool)])
    assert runs[0] == runs[1]


def test_at_full_speed_time_leaps_to_what_is_due(desk) -> None:
    """A delay of a day takes no time, and a day passes."""
    before = clock(desk)["now"]
    pool = desk.run(desk.filled(2, auto_close_after_complete_delay_seconds=86_400))
    assert pool.last_close_reason.value == "COMPLETED"
    assert 86_400 < clock(desk)["now"] - before < 90_000


def test_at_full_speed_nobody_waits_for_nothing(desk) -> None:
    """Without work time stands still, and the machine rests."""
    desk.run(desk.filled(2))
    before, used = clock(desk)["now"], time.process_time()
    deadline = time.monotonic() + 0.3
    desk.until(time.monotonic, lambda now: now > deadline)
    assert clock(desk)["now"] == before
    assert time.process_time() - used < 0.15


def test_at_full_speed_a_ban_lasts_as_long_as_it_says(still) -> None:
    """A day of simulated time, in which the workers do a suite each and no more."""
    pool = still.filled(40, quality_control=BAN)
    still.client.open_pool(pool.id)
    still.advance(12 * 3600)
    workers = [one.user_id for one in still.assignments(pool, status="ACCEPTED")]
    assert len(workers) == 60
    assert len(set(workers)) == 60


def test_the_speed_can_be_changed(still) -> None:
    """From standing still to full speed and back."""
    pool = still.filled(6)
    still.client.open_pool(pool.id)
    assert clock(still, speed="max")["speed"] == "max"
    still.until(lambda: still.client.get_pool(pool.id), lambda pool: pool.is_closed())
    before = clock(still)["now"]
    still.advance(1000)
    assert clock(still)["now"] == pytest.approx(before + 1000, abs=0.01)
    assert clock(still, speed=2.5)["speed"] == 2.5


@pytest.mark.parametrize("speed", [0, -1, "fast", None, True])
def test_a_speed_that_is_none_is_refused(still, speed: Any) -> None:
    """With what it may be."""
    answer = httpx.put(f"{still.emulator.url}/emulator/clock", json={"speed": speed})
    assert answer.status_code == 400
    assert "Must be max, manual or a positive number" in answer.json()["message"]


def test_time_goes_on_where_it_was(still, start) -> None:
    """After a restart the crowd goes on; it did not work while the server was off."""
    pool = still.filled(6)
    still.client.open_pool(pool.id)
    still.advance(10)
    now, before = clock(still)["now"], still.assignments(pool)
    still.emulator.__exit__(None, None, None)
    again = start(speed="manual")
    assert clock(again)["now"] == pytest.approx(now, abs=0.01)
    assert [one.id for one in again.assignments(pool)] == [one.id for one in before]
    again.advance(3600)
    assert again.client.get_pool(pool.id).is_closed()


def test_a_review_is_due_in_simulated_days(still) -> None:
    """auto_accept_period_day runs on the simulated clock."""
    pool = still.filled(2, auto_accept_solutions=False, auto_accept_period_day=2)
    still.client.open_pool(pool.id)
    still.advance(86_400)
    assert set(statuses(still, pool)) == {"SUBMITTED"}
    still.advance(90_000)
    assert set(statuses(still, pool)) == {"ACCEPTED"}


def test_requests_get_their_turn_at_full_speed(desk) -> None:
    """While the crowd works without a pause, an answer takes far less than a client would wait."""
    pool = desk.filled(400)
    desk.client.open_pool(pool.id)
    longest = 0.0
    while desk.client.get_pool(pool.id).is_open():
        began = time.monotonic()
        desk.client.get_requester()
        longest = max(longest, time.monotonic() - began)
    assert longest < 1
