"""What a person can do in Toloka's interface while a batch is open: docs/money.md has it as a table."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Task
from toloka.client.pool import MixerConfig

from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.observing import AS_WRITTEN, DECISIONS

from .stages import bring
from .world import ITEMS, World

pytestmark = pytest.mark.slow
Edit = Callable[[World, str], None]


def change(**fields: Any) -> Edit:
    """The pool is closed, edited, and opened again."""

    def do(world: World, pool_id: str) -> None:
        form = world.toloka.reader.get_pool(pool_id)
        world.toloka.close_pool(pool_id)
        for name, value in fields.items():
            setattr(form, name, value)
        world.toloka.writer.update_pool(pool_id, form)
        world.toloka.writer.open_pool(pool_id)

    return do


def add_a_task(world: World, pool_id: str) -> None:
    """One of their own, in the open pool."""
    values = {"headline": "by hand", KEY_FIELD: "by hand"}
    world.toloka.writer.create_task(Task(pool_id=pool_id, input_values=values, overlap=1), allow_defaults=True)


HARMLESS: Mapping[str, Edit] = {
    "a task by hand": add_a_task,
    "a longer time for a suite": change(assignment_max_duration_seconds=1200),
    "a lower price": change(reward_per_assignment=0.02),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_the_batch_comes_to_its_end_whatever_is_edited(world: World, name: str) -> None:
    """With its own items, each labeled once; what it cost is what Toloka was paid."""
    batch = world.commit("first")
    bring(world, batch, "open")
    HARMLESS[name](world, world.loop.pool_id(batch))
    world.go_on("first")
    assert (world.rows("first"), world.rows("by hand"), world.errors) == (ITEMS, 0, [])
    spent = Decimal(str(world.loop.materialized("raw_answers", batch)["spent"]))
    paid = world.toloka.paid(world.loop.pool_id(batch))
    assert paid is not None
    assert spent == paid * Decimal("1.3")


@pytest.mark.parametrize(
    "edit",
    [
        change(reward_per_assignment=9.0),
        change(mixer_config=MixerConfig(real_tasks_count=1, golden_tasks_count=1, training_tasks_count=0)),
    ],
    ids=["price", "mixer"],
)
def test_a_pool_that_became_dearer_is_told_and_kept_under_its_cap(world: World, edit: Edit) -> None:
    """By the first tick that sees it, before anybody has taken a suite."""
    batch = world.commit("first")
    bring(world, batch, "open")
    world.turn()
    budget = world.project.configuration.budget.model_copy(update={"per_batch": Decimal("0.3")})
    world.loop = world.loop.with_configuration(budget=budget)
    pool_id = world.loop.pool_id(batch)
    edit(world, pool_id)
    world.turn()
    told = world.told(AS_WRITTEN)
    assert "reward_per_assignment" in told or "mixer_config" in told
    for _ in range(5):
        world.pass_time(60)
        world.turn()
    paid = world.toloka.paid(pool_id)
    assert paid is not None
    assert paid * Decimal("1.3") <= Decimal("0.3")


def test_a_pool_without_our_mark_is_told(world: World) -> None:
    """With what to write back, and that materializing would pay anew. When it is back, the batch goes on."""
    batch = world.commit("first")
    bring(world, batch, "open")
    pool_id = world.loop.pool_id(batch)
    comment = world.toloka.reader.get_pool(pool_id).private_comment
    change(private_comment="mine")(world, pool_id)
    world.turn()
    assert "our mark was taken out" in world.told(DECISIONS)
    change(private_comment=comment)(world, pool_id)
    world.go_on("first")
    assert world.rows("first") == ITEMS
