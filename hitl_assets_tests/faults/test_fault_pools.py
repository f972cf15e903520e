"""What happens to pools: money runs out, others close, block and edit them, answers come late, tasks are refused."""

import pytest

from hitl_assets.events import published_batch
from hitl_assets_tests.kill.outcome import BALANCE

from .conftest import Note
from .rehearsal import ITEMS, Rehearsal, right

pytestmark = pytest.mark.slow

# A pool of this size has ten suites.
SUITES = (0, 3, 9)


def pool_id(rehearsal: Rehearsal, batch: str) -> str:
    """The pool of a batch."""
    published = published_batch(rehearsal.loop.instance, rehearsal.loop.project, batch)
    assert published is not None
    return published.pool_id


@pytest.mark.parametrize("suites", SUITES)
def test_an_empty_account_is_topped_up_and_the_pool_goes_on(rehearsal: Rehearsal, note: Note, suites: int) -> None:
    """What was paid is kept, and what is missing is asked for once."""
    rehearsal.fault("balance_exhausted", after=suites)
    batch = rehearsal.commit()
    rehearsal.finish(batch)
    assert len(rehearsal.paid(batch)) < 10
    rehearsal.ask("PUT", "/account", balance=float(BALANCE - rehearsal.price_of(len(rehearsal.paid(batch)))))
    rehearsal.resume(batch)
    outcome = rehearsal.outcome(batch)
    note("balance exhausted, topped up", rehearsal.struck(), outcome)
    assert outcome == right()


@pytest.mark.parametrize("suites", SUITES)
@pytest.mark.parametrize("reason", ["MANUAL", "EXPIRED", "BLOCKED"])
def test_a_pool_that_somebody_else_closed_goes_on(rehearsal: Rehearsal, note: Note, reason: str, suites: int) -> None:
    """When a person says so, and not before."""
    rehearsal.fault("pool_closed", reason=reason, after=suites)
    batch = rehearsal.commit()
    rehearsal.finish(batch)
    assert len(rehearsal.paid(batch)) < 10
    rehearsal.resume(batch)
    outcome = rehearsal.outcome(batch)
    note(f"pool closed by others: {reason}", rehearsal.struck(), outcome)
    assert outcome == right()


def test_a_pool_that_somebody_else_opens_again_is_collected_again(rehearsal: Rehearsal, note: Note) -> None:
    """A person works in Toloka's interface: nobody has to tell us."""
    rehearsal.fault("pool_closed", reason="MANUAL", after=3)
    batch = rehearsal.commit()
    rehearsal.finish(batch)
    rehearsal.ask("POST", f"/pools/{pool_id(rehearsal, batch)}/open")
    rehearsal.go_on(lambda: len(rehearsal.labels(batch)) == ITEMS)
    outcome = rehearsal.outcome(batch)
    note("pool closed and opened again by others", rehearsal.struck(), outcome)
    assert outcome == right()


def test_an_edit_that_others_make_changes_nothing_of_ours(rehearsal: Rehearsal, note: Note) -> None:
    """Another name, another priority, a later end."""
    batch = rehearsal.commit()
    rehearsal.fault("pool_closed", reason="MANUAL", after=3)
    rehearsal.finish(batch)
    ours = pool_id(rehearsal, batch)
    rehearsal.ask("PATCH", f"/pools/{ours}", private_name="Mine now", will_expire="2090-01-01T00:00:00")
    rehearsal.resume(batch)
    outcome = rehearsal.outcome(batch)
    note("pool edited by others", 1, outcome)
    assert outcome == right()


def test_answers_that_come_after_the_end_are_waited_for(rehearsal: Rehearsal, note: Note) -> None:
    """A closed pool is not done as long as somebody works."""
    rehearsal.fault("late_answers", seconds=1500, times=3)
    batch = rehearsal.commit()
    rehearsal.finish(batch)
    outcome = rehearsal.outcome(batch)
    note("answers after CLOSED", rehearsal.struck(), outcome)
    assert outcome == right()


def test_refused_tasks_stop_the_batch_and_a_rerun_goes_on(rehearsal: Rehearsal, note: Note) -> None:
    """Nothing is open, the message names them; once Toloka takes them, the same pool gets them."""
    rehearsal.set_up()
    rehearsal.fault("invalid_tasks", positions=[0, 5])
    batch = rehearsal.commit()
    rehearsal.finish(batch)
    outcome = rehearsal.outcome(batch)
    note("some tasks refused", rehearsal.struck(), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 1)
    assert "refused_on_demand" in rehearsal.failed[0]
