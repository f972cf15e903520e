"""Who is told of a run that failed, and of what."""

from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from hitl_assets.alerts import failure_sensor
from hitl_assets.notifiers import WebhookNotifier
from hitl_assets.services.pachyderm import Pachyderm

from .listeners import Kept, webhook
from .loops import Loop, commit, headlines

pytestmark = pytest.mark.slow


def tell(loop: Loop, result: dg.ExecuteInProcessResult, kept: Kept) -> Any:
    """Evaluate the sensor for a run that failed, as the daemon does."""
    run = loop.instance.get_run_by_id(result.run_id)
    assert run is not None
    context = dg.build_run_status_sensor_context(
        sensor_name="failures",
        dagster_instance=loop.instance,
        dagster_run=run,
        dagster_event=result.get_run_failure_event(),
        resources={"notifier": WebhookNotifier(ui="http://127.0.0.1:3000", url=kept.url)},
    ).for_run_failure()
    return failure_sensor()(context)


def test_a_check_that_stopped_a_batch_is_told_with_what_to_do(loop: Loop, pachyderm: Pachyderm) -> None:
    """Project, batch, verdict and link."""
    suite = {"real_tasks_count": 4, "golden_tasks_count": 25}
    pool = {**loop.project.pool, "mixer_config": suite}
    greedy = Loop(replace(loop.project, pool=pool), loop.instance, *loop.addresses)
    batch = commit(pachyderm, greedy.project, headlines("One"))
    (result,) = greedy.publish()
    with webhook() as kept:
        tell(greedy, result, kept)
    (message,) = kept.messages
    parts = (f"*{greedy.project.name}, batch {batch}", "enough_golden_tasks", "write more into golden_tasks.csv")
    assert all(part in message["text"] for part in parts)
    assert f"<http://127.0.0.1:3000/runs/{result.run_id}>" in message["text"]


def test_what_is_tried_again_by_itself_is_not_told(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Toloka was away for a moment; but a run that a person launched is theirs to know of."""
    monkeypatch.setattr("hitl_assets.assets.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
    batch = commit(pachyderm, loop.project, headlines("One"))
    loop.at(pachyderm_address, "http://127.0.0.1:9")
    (result,) = loop.publish()
    with webhook() as kept:
        assert isinstance(tell(loop, result, kept), dg.SkipReason)
        assert kept.messages == []
        by_hand = loop.materialize("toloka_project", None)
        tell(loop, by_hand, kept)
    assert "toloka_project" in kept.messages[0]["text"]
    assert batch not in kept.messages[0]["text"]
