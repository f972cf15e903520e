"""Which keys the partitions of new commits get."""

from datetime import datetime, timedelta, timezone

import pytest
from dagster._core.definitions.partitions.utils.base import raise_error_on_invalid_partition_key_substring

from hitl_assets.labeling.records import Commit
from hitl_assets.partitions import name_batches

STARTED = datetime(2026, 11, 30, 7, 35, 12, tzinfo=timezone.utc)
FIRST, LATER = Commit("items", "4ccc5c1a" + "0" * 24, STARTED), Commit("items", "a" * 32, STARTED + timedelta(days=1))
ALIKE = Commit("items", "4ccc5c1a" + "f" * 24, STARTED)
NAME, LATER_NAME = "2026-11-30T073512Z-4ccc5c1a", "2026-12-01T073512Z-aaaaaaaa"


@pytest.mark.parametrize(
    ("partitions", "by_id", "is_only", "keys"),
    [
        ([], [], True, [NAME, LATER_NAME]),
        ([FIRST.id], [], True, [FIRST.id, LATER_NAME]),
        ([], [LATER.id], True, [NAME, LATER.id]),
        ([NAME], [], True, [NAME, LATER_NAME]),
        ([NAME], [], False, [FIRST.id, LATER_NAME]),
        ([NAME, FIRST.id], [], True, [FIRST.id, LATER_NAME]),
    ],
    ids=["new", "of 0.1", "of 0.1, Dagster's storage lost", "again", "another commit's", "both by hand"],
)
def test_a_key_that_is_there_stays(partitions: list[str], by_id: list[str], is_only: bool, keys: list[str]) -> None:
    """A commit is a batch once, whatever it is called."""
    found = name_batches([FIRST, LATER], partitions, by_id, lambda _: is_only)
    assert found == dict(zip(keys, [FIRST, LATER], strict=True))
    raise_error_on_invalid_partition_key_substring(list(found))


def test_commits_that_would_be_called_alike_have_their_ids() -> None:
    """Neither takes the other's place."""
    found = name_batches([FIRST, ALIKE, LATER], [], [], lambda _: True)
    assert list(found) == [FIRST.id, ALIKE.id, LATER_NAME]
