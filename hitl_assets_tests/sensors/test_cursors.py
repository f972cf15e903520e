"""What a sensor kept, as a person may have edited it."""

import json
from typing import Any

import dagster as dg
import pytest

from hitl_assets.attempts import Attempt
from hitl_assets.sensors.cursors import read_cursor, without_partition
from hitl_assets.sensors.watching import Watch

GOOD = {**Watch().to_json(), "commit": "a" * 32, "before": "x", "told": {}, "warned": [], "attempts": {}}


def read(cursor: str) -> dict[str, Any]:
    """The entries that a sensor goes on with."""
    with dg.instance_for_test() as instance:
        return read_cursor(dg.build_sensor_context(instance=instance, cursor=cursor))


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["", "no JSON", "[1]", "7", '{"commit": '])
def test_a_cursor_that_cannot_be_read_is_begun_anew(cursor: str) -> None:
    """A tick that fails would fail for ever, and for all batches."""
    assert read(cursor) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("batches", 7), ("commit", "x"), ("attempts", []), ("told", "a"), ("warned", 1), ("doubled", [1])],
)
def test_an_entry_that_cannot_be_read_is_left_out(name: str, value: object) -> None:
    """The others are kept."""
    found = read(json.dumps({**GOOD, name: value}))
    assert name not in found
    assert found["before"] == "x"


@pytest.mark.slow
def test_a_good_cursor_is_kept_as_it_is() -> None:
    """Nothing is asked for again."""
    assert read(json.dumps(GOOD)) == json.loads(json.dumps(GOOD))


def test_no_run_is_asked_for_a_partition_that_is_gone() -> None:
    """Dagster refuses the whole tick for it."""
    attempts = {name: Attempt(name, 1, 0.0) for name in ("b1", "b2")}
    assert without_partition(attempts, attempts, {"b2"}) == ({"b2": attempts["b2"]}, {"b2": attempts["b2"]})
