"""Whoever looks at the same pools picks the same one, and none that people did not ask for."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from hitl_assets.labeling.pools.elections import elect, find_doubled
from hitl_assets.labeling.records import PoolState

BATCH, KEY = "fruit/commit1", "a" * 64


def pool(number: int, **changes: object) -> PoolState:
    """The `number`-th pool of the batch, closed and never open."""
    made = PoolState(
        id=str(number), project_id="1", batch=BATCH, key=KEY, maximum=Decimal(1), is_open=False, is_archived=False,
        started="", close_reason="", created=f"2026-01-01T00:00:{number:02}", expires="", link="", preview="",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def started(number: int, **changes: object) -> PoolState:
    """One in which people were asked."""
    return pool(number, started="2026-01-01T01:00:00", close_reason="COMPLETED", **changes)


def put_away(each: PoolState) -> PoolState:
    """The same, archived."""
    return replace(each, is_archived=True)


OTHER = pool(7, batch="fruit/commit2")
OLD = pool(1, key="b" * 64)


@pytest.mark.parametrize(
    ("pools", "chosen", "others"),
    [
        ([], None, []),
        ([OTHER, started(8, batch="fruit/commit2")], None, []),
        ([pool(1), pool(2)], "1", ["2"]),
        ([pool(9, created="same"), pool(10, created="same")], "9", ["10"]),
        ([pool(1), started(2), pool(3)], "2", ["1", "3"]),
        ([OLD, pool(2)], "2", ["1"]),
        ([OLD], None, ["1"]),
        ([replace(started(1), key="b" * 64), pool(2)], "1", ["2"]),
        ([put_away(pool(1)), pool(2)], "2", []),
        ([put_away(started(1))], "1", []),
        ([put_away(started(1)), started(2)], "2", []),
        ([put_away(started(1)), pool(2)], "1", ["2"]),
    ],
)
def test_everybody_picks_the_same_one(pools: list[PoolState], chosen: str | None, others: list[str]) -> None:
    """In whatever order they see them: the one that was started, else the oldest of this configuration."""
    for seen in permutations(pools):
        found = elect(seen, BATCH, KEY)
        assert (found.chosen.id if found.chosen else None, [each.id for each in found.others]) == (chosen, others)


def test_what_toloka_archived_by_itself_is_told_by_what_was_published() -> None:
    """After 30 days both are archived, the one that a person put away and the one that was kept."""
    both = [put_away(started(1)), put_away(started(2))]
    assert [elect(both, BATCH, KEY, known).chosen for known in ("1", "2")] == both
    assert elect(both, BATCH, KEY).doubled == tuple(both)


def test_two_that_were_started_are_nobodys_choice() -> None:
    """Both have cost something: a person decides, and has decided when all but one are put away."""
    both = [started(1), started(2)]
    found = elect(both, BATCH, KEY)
    assert (found.chosen, [each.id for each in found.doubled]) == (None, ["1", "2"])
    assert list(find_doubled([OTHER, *both])) == [BATCH]
    assert not find_doubled([put_away(both[0]), both[1]])
