"""Asking again, and deciding about answers, by two runs of which one is taken for dead: nobody is asked or paid twice.

Tried here: the first run stands still before each of its requests to Toloka; meanwhile the second

* does the same round, or the same review, to its end, or dies at each of its own requests;
* does that round and the next one, with people answering both, before the first goes on.

Bonuses are not in it: the product pays none.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Project, Review
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.review import review
from hitl_assets.services.toloka.rounds import ask
from hitl_assets_tests.services.toloka.publications import set_up

from .answered import KEYS, NEEDS, answered, let_people_answer, overlaps, paid, unsure, without_rules
from .runs import Run

pytestmark = pytest.mark.slow
# After two answers to each item, and after a round that asks about two of them.
SECOND = {**dict.fromkeys(KEYS, 2), KEYS[0]: 4, KEYS[1]: 3}
# One more than a round, or a review, has: `..._has_no_more_requests` sees to it.
ROUND_POINTS = range(1, 29)
REVIEW_POINTS = range(1, 33)

Begin = Callable[..., Run]


@pytest.fixture
def asking(toloka: Toloka, project: Project) -> Project:
    """A project that asks about each item twice at first, four times in the second round, and then five; set up."""
    return set_up(toloka, without_rules(project, overlap=Overlap(start=2, max=5, rounds=3, confidence=0.9)))


@pytest.fixture
def reviewing(toloka: Toloka, project: Project) -> Project:
    """A project where one worker answers each item, and a person decides about the answers; set up."""
    plain = without_rules(project, review=Review())
    pool = {
        **plain.pool,
        "defaults": {"default_overlap_for_new_tasks": 1, "default_overlap_for_new_task_suites": 1},
        "mixer_config": {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0},
    }
    return set_up(toloka, replace(plain, pool=pool))


def a_round(project: Project, pool_id: str, found: Unsure) -> Callable[[Toloka], Any]:
    """A run that asks again about what was found."""
    return lambda toloka: ask(toloka, project, pool_id, found, {})


def test_a_round_has_no_more_requests(emulator: TolokaEmulator, toloka: Toloka, asking: Project, begin: Begin) -> None:
    """Otherwise points would be left out below."""
    pool_id = answered(emulator, toloka, asking)
    run = begin("alone", a_round(asking, pool_id, unsure(toloka, pool_id)))
    assert not run.start_up_to(ROUND_POINTS[-1]).stands()
    assert run.end().items == len(NEEDS)


@pytest.mark.parametrize("point", ROUND_POINTS)
def test_two_rounds_at_once_ask_once(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project, begin: Begin, point: int
) -> None:
    """The second does it all while the first stands still; the answers are those of one round."""
    pool_id = answered(emulator, toloka, asking)
    first, second = (begin(name, a_round(asking, pool_id, unsure(toloka, pool_id))) for name in ("first", "second"))
    with first.start_up_to(point):
        second.start().end()
    first.end()
    assert overlaps(toloka, pool_id) == SECOND
    let_people_answer(emulator, toloka, pool_id)
    assert paid(toloka, pool_id) == SECOND


@pytest.mark.parametrize("point", ROUND_POINTS)
def test_a_round_that_comes_late_asks_nobody(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project, begin: Begin, point: int
) -> None:
    """Two rounds went by meanwhile, and people answered both."""
    pool_id = answered(emulator, toloka, asking)
    first = begin("first", a_round(asking, pool_id, unsure(toloka, pool_id)))
    with first.start_up_to(point):
        let_people_answer(emulator, toloka, pool_id)
        while paid(toloka, pool_id)[KEYS[0]] < 5:
            begin("second", a_round(asking, pool_id, unsure(toloka, pool_id))).start().end()
            let_people_answer(emulator, toloka, pool_id)
    first.end()
    let_people_answer(emulator, toloka, pool_id)
    assert paid(toloka, pool_id) == {key: 5 if key in NEEDS else 2 for key in KEYS}


@pytest.mark.parametrize("point", ROUND_POINTS)
def test_a_round_that_died_is_begun_once(
    emulator: TolokaEmulator, toloka: Toloka, asking: Project, begin: Begin, point: int
) -> None:
    """Before any of its requests; the run after it goes on with what there is."""
    pool_id = answered(emulator, toloka, asking)
    found = unsure(toloka, pool_id)
    first = begin("first", a_round(asking, pool_id, found))
    first.die_before(point)
    begin("second", a_round(asking, pool_id, found)).start().end()
    let_people_answer(emulator, toloka, pool_id)
    assert paid(toloka, pool_id) == SECOND


def decide(project: Project, pool_id: str, rejected: str) -> Callable[[Toloka], Any]:
    """A run that rejects one assignment and accepts all others."""
    return lambda toloka: review(toloka, project, pool_id, {rejected: "reject"}, "accept", {})


def test_a_review_has_no_more_requests(
    emulator: TolokaEmulator, toloka: Toloka, reviewing: Project, begin: Begin
) -> None:
    """Otherwise points would be left out below."""
    pool_id = answered(emulator, toloka, reviewing)
    rejected = next(iter(toloka.assignments(pool_id)))["id"]
    run = begin("alone", decide(reviewing, pool_id, rejected))
    assert not run.start_up_to(REVIEW_POINTS[-1]).stands()
    assert run.end().asked_again == 2


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("point", REVIEW_POINTS)
def test_two_reviews_pay_once_and_ask_again_once(
    emulator: TolokaEmulator, toloka: Toloka, reviewing: Project, begin: Begin, point: int, dies: bool
) -> None:
    """The first stands still, or dies, before any of its requests; each item has one paid answer in the end."""
    pool_id = answered(emulator, toloka, reviewing)
    rejected = next(iter(toloka.assignments(pool_id)))
    first, second = (begin(name, decide(reviewing, pool_id, rejected["id"])) for name in ("first", "second"))
    if dies:
        first.die_before(point)
        second.start().end()
    else:
        with first.start_up_to(point):
            second.start().end()
        first.end()
    again = {task["input_values"]["item_key"] for task in rejected["tasks"]}
    assert overlaps(toloka, pool_id) == {key: 2 if key in again else 1 for key in KEYS}
    let_people_answer(emulator, toloka, pool_id)
    review(toloka, reviewing, pool_id, {}, "accept", {})
    assert paid(toloka, pool_id) == Counter(KEYS)
