"""Killing anything is safe: the loop ends with the same pools, the same price and the same labels as without it."""

from pathlib import Path
from typing import Any

import pytest

from .loop import BATCHES, ITEMS, run_loop
from .outcome import Outcome
from .table import PROPERTY, row_of

SAMPLE, KILLS_OF_SAMPLE = 1942, 5
SEEDS = range(1, 17)
SEEDS_IN_ROUNDS, KILLS_IN_ROUNDS = range(101, 105), 7
# Four labels for a suite, five answers for an item.
PAID = BATCHES * ITEMS // 4 * 5
RIGHT = Outcome(batches=BATCHES, pools=BATCHES, planned=PAID, paid=PAID, labels_lost=0, problems=())

# Nothing is ever so sure: each item gets all the answers that it may have, in three rounds.
OVERLAP = {"start": 2, "max": 4, "confidence": 1}
PAID_IN_ROUNDS = BATCHES * ITEMS // 4 * 4
RIGHT_IN_ROUNDS = Outcome(BATCHES, BATCHES, PAID_IN_ROUNDS, PAID_IN_ROUNDS, labels_lost=0, problems=())

Record = Any


@pytest.mark.story
@pytest.mark.slow
def test_a_loop_survives_a_few_kills(tmp_path: Path, record_property: Record) -> None:
    """The sample that is always run; `make test-kill` runs the rest."""
    loop = run_loop(tmp_path, SAMPLE, KILLS_OF_SAMPLE)
    record_property(PROPERTY, row_of(loop))
    assert len(loop.kills) == KILLS_OF_SAMPLE
    assert loop.outcome == RIGHT


@pytest.mark.kill
@pytest.mark.slow
def test_a_loop_without_kills_costs_what_is_planned(tmp_path: Path, record_property: Record) -> None:
    """What the others are compared with."""
    loop = run_loop(tmp_path, seed=0, kills=0)
    record_property(PROPERTY, row_of(loop))
    assert loop.outcome == RIGHT


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_loop_survives_kills(tmp_path: Path, record_property: Record, seed: int) -> None:
    """Whatever is killed at whatever moment."""
    kills = 6 + seed % 3
    loop = run_loop(tmp_path, seed, kills)
    record_property(PROPERTY, row_of(loop))
    assert loop.outcome == RIGHT
    assert len(loop.kills) == kills, "The loop was over before all kills were made."


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS_IN_ROUNDS)
def test_rounds_survive_kills(tmp_path: Path, record_property: Record, seed: int) -> None:
    """Whatever is killed while it asks again: nobody is asked once too often, or too seldom."""
    loop = run_loop(tmp_path, seed, KILLS_IN_ROUNDS, OVERLAP)
    record_property(PROPERTY, row_of(loop))
    assert loop.outcome == RIGHT_IN_ROUNDS
    assert len(loop.kills) == KILLS_IN_ROUNDS, "The loop was over before all kills were made."
