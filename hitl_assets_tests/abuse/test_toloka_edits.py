"""What a person can do in Toloka's interface while a batch is open: docs/money.md has it as a table."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Task, UserBonus, UserRestriction
from toloka.client.pool import MixerConfig
from toloka.client.quality_control import QualityControl
from toloka.client.task import TaskPatch

from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.sensors.observing import AS_WRITTEN, DECISIONS

from .stages import bring
from .world import ITEMS, World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("abuse")]
Edit = Callable[[World, str], None]
OVERLAP = 5


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


def clone(world: World, pool_id: str) -> None:
    """With everything but the tasks, our mark included."""
    world.toloka.writer.clone_pool(pool_id)


def first_worker(world: World, pool_id: str) -> tuple[str, str]:
    """Somebody who has answered; and with which assignment."""
    world.pass_time(3600)
    given = next(each for each in world.toloka.assignments(pool_id) if each["status"] == "ACCEPTED")
    return str(given["user_id"]), str(given["id"])


def give_a_bonus(world: World, pool_id: str) -> None:
    """Beside what the answers cost."""
    user_id, assignment_id = first_worker(world, pool_id)
    bonus = UserBonus(
        user_id=user_id, assignment_id=assignment_id, amount=Decimal("0.5"), private_comment="by hand",
        public_title={"EN": "Thanks"}, public_message={"EN": "Well done"},
    )  # fmt: skip
    world.toloka.writer.create_user_bonus(bonus)


def ban_and_lift(world: World, pool_id: str) -> None:
    """A worker is banned for a moment."""
    user_id, _ = first_worker(world, pool_id)
    project_id = world.toloka.get_pool(pool_id).project_id
    made = world.toloka.writer.set_user_restriction(
        UserRestriction.structure({"scope": "PROJECT", "user_id": user_id, "project_id": project_id})
    )
    world.pass_time(3600)
    world.toloka.writer.delete_user_restriction(made.id)


def edit_skills(world: World, pool_id: str) -> None:
    """A skill comes, is given to somebody, and is taken away from them. Toloka deletes none."""
    user_id, _ = first_worker(world, pool_id)
    skill = world.toloka.writer.create_skill(name="by hand")
    given = world.toloka.writer.set_user_skill(skill_id=skill.id, user_id=user_id, value=Decimal(50))
    world.toloka.writer.delete_user_skill(given.id)


def do_all(*edits: Edit) -> Edit:
    """One after the other, in one pool."""

    def do(world: World, pool_id: str) -> None:
        for edit in edits:
            edit(world, pool_id)

    return do


HARMLESS: Mapping[str, Edit] = {
    "the pool": do_all(
        add_a_task,
        change(assignment_max_duration_seconds=1200, quality_control=QualityControl(configs=[])),
        clone,
    ),
    "the workers": do_all(give_a_bonus, ban_and_lift, edit_skills),
    "a lower price": change(reward_per_assignment=0.02),
}


@pytest.fixture
def opened(world: World) -> str:
    """The pool of a batch at which people are at work."""
    bring(world, "open")
    world.turn()
    return world.loop.pool_id(world.batches["open"])


@pytest.mark.parametrize("name", HARMLESS)
def test_the_batch_comes_to_its_end_whatever_is_edited(world: World, opened: str, name: str) -> None:
    """With its own items, each labeled once; what it cost is what Toloka was paid for answers."""
    HARMLESS[name](world, opened)
    world.go_on()
    assert (world.rows("open"), world.rows("by hand"), world.errors) == (ITEMS, 0, [])
    spent = Decimal(str(world.loop.materialized("raw_answers", world.batches["open"])["spent"]))
    paid = world.toloka.paid(opened)
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
def test_a_pool_that_became_dearer_is_told_and_kept_under_its_cap(world: World, opened: str, edit: Edit) -> None:
    """By the first tick that sees it, before anybody has taken a suite."""
    with_cap(world, Decimal("0.3"))
    edit(world, opened)
    world.turn()
    told = world.told(AS_WRITTEN)
    assert "reward_per_assignment" in told or "mixer_config" in told
    for _ in range(5):
        world.pass_time(60)
        world.turn()
    paid = world.toloka.paid(opened)
    assert paid is not None
    assert paid * Decimal("1.3") <= Decimal("0.3")


def test_a_pool_without_our_mark_is_told(world: World, opened: str) -> None:
    """With what to write back, and that materializing would pay anew. When it is back, the batch goes on."""
    comment = world.toloka.reader.get_pool(opened).private_comment
    change(private_comment="mine")(world, opened)
    world.turn()
    assert "our mark was taken out" in world.told(DECISIONS)
    change(private_comment=comment)(world, opened)
    world.go_on()
    assert world.rows("open") == ITEMS


def test_a_pool_that_was_opened_again_is_collected_again(world: World, opened: str) -> None:
    """Somebody wanted another answer to an item, after the batch was done: the next ticks see it."""
    world.go_on()
    world.turn()
    assert json.loads(world.loop.cursors["pools"] or "")["batches"] == {}, "the batch is still watched"
    task = world.toloka.real_tasks(opened)[0]
    world.toloka.writer.patch_task(task.id, TaskPatch(overlap=OVERLAP + 1))
    world.toloka.writer.open_pool(opened)
    forget_the_last_look(world)
    for _ in range(3):
        world.turn()
        world.pass_time()
    world.turn()
    counts = world.paid()
    assert sorted(counts.values()) == [OVERLAP, OVERLAP + 1]
    assert world.loop.materialized("raw_answers", world.batches["open"])["answers"] == sum(counts.values())


def test_answers_that_were_rejected_by_hand_are_told_and_asked_again(world: World, opened: str) -> None:
    """The pool is COMPLETED all the same. What the check says helps."""
    change(auto_accept_solutions=False)(world, opened)
    world.pass_time(20 * 3600)
    decide(world, opened, reject=2)
    world.go_on()
    assert "2 items have fewer answers than the 5" in world.told("pool_ended_well", "raw_answers")
    assert world.loop.materialize("pools", world.batches["open"], resume=True).success
    world.pass_time(20 * 3600)
    decide(world, opened, reject=0)
    world.turn()
    assert set(world.paid().values()) == {OVERLAP}
    assert "fewer answers" not in world.told("pool_ended_well", "raw_answers")


def decide(world: World, pool_id: str, reject: int) -> None:
    """Reject so many of the suites that wait, accept the others."""
    waiting = [each["id"] for each in world.toloka.assignments(pool_id) if each["status"] == "SUBMITTED"]
    for number, assignment_id in enumerate(waiting):
        (world.toloka.reject if number < reject else world.toloka.accept)(assignment_id, "by hand")


def forget_the_last_look(world: World) -> None:
    """A minute has passed for the sensor."""
    cursor = json.loads(world.loop.cursors["pools"] or "")
    world.loop.cursors["pools"] = json.dumps({**cursor, "looked": 0})


def edit_golden(world: World, pool_id: str, *known: str) -> None:
    """Give some of the golden tasks these answers instead."""
    solutions = [{"output_values": {"category": each}, "correctness_weight": 1} for each in known]
    golden = [task for task in world.toloka.reader.get_tasks(pool_id=pool_id) if task.known_solutions]
    for task in golden[:10]:
        world.toloka.writer.patch_task(task.id, TaskPatch.structure({"known_solutions": solutions}))


def test_a_golden_answer_that_was_edited_is_told(world: World, opened: str) -> None:
    """With both sides: people were judged by it."""
    edit_golden(world, opened, "clickbait", "notclickbait")
    world.go_on()
    assert "clickbait or notclickbait in Toloka" in world.told("golden_tasks_are_as_in_the_file", "raw_answers")
    assert world.rows("open") == ITEMS


def test_a_golden_task_without_its_answer_is_kept_under_the_cap(world: World, opened: str) -> None:
    """It is a task like others then, and never runs out: everybody is asked, and paid, until the sensor closes the
    pool. That is told, and the labels are made."""
    cap = Decimal(3)
    with_cap(world, cap)
    edit_golden(world, opened)
    for _ in range(60):
        world.pass_time(15)
        world.turn()
        if world.rows("open"):
            break
    paid = world.toloka.paid(opened)
    assert paid is not None
    assert paid * Decimal("1.3") <= cap
    assert world.rows("open") == ITEMS
    assert "not known in Toloka any more" in world.told("golden_tasks_are_as_in_the_file", "raw_answers")


def with_cap(world: World, cap: Decimal) -> None:
    """Somebody lowered the cap of a batch in the YAML."""
    budget = world.project.configuration.budget.model_copy(update={"per_batch": cap})
    world.loop = world.loop.with_configuration(budget=budget)
