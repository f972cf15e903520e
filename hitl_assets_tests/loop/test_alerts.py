"""Who is told of a run that failed, and of what."""

from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from hitl_assets.attempts import ATTEMPT_TAG, PARTITION_TAG, RUN_KEY_TAG
from hitl_assets.failures import FAILURE_TAG, TRANSIENT
from hitl_assets.notifiers import WebhookNotifier
from hitl_assets.sensors.alerts import PROJECT_TAG, TOLD_AT, failure_sensor
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm

from .listeners import Kept, webhook
from .loops import Loop, commit, headlines

pytestmark = pytest.mark.slow


def tell(loop: Loop, result: dg.ExecuteInProcessResult, kept: Kept) -> Any:
    """Evaluate the sensor for a run that failed, as the daemon does."""
    return tell_of(loop.instance, result, kept)


def tell_of(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, kept: Kept) -> Any:
    """The same on an instance."""
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    context = dg.build_run_status_sensor_context(
        sensor_name="failures",
        dagster_instance=instance,
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
    assert [part for part in parts if part not in message["text"]] == [], message["text"]
    assert f"<http://127.0.0.1:3000/runs/{result.run_id}>" in message["text"]


def test_what_is_tried_again_by_itself_is_not_told(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Toloka was away for a moment; but a run that a person launched is theirs to know of."""
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
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


@dg.op
def ask_pachd() -> None:
    """Fail as an asset does while a service is away."""
    raise TransientServiceError("r@c is FINISHING for more than 5 minutes.")


@dg.job
def publish() -> None:
    """Stands for a batch's job."""
    ask_pachd()


def test_what_fails_again_and_again_is_told_once(instance: dg.DagsterInstance) -> None:
    """A pachd that is stuck is nobody's business for a moment; then somebody is told why, while it goes on trying."""
    with webhook() as kept:
        for number in range(1, TOLD_AT + 3):
            attempt = {RUN_KEY_TAG: f"b:{number}", ATTEMPT_TAG: str(number), FAILURE_TAG: TRANSIENT}
            tags = {**attempt, PROJECT_TAG: "clickbait", PARTITION_TAG: "b"}
            result = publish.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
            assert isinstance(tell_of(instance, result, kept), dg.SkipReason) == (number != TOLD_AT)
    (message,) = kept.messages
    parts = ("clickbait, batch b: a run failed 5 times, and is tried again by itself", "FINISHING for more than 5")
    assert [part for part in parts if part not in message["text"]] == [], message["text"]
