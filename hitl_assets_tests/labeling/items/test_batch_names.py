"""What batches are called, and who is meant by a part of it."""

import re
import shlex
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from hitl_assets.labeling.items.batch_names import (
    by_time,
    find_named,
    is_commit,
    may_be_same,
    name_batch,
    names_of,
    read_name,
    short_title,
    title,
)
from hitl_assets.labeling.pools.pools import COMMENT
from hitl_assets.labeling.records import Commit

STARTED = datetime(2026, 11, 30, 7, 35, 12, 999_999, tzinfo=timezone.utc)
COMMIT = Commit("items", "4ccc5c1a0f0e4d0fa0b1c2d3e4f5a6b7", STARTED)
NAME, OLD = "2026-11-30T073512Z-4ccc5c1a", "4ccc5c1a0f0e4d0fa0b1c2d3e4f5a6b7"
LATER = "2026-12-01T000000Z-4ccc9999"


def test_a_batch_is_called_by_the_second_and_the_beginning_of_the_id() -> None:
    """In UTC, wherever the time came from."""
    there = COMMIT.started.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert name_batch(COMMIT) == name_batch(Commit("items", OLD, there)) == NAME
    assert names_of(COMMIT) == (NAME, OLD)


def test_a_name_says_its_second_and_its_digits() -> None:
    """That is what its commit is looked up by."""
    assert read_name(NAME) == (STARTED.replace(microsecond=0), "4ccc5c1a")


@pytest.mark.parametrize(
    "name", [OLD, "", "first", "2026-13-30T073512Z-4ccc5c1a", NAME.upper(), f"{NAME}0", f"{NAME}\n"]
)
def test_what_is_no_such_name_says_nothing(name: str) -> None:
    """A whole id is the name of before 0.2."""
    assert read_name(name) is None
    assert is_commit(name) == (name == OLD)


def test_a_name_is_legal_where_it_goes() -> None:
    """URLs, shells, Pachyderm's paths, the marks on pools, and Kubernetes' labels."""
    assert quote(NAME, safe="") == shlex.quote(NAME) == NAME
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", NAME)
    assert COMMENT.match(f"hitl pool fruit/{NAME} {'0' * 64} maximum 1.5")


def test_names_are_in_order_of_time_and_those_of_before_come_first() -> None:
    """They have no time in them."""
    assert sorted([LATER, "f" * 32, NAME, "0" * 32], key=by_time) == ["0" * 32, "f" * 32, NAME, LATER]
    assert sorted([LATER, NAME]) == [NAME, LATER]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NAME, [NAME]),
        ("2026-11", [NAME]),
        ("4ccc5c1a", [NAME]),
        (OLD, [NAME]),
        ("4ccc", [NAME, LATER]),
        ("2026", [NAME, LATER]),
        ("f", ["f" * 32]),
        ("f" * 32, ["f" * 32]),
        ("", []),
        ("5c1a", []),
        ("1" * 32, []),
    ],
)
def test_a_batch_is_found_by_name_and_by_id(text: str, found: list[str]) -> None:
    """The whole of either, or how it begins."""
    assert find_named([NAME, LATER, "f" * 32], text) == found


def test_a_whole_id_that_is_a_name_is_meant_alone() -> None:
    """Two commits of one second whose ids begin alike: the second one is called by its whole id."""
    assert find_named([NAME, OLD], OLD) == [OLD]


def test_two_names_may_be_of_one_commit() -> None:
    """One of them is the whole id then."""
    assert may_be_same(NAME, OLD) and may_be_same(OLD, NAME)
    assert not any(may_be_same(*pair) for pair in [(NAME, NAME), (NAME, LATER), (OLD, OLD), (LATER, OLD), ("a", "b")])


def test_people_see_time_file_and_digits() -> None:
    """As far as they are known, and not too long."""
    assert title(NAME, "/new/items-3.csv") == "2026-11-30 07:35 items-3.csv 4ccc5c1a"
    assert title(OLD, "/items-3.csv", STARTED) == "2026-11-30 07:35 items-3.csv 4ccc5c1a"
    assert (title(NAME), title(OLD)) == ("2026-11-30 07:35 4ccc5c1a", "4ccc5c1a")
    assert title(OLD, f"/{'x' * 40}.csv") == f"{'x' * 17}... 4ccc5c1a"
    assert (short_title(NAME), short_title(OLD)) == ("11-30 07:35 4ccc5c1a", "4ccc5c1a")
