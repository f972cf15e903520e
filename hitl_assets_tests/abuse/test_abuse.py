"""Each action of Dagster's UI, done while a batch is at each stage.

Nothing is paid twice, the batch that comes next goes on by itself, and each of the others can be brought to its end.
"""

from collections.abc import Callable

import pytest

from .actions import ACTIONS, MUTATIONS, UNTRIED
from .stages import STAGES
from .table import PROPERTY
from .world import ITEMS, World

Note = Callable[[str, str, str], None]
OVERLAP = 5
# What takes different ways through the product; `make test-abuse` does all.
ALWAYS = (
    "delete the partitions",
    "wipe all assets",
    "terminate the next runs",
    "launch a previewed tick",
    "restore yesterday's instance",
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("abuse")]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Notes for the table."""
    return lambda action, stage, how: record_property(PROPERTY, ((action, stage), how))


def marked(action: str) -> object:
    """The action; marked if it is done by `make test-abuse` only."""
    return action if action in ALWAYS else pytest.param(action, marks=pytest.mark.abuse)


@pytest.mark.parametrize("action", [marked(action) for action in ACTIONS])
def test_nothing_is_paid_twice_and_nothing_stands_still(staged: World, action: str, note: Note) -> None:
    """The next batch goes on by itself; the others at the latest when a person does what the messages say."""
    for stage in STAGES:
        note(action, stage, "FAILS")
    ACTIONS[action](staged)
    staged.commit("next")
    staged.go_on()
    assert staged.errors == []
    by_hand = staged.unfinished()
    assert "next" not in by_hand, "the next batch did not go on"
    if by_hand:
        staged.by_hand(by_hand)
    stuck, paid = staged.unfinished(), staged.paid()
    for stage in STAGES:
        is_paid_once = {count for item, count in paid.items() if item.startswith(f"{stage} ")} == {OVERLAP}
        how = "by hand" if stage in by_hand else "by itself"
        note(action, stage, "STUCK" if stage in stuck else how if is_paid_once else "PAID TWICE")
    assert staged.errors == []
    assert {name: staged.rows(name) for name in staged.batches} == dict.fromkeys(staged.batches, ITEMS)
    assert set(paid.values()) == {OVERLAP}, f"somebody was paid twice, or not asked: {paid}"


def test_each_request_of_the_ui_is_tried_or_it_is_said_why_not() -> None:
    """By Dagster's own schema: what a new version of it offers is missed here."""
    from dagster_graphql.schema import create_schema  # noqa: PLC0415  # 1 s for all who collect tests

    offered = create_schema().graphql_schema.mutation_type.fields
    assert set(offered) == set(MUTATIONS) | set(UNTRIED)
    assert set(MUTATIONS.values()) <= set(ACTIONS)
