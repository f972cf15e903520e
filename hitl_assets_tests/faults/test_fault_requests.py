"""Each request that changes something at Toloka goes wrong, in each way: one pool, one set of tasks, one price."""

from dataclasses import replace

import pytest

from hitl_assets.labeling.project.declaration import Review
from hitl_assets_tests.kill.outcome import Outcome
from hitl_assets_tests.loop.loops import Loop

from .conftest import Note
from .rehearsal import OF_BATCH, OF_SETUP, Rehearsal, right

pytestmark = pytest.mark.slow

BODIES = ("json", "html", "empty")
WAYS: dict[str, dict[str, object]] = {
    "response lost": {"kind": "lost_response"},
    "response lost, 500 instead": {"kind": "lost_response", "status": 500},
    "response later than the client waits": {"kind": "slow", "seconds": 2.5},
}


def go_through(rehearsal: Rehearsal, *faults: dict[str, object]) -> Outcome:
    """Let each of these go wrong once with every request that changes something; what the loop ends with."""
    for requests, work in ((OF_SETUP, rehearsal.set_up), (OF_BATCH, lambda: rehearsal.finish(rehearsal.commit()))):
        for method, path in requests.values():
            for fault in faults:
                rehearsal.fault(**{"method": method, "path": path, **fault})
        work()
    return rehearsal.outcome(*rehearsal.requested)


@pytest.mark.parametrize("way", WAYS)
def test_every_write_goes_wrong_once(rehearsal: Rehearsal, note: Note, way: str) -> None:
    """And the loop ends by itself, as if nothing had happened."""
    outcome = go_through(rehearsal, WAYS[way])
    note(way, rehearsal.struck(), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 0)
    assert rehearsal.struck() == len({**OF_SETUP, **OF_BATCH})


def test_an_operation_that_fails_is_clear_and_can_be_repeated(rehearsal: Rehearsal, note: Note) -> None:
    """With an empty log. Uploads are repeated at once; what can't be opened is for a person to look at."""
    outcome = go_through(rehearsal, {"kind": "failed_operation"})
    note("operation failed with an empty log", rehearsal.struck(), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 2)
    assert rehearsal.struck() == 4
    assert all("could not open" in failure for failure in rehearsal.failed)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_every_write_meets_a_burst_of_errors(rehearsal: Rehearsal, note: Note, status: int) -> None:
    """JSON, an HTML page of some proxy, nothing at all: refused before any work."""
    outcome = go_through(rehearsal, *({"kind": "status", "status": status, "body": body} for body in BODIES))
    note(f"{status}: JSON, HTML and empty bodies", rehearsal.struck(), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 0)
    assert rehearsal.struck() == len(BODIES) * len({**OF_SETUP, **OF_BATCH})


def test_every_way_in_which_paying_can_go_wrong(rehearsal: Rehearsal, note: Note) -> None:
    """Under manual review each suite is paid by a request of its own: once."""
    old = rehearsal.loop
    configuration = old.project.configuration.model_copy(update={"review": Review()})
    reviewed = replace(old.project, configuration=configuration)
    rehearsal.loop = Loop(reviewed, old.instance, rehearsal.pachyderm.address, rehearsal.toloka.url)
    refusals = [{"kind": "status", "status": status, "body": body} for status in (429, 500) for body in BODIES]
    for fault in (*WAYS.values(), *refusals):
        rehearsal.fault(**{"method": "PATCH", "path": "/api/v1/assignments/*", **fault})
    rehearsal.finish(rehearsal.commit())
    outcome = rehearsal.outcome(*rehearsal.requested)
    note("accepting: each of these", rehearsal.struck(), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 0)
    assert rehearsal.struck() == len(WAYS) + len(refusals)


def test_a_service_that_often_fails_is_still_enough(rehearsal: Rehearsal, note: Note) -> None:
    """About each fourth request, reading or writing, from the first to the last."""
    rehearsal.fault("status", status=503, probability=0.25, times=None)
    rehearsal.finish(rehearsal.commit())
    struck = rehearsal.struck()
    rehearsal.ask("DELETE", "/faults")
    outcome = rehearsal.outcome(*rehearsal.requested)
    note("503 at each fourth request", struck, outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 0)
