"""A round by one run: how many answers which items get, what the caps leave of it, and that it is completed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.round_plans import Need
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.labeling import Asked
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.rounds import ask
from hitl_assets_tests.services.toloka.publications import capped, set_up

from .answered import KEYS, NEEDS, answered, let_people_answer, overlaps, paid, unsure, without_rules

pytestmark = pytest.mark.slow
START = dict.fromkeys(KEYS, 2)


@pytest.fixture
def asking(toloka: Toloka, project: Project) -> Project:
    """Two answers to each item at first, four after the second round, six after the third; two items in a suite."""
    plain = without_rules(project, overlap=Overlap(start=2, max=6, rounds=3, confidence=0.9))
    mixer = {**plain.pool["mixer_config"], "real_tasks_count": 2}
    return set_up(toloka, replace(plain, pool={**plain.pool, "mixer_config": mixer}))


def go_on(toloka: Toloka, project: Project, pool_id: str, **changes: object) -> Asked:
    """A round about what is unsure."""
    return ask(toloka, project, pool_id, replace(unsure(toloka, pool_id), **changes), {})  # type: ignore[arg-type]


def test_an_item_gets_several_answers_at_once(emulator: TolokaEmulator, toloka: Toloka, asking: Project) -> None:
    """As many as it needs, as far as the round allows; and all it may have in the last one."""
    pool_id = answered(emulator, toloka, asking)
    asked = go_on(toloka, asking, pool_id)
    assert (asked.items, asked.missing, asked.round) == (2, 3, 2)
    let_people_answer(emulator, toloka, pool_id)
    assert paid(toloka, pool_id) == {**START, KEYS[0]: 4, KEYS[1]: 3}
    assert go_on(toloka, asking, pool_id).round == 3
    let_people_answer(emulator, toloka, pool_id)
    assert paid(toloka, pool_id) == {**START, KEYS[0]: 6, KEYS[1]: 6}


def test_after_the_last_round_nobody_is_asked(emulator: TolokaEmulator, toloka: Toloka, asking: Project) -> None:
    """Even if an item that was sure is not any more, and has fewer answers than the maximum."""
    pool_id = answered(emulator, toloka, asking)
    for _ in range(2):
        go_on(toloka, asking, pool_id)
        let_people_answer(emulator, toloka, pool_id)
    asked = go_on(toloka, asking, pool_id, items=KEYS, needs={})
    assert (asked.items, asked.is_over, asked.refused) == (0, True, "")
    assert overlaps(toloka, pool_id) == {**START, KEYS[0]: 6, KEYS[1]: 6}


def test_a_round_that_was_half_begun_is_completed_as_it_was_planned(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project
) -> None:
    """Killed when the item that tells the round was raised: it is not taken for a round that is over."""
    pool_id = answered(emulator, toloka, asking)
    first = next(task for task in toloka.real_tasks(pool_id) if task.item_key == KEYS[0])
    toloka.raise_overlaps(pool_id, {first.id: 4})
    asked = go_on(toloka, asking, pool_id)
    assert (asked.round, asked.missing) == (2, 3)
    assert overlaps(toloka, pool_id) == {**START, KEYS[0]: 4, KEYS[1]: 3}


def test_a_cap_leaves_what_gains_most(emulator: TolokaEmulator, toloka: Toloka, asking: Project) -> None:
    """Twelve answers are paid for, in six suites, and there is money for one more: for two items of the three."""
    pool_id = answered(emulator, toloka, asking)
    tight = capped(asking, per_batch=7 * asking.suite_price)
    needs = {KEYS[0]: Need(1, 0.9), KEYS[1]: Need(1, 0.5), KEYS[2]: Need(1, 0.6)}
    asked = go_on(toloka, tight, pool_id, items=needs.keys(), needs=needs)
    assert (asked.items, asked.left_out) == (2, 1)
    assert "budget.per_batch is" in asked.refused
    assert overlaps(toloka, pool_id) == {**START, KEYS[1]: 3, KEYS[2]: 3}
    let_people_answer(emulator, toloka, pool_id)
    assert sum(each["status"] == "ACCEPTED" for each in toloka.assignments(pool_id)) * asking.suite_price <= Decimal(
        tight.configuration.budget.per_batch
    )


def test_what_a_cap_left_out_is_asked_in_the_next_round(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project
) -> None:
    """When there is room again."""
    pool_id = answered(emulator, toloka, asking)
    needs = {key: Need(1, 0.5) for key in KEYS[:3]}
    go_on(toloka, capped(asking, per_batch=7 * asking.suite_price), pool_id, items=needs.keys(), needs=needs)
    let_people_answer(emulator, toloka, pool_id)
    asked = go_on(toloka, asking, pool_id, items=needs.keys(), needs=needs)
    assert (asked.items, asked.round) == (3, 3)


def test_without_room_for_one_item_nobody_is_asked(emulator: TolokaEmulator, toloka: Toloka, asking: Project) -> None:
    """And the round is not used up."""
    pool_id = answered(emulator, toloka, asking)
    asked = go_on(toloka, capped(asking, per_batch=6 * asking.suite_price), pool_id)
    assert (asked.items, asked.is_over, asked.round) == (0, True, 1)
    assert "budget.per_batch is" in asked.refused
    assert overlaps(toloka, pool_id) == START
    assert go_on(toloka, asking, pool_id).round == 2


def test_items_that_come_late_have_rounds_of_their_own(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project
) -> None:
    """They were a model's until its audit failed, when the others had had all of their rounds."""
    pool_id = answered(emulator, toloka, asking)
    for _ in range(2):
        go_on(toloka, asking, pool_id)
        let_people_answer(emulator, toloka, pool_id)
    asked = go_on(toloka, asking, pool_id, items=KEYS, needs=NEEDS, late=frozenset(KEYS[4:]))
    assert (asked.items, asked.missing) == (2, 2)


def test_nothing_is_asked_about_what_is_not_unsure(toloka: Toloka, emulator: TolokaEmulator, asking: Project) -> None:
    """The pool stays closed."""
    pool_id = answered(emulator, toloka, asking)
    asked = ask(toloka, asking, pool_id, Unsure((), {}, unsure(toloka, pool_id).suites), {})
    assert (asked.is_over, asked.refused) == (True, "")
