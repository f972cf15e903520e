"""Each action of Dagster's UI at each stage of a batch.

Nothing is paid twice, the other batch goes on by itself, and this one can be brought to its end. `make test-abuse`
tries the whole table; here is a diagonal of it.
"""

from collections.abc import Callable

import pytest

from .actions import ACTIONS
from .stages import STAGES, bring
from .table import PROPERTY
from .world import ITEMS, NAMES, World

Note = Callable[[str, str, str], None]
OVERLAP = 5
EVERY = [(action, stage) for action in ACTIONS for stage in STAGES]
DIAGONAL = [(action, list(STAGES)[number % len(STAGES)]) for number, action in enumerate(ACTIONS)]


def abuse(world: World, action: str, stage: str) -> str:
    """Do it, go on, and say how the batch came to its end: by itself, or after a person put it right."""
    first = world.commit("first")
    bring(world, first, stage)
    world.commit("second")
    ACTIONS[action](world, first)
    world.go_on(*NAMES)
    assert world.errors == []
    assert world.rows("second") == ITEMS, "the other batch did not go on"
    how = "by itself"
    if world.rows("first") != ITEMS:
        world.by_hand(first, "first")
        how = "by hand"
    assert world.errors == []
    assert [world.rows(name) for name in NAMES] == [ITEMS, ITEMS]
    assert set(world.paid().values()) == {OVERLAP}, "somebody was paid twice, or not asked"
    return how


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Notes for the table."""
    return lambda action, stage, how: record_property(PROPERTY, ((action, stage), how))


@pytest.mark.slow
@pytest.mark.parametrize(("action", "stage"), DIAGONAL)
def test_nothing_is_paid_twice_and_nothing_stands_still(world: World, action: str, stage: str, note: Note) -> None:
    """The other batch goes on by itself; this one at the latest when a person does what the messages say."""
    note(action, stage, "FAILS")
    note(action, stage, abuse(world, action, stage))


@pytest.mark.abuse
@pytest.mark.parametrize(("action", "stage"), EVERY)
def test_every_action_at_every_stage(world: World, action: str, stage: str, note: Note) -> None:
    """The whole table."""
    note(action, stage, "FAILS")
    note(action, stage, abuse(world, action, stage))
