"""What waits is told by the pools sensor, in one place, once for each change."""

import dagster as dg
import pytest

from hitl_assets.checks.waiting import last_evaluation
from hitl_assets.events import key_of
from hitl_assets.sensors.observing import AS_WRITTEN, DECISIONS, IN_TIME, ONCE
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, commit, headlines, observed, verdicts

pytestmark = pytest.mark.slow
A_MOMENT = 1e-9


def verdict(loop: Loop, name: str) -> dg.AssetCheckEvaluation | None:
    """What a check of `pools` said last."""
    return last_evaluation(loop.instance, dg.AssetCheckKey(key_of(loop.project, "pools"), name))


def told(loop: Loop) -> list[str]:
    """The checks that a tick of `pools` has something to tell about."""
    return [event.check_name for event in loop.tick("pools").asset_events if isinstance(event, dg.AssetCheckEvaluation)]


def test_a_pool_that_was_not_opened_waits_for_a_decision(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, still_toloka_url: str
) -> None:
    """Until it is opened; in between nothing is told again, and the check by hand says the same."""
    loop.at(pachyderm_address, still_toloka_url)
    assert told(loop) == [DECISIONS, IN_TIME, ONCE, AS_WRITTEN]
    batch = commit(pachyderm, loop.project, headlines("One"))
    (request,) = loop.tick("commits").run_requests or []
    setup = [key.path[-1] for key in request.asset_selection or [] if key.path[-1] != "pools"]
    for name in setup:
        partition = batch if name in ("raw_data", "tasks") else None
        assert loop.materialize(name, partition).success
    closed = loop.materialize("pools", batch, open=False)
    assert closed.success
    assert [told(loop), told(loop)] == [[DECISIONS], []]
    waiting = verdict(loop, DECISIONS)
    assert waiting is not None
    assert (waiting.passed, batch in (waiting.description or "")) == (False, True)
    opened = loop.materialize("pools", batch)
    assert not verdicts(opened)[DECISIONS]  # The sensor has not looked yet.
    assert told(loop) == [DECISIONS]
    waiting = verdict(loop, DECISIONS)
    assert waiting is not None
    assert waiting.passed


def test_a_batch_waits_too_long_for_people(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, still_toloka_url: str
) -> None:
    """It warns; nothing is done about it. Progress is not observed again meanwhile."""
    hasty = loop.project.configuration.checks.model_copy(update={"answered_within_days": A_MOMENT})
    own = loop.with_configuration(checks=hasty)
    own.at(pachyderm_address, still_toloka_url)
    batch = commit(pachyderm, own.project, headlines("One"))
    own.publish()
    every = [name for _ in range(4) for name in told(own)]
    assert sorted(every) == sorted([DECISIONS, IN_TIME, IN_TIME, ONCE, AS_WRITTEN])
    late = verdict(own, IN_TIME)
    assert late is not None
    assert not late.passed
    assert len(observed(own, batch)) == 1
