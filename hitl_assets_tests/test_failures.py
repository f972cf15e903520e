"""What a run does about an error: repeat the step at once, leave it to the sensor, or give up."""

import dagster as dg
import pytest

from hitl_assets.failures import FAILURE_TAG, FINAL, TRANSIENT, explained
from hitl_assets.services.errors import ServiceError, TimedOutError, TransientServiceError

# As the product's, without its pauses.
AT_ONCE = dg.RetryPolicy(max_retries=3)


@pytest.mark.parametrize(
    ("error", "steps", "tag"),
    [(TransientServiceError, 4, TRANSIENT), (TimedOutError, 1, TRANSIENT), (ServiceError, 1, FINAL)],
)
def test_only_what_may_be_over_in_a_moment_is_repeated_at_once(
    instance: dg.DagsterInstance, error: type[Exception], steps: int, tag: str
) -> None:
    """What was waited for long enough is the sensor's: four waits in a run would hold the project's slot."""
    tries = []

    @dg.op(retry_policy=AT_ONCE)
    def ask(context: dg.OpExecutionContext) -> None:
        tries.append(1)
        with explained(context.run_id, context.instance):
            raise error("pachd is away")

    @dg.job
    def work() -> None:
        ask()

    result = work.execute_in_process(instance=instance, raise_on_error=False)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert (result.success, len(tries), run.tags[FAILURE_TAG]) == (False, steps, tag)
