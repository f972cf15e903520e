"""Crowds at work in the emulator: none, a small one, a late one."""

from __future__ import annotations

from pathlib import Path

import pytest


def crowd(path: Path, text: str) -> str:
    """A file that describes a crowd."""
    path.joinpath("crowd.yaml").write_text(text, encoding="utf-8")
    return str(path / "crowd.yaml")


def test_nobody_comes_if_there_is_no_crowd(start) -> None:
    """All work is left to people; the clock goes on, and the pool can be closed."""
    desk = start(crowd="none")
    pool = desk.filled(4)
    desk.client.open_pool(pool.id)
    desk.advance(86_400)
    assert desk.assignments(pool) == []
    assert desk.client.close_pool(pool.id).is_closed()


def test_a_small_crowd_is_used_up(start, tmp_path: Path) -> None:
    """Two workers cannot give three answers; a third one is not made up."""
    desk = start(
        speed="manual", crowd=crowd(tmp_path, "{size: 2, groups: [{name: a, share: 1, skips: 0, expires: 0}]}")
    )
    pool = desk.filled(4)
    desk.client.open_pool(pool.id)
    desk.advance(86_400)
    assert len({one.user_id for one in desk.assignments(pool)}) == 2
    assert len(desk.assignments(pool, status="ACCEPTED")) == 4
    assert desk.client.get_pool(pool.id).is_open()


def test_late_answers_come_after_the_pool_is_closed(start, tmp_path: Path) -> None:
    """A habit of the crowd: the pool is done before all answers are there."""
    desk = start(crowd=crowd(tmp_path, "groups: [{name: a, share: 1, skips: 0, expires: 0, late: 0.5}]"))
    pool = desk.run(desk.filled(20))
    assert pool.last_close_reason.value == "COMPLETED"
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), lambda active: not active)
    late = [one for one in desk.assignments(pool, status="ACCEPTED") if one.submitted >= pool.last_stopped]
    assert 5 <= len(late) <= 25


@pytest.mark.slow
def test_a_hostile_crowd_is_banned(start, tmp_path: Path) -> None:
    """What a rehearsal shows: a rule that hardly bans a good crowd bans many of a hostile one."""
    control = {
        "configs": [
            {
                "collector_config": {"type": "GOLDEN_SET", "parameters": {}},
                "rules": [
                    {
                        "conditions": [
                            {"key": "golden_set_answers_count", "operator": "GTE", "value": 2},
                            {"key": "golden_set_correct_answers_rate", "operator": "LT", "value": 60},
                        ],
                        "action": {
                            "type": "RESTRICTION_V2",
                            "parameters": {"scope": "POOL", "duration_unit": "PERMANENT"},
                        },
                    }
                ],
            }
        ]
    }
    shares = {}
    for name in ("good", "hostile"):
        desk = start(crowd=name, state=tmp_path / name)
        mixer = {"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0}
        pool = desk.run(desk.filled(60, golden=10, mixer_config=mixer, quality_control=control))
        workers = {one.user_id for one in desk.assignments(pool)}
        shares[name] = len(list(desk.client.get_user_restrictions(scope="POOL", pool_id=pool.id))) / len(workers)
    assert shares["good"] < 0.1 < 0.2 < shares["hostile"]
