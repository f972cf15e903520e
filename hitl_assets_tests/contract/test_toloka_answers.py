"""What we rely on from Toloka: assignments, what becomes of them, and what they cost.

People work here, so all but the first test are `costly`: emulator only.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.account import Toloka

from .toloka_pools import Maker, keys

Until = Callable[..., Any]
REVIEWED = {"auto_accept_solutions": False, "auto_accept_period_day": 7}


@pytest.fixture
def done(toloka: Toloka, pools: Maker, until: Until) -> PoolState:
    """A pool that people have finished."""
    return finish(toloka, pools, until)


@pytest.fixture
def reviewed(toloka: Toloka, pools: Maker, until: Until) -> Iterator[PoolState]:
    """A pool that people have finished, whose answers wait to be accepted. In the end all are: what is rejected can be
    appealed against for days, and keeps a pool from being archived."""
    pool = finish(toloka, pools, until, **REVIEWED)
    yield pool
    for id_, status in statuses(toloka, pool).items():
        if status != "ACCEPTED":
            toloka.accept(id_, "thanks")


def finish(toloka: Toloka, pools: Maker, until: Until, **changes: Any) -> PoolState:
    """A pool with these changes, finished."""
    pool = pools.filled(**changes)
    toloka.open_pool(pool)
    until(lambda: toloka.has_unfinished(pool.id, "ACTIVE"), lambda is_so: not is_so)
    return until(lambda: toloka.get_pool(pool.id), lambda state: not state.is_open)


def statuses(toloka: Toloka, pool: PoolState) -> dict[str, str]:
    """The status of each assignment that was handed in."""
    known = ("SUBMITTED", "ACCEPTED", "REJECTED")
    return {each["id"]: each["status"] for each in toloka.assignments(pool.id) if each["status"] in known}


def test_a_pool_without_work_has_no_assignments(toloka: Toloka, pool: PoolState) -> None:
    """Whatever the status; and nothing was accepted or paid."""
    assert (list(toloka.assignments(pool.id)), toloka.has_unfinished(pool.id)) == ([], False)
    assert toloka.unfinished_rewards(pool.id, 10) == []
    assert toloka.measure(Metric.ACCEPTED, [pool.id]) == {pool.id: 0}
    assert toloka.paid(pool.id) == 0


@pytest.mark.usefixtures("costly")
def test_a_pool_that_is_done_closes_itself(toloka: Toloka, done: PoolState) -> None:
    """With the reason COMPLETED, and five answers to each task."""
    answers = [answer for answer in read_answers(toloka.assignments(done.id)) if not answer.is_golden]
    assert (done.was_started, done.close_reason) == (True, "COMPLETED")
    assert sorted(answer.item_key for answer in answers) == sorted(keys(4) * 5)
    assert toloka.answers_left(done.id) == dict.fromkeys(keys(4), 0)


@pytest.mark.usefixtures("costly")
def test_assignments_say_all_that_is_needed(toloka: Toloka, done: PoolState) -> None:
    """Who, when, for how much, and which tasks were golden; in the order of ids."""
    every = [each for each in toloka.assignments(done.id) if each["status"] == "ACCEPTED"]
    assert [each["id"] for each in every] == sorted(each["id"] for each in every)
    assert {(each["pool_id"], str(each["reward"])) for each in every} == {(done.id, "0.03")}
    assert all(each["user_id"] and each["created"] and each["submitted"] for each in every)
    answers = list(read_answers(every))
    known = [answer.known for answer in answers if answer.is_golden]
    assert known == [({"category": "clickbait"},)] * len(every)
    assert all(answer.values["category"] in ("clickbait", "notclickbait") for answer in answers)


@pytest.mark.usefixtures("costly")
def test_nobody_answers_a_task_twice(toloka: Toloka, done: PoolState) -> None:
    """Votes are those of different people."""
    pairs = [(answer.worker_id, answer.item_key) for answer in read_answers(toloka.assignments(done.id))]
    assert len(pairs) == len(set(pairs))


@pytest.mark.usefixtures("costly")
def test_toloka_counts_suites_and_money_as_we_do(toloka: Toloka, done: PoolState) -> None:
    """Paid suites, suites in all, and what was paid, without the fee."""
    accepted = list(statuses(toloka, done).values()).count("ACCEPTED")
    assert toloka.measure(Metric.ACCEPTED, [done.id]) == {done.id: accepted}
    assert toloka.measure(Metric.EXPECTED, [done.id]) == {done.id: accepted}
    assert toloka.measure(Metric.SPENT, [done.id]).keys() == {done.id}
    assert toloka.paid(done.id) == accepted * Decimal("0.03")


@pytest.mark.slow
@pytest.mark.usefixtures("costly")
def test_answers_wait_for_a_review(toloka: Toloka, reviewed: PoolState) -> None:
    """Nothing is paid before; they are found by their status, and counted up to a bound."""
    handed_in = statuses(toloka, reviewed)
    assert set(handed_in.values()) == {"SUBMITTED"}
    assert toloka.has_unfinished(reviewed.id, "SUBMITTED")
    assert not toloka.has_unfinished(reviewed.id, "ACTIVE", "REJECTED")
    assert [len(toloka.unfinished_rewards(reviewed.id, most)) for most in (100, 2)] == [len(handed_in), 2]
    assert toloka.paid(reviewed.id) == 0


@pytest.mark.usefixtures("costly")
def test_a_decision_may_be_repeated(toloka: Toloka, reviewed: PoolState) -> None:
    """An answer of Toloka may have been lost."""
    good, bad, *_ = statuses(toloka, reviewed)
    for _ in range(2):
        toloka.accept(good, "thanks")
        toloka.reject(bad, "wrong")
    now = statuses(toloka, reviewed)
    assert (now[good], now[bad]) == ("ACCEPTED", "REJECTED")
    assert toloka.paid(reviewed.id) == Decimal("0.03")


@pytest.mark.usefixtures("costly")
def test_a_rejected_answer_can_be_accepted(toloka: Toloka, reviewed: PoolState) -> None:
    """People make mistakes; what the worker reads is the last word."""
    one, *_ = statuses(toloka, reviewed)
    toloka.reject(one, "wrong")
    toloka.accept(one, "after all")
    assert statuses(toloka, reviewed)[one] == "ACCEPTED"
    assert toloka.reader.get_assignment(one).public_comment == "after all"


@pytest.mark.usefixtures("costly")
def test_an_accepted_answer_stays_accepted(toloka: Toloka, reviewed: PoolState) -> None:
    """409: the money is gone."""
    one, *_ = statuses(toloka, reviewed)
    toloka.accept(one, "thanks")
    with pytest.raises(ServiceError, match="409"):
        toloka.reject(one, "wrong")
    assert statuses(toloka, reviewed)[one] == "ACCEPTED"


@pytest.mark.usefixtures("costly")
def test_rejecting_asks_nobody_again(toloka: Toloka, reviewed: PoolState) -> None:
    """Until more answers are asked for, and the pool is opened: then others give them."""
    one, *_ = statuses(toloka, reviewed)
    toloka.reject(one, "wrong")
    assert sum(toloka.answers_left(reviewed.id).values()) == 0
    rejected = [task for task in toloka.reader.get_assignment(one).tasks if not task.known_solutions]
    toloka.raise_overlaps(reviewed.id, {str(task.id): 6 for task in rejected})
    assert sum(toloka.answers_left(reviewed.id).values()) == len(rejected)


@pytest.mark.usefixtures("costly")
def test_a_pool_goes_on_with_more_answers(toloka: Toloka, done: PoolState, until: Until) -> None:
    """The same pool, opened again, closes again when they are there."""
    first, *_ = (str(task.id) for task in toloka.reader.get_tasks(pool_id=done.id) if not task.known_solutions)
    toloka.raise_overlaps(done.id, {first: 6})
    toloka.open_pool(done)
    again = until(lambda: toloka.get_pool(done.id), lambda state: not state.is_open)
    until(lambda: toloka.has_unfinished(done.id), lambda is_so: not is_so)
    answers = [answer for answer in read_answers(toloka.assignments(done.id)) if not answer.is_golden]
    assert (again.close_reason, len(answers)) == ("COMPLETED", 21)
    assert again.ending != done.ending
