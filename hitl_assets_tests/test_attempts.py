"""When a sensor asks again for a run that it asked for."""

import dagster as dg
import pytest
from dagster._core.execution.plan.objects import StepFailureData

from hitl_assets.attempts import (
    ATTEMPT_TAG,
    LONGEST_PAUSE,
    PARTITION_TAG,
    RUN_KEY_TAG,
    Attempt,
    first_attempt,
    is_given_up,
    judge,
    next_attempt,
)
from hitl_assets.failures import FAILURE_TAG, FINAL, TRANSIENT

PARTITIONS = dg.DynamicPartitionsDefinition(name="batches")


def ended(instance: dg.DagsterInstance, attempt: Attempt, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    """A run of this attempt that ended so."""
    run = dg.DagsterRun(job_name="any", status=status, tags={RUN_KEY_TAG: attempt.run_key, **tags})
    return instance.add_run(run)


def fail_step(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Let a step of a run have failed."""
    kind, why = dg.DagsterEventType.STEP_FAILURE.value, StepFailureData(error=None, user_failure_data=None)
    event = dg.DagsterEvent(event_type_value=kind, job_name="any", step_key="any", event_specific_data=why)
    instance.report_dagster_event(event, run.run_id)


def test_a_run_under_way_is_waited_for(instance: dg.DagsterInstance) -> None:
    """Two runs of one batch would get in each other's way."""
    attempt = first_attempt("batch", 0.0)
    ended(instance, attempt, dg.DagsterRunStatus.STARTED)
    assert judge(attempt, instance, 1e6) == "wait"


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.CANCELED])
def test_a_run_that_succeeded_or_was_cancelled_is_done(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    """Cancelling is a person's decision."""
    attempt = first_attempt("batch", 0.0)
    ended(instance, attempt, status)
    assert judge(attempt, instance, 1e6) == "done"


def test_a_final_failure_is_done(instance: dg.DagsterInstance) -> None:
    """A rerun would fail in the same way."""
    attempt = first_attempt("batch", 0.0)
    ended(instance, attempt, dg.DagsterRunStatus.FAILURE, **{FAILURE_TAG: FINAL})
    assert judge(attempt, instance, 1e6) == "done"


def test_a_transient_failure_is_repeated_however_often(instance: dg.DagsterInstance) -> None:
    """A service that is away for a day comes back."""
    attempt = Attempt("batch:50", 50, 0.0)
    ended(instance, attempt, dg.DagsterRunStatus.FAILURE, **{FAILURE_TAG: TRANSIENT})
    assert judge(attempt, instance, LONGEST_PAUSE) == "again"


def test_pauses_grow(instance: dg.DagsterInstance) -> None:
    """The first pause is 10 s, the second 20 s."""
    first, second = Attempt("batch:1", 1, 0.0), Attempt("batch:2", 2, 0.0)
    for attempt in (first, second):
        ended(instance, attempt, dg.DagsterRunStatus.FAILURE, **{FAILURE_TAG: TRANSIENT})
    assert [judge(first, instance, now) for now in (9.0, 10.0)] == ["wait", "again"]
    assert [judge(second, instance, now) for now in (19.0, 20.0)] == ["wait", "again"]


def test_an_unexplained_failure_is_repeated_twice(instance: dg.DagsterInstance) -> None:
    """Once may be chance, a bug is not."""
    second, third = Attempt("batch:2", 2, 0.0), Attempt("batch:3", 3, 0.0)
    for attempt in (second, third):
        fail_step(instance, ended(instance, attempt, dg.DagsterRunStatus.FAILURE))
    assert [judge(attempt, instance, 1e6) for attempt in (second, third)] == ["again", "done"]


@pytest.mark.slow
def test_a_run_that_was_killed_is_repeated_many_times(instance: dg.DagsterInstance) -> None:
    """No step of it failed: it says nothing about the batch. But what kills it may come with it."""
    tenth, twentieth = Attempt("batch:10", 10, 0.0), Attempt("batch:20", 20, 0.0)
    for attempt in (tenth, twentieth):
        ended(instance, attempt, dg.DagsterRunStatus.FAILURE)
    assert [judge(attempt, instance, 1e6) for attempt in (tenth, twentieth)] == ["again", "done"]


def test_a_run_that_is_not_there_yet_is_waited_for_a_while(instance: dg.DagsterInstance) -> None:
    """A run that somebody deleted is not asked for again."""
    attempt = first_attempt("batch", 0.0)
    assert [judge(attempt, instance, now) for now in (1.0, LONGEST_PAUSE)] == ["wait", "done"]


def test_each_attempt_has_a_run_key_of_its_own() -> None:
    """A run key counts only once, for ever."""
    first = first_attempt("clickbait:publish:abc", 0.0)
    assert (first.run_key, next_attempt(first, 1.0).run_key) == ("clickbait:publish:abc:1", "clickbait:publish:abc:2")


@pytest.mark.parametrize(
    ("status", "tags", "expected"),
    [
        (dg.DagsterRunStatus.STARTED, {}, False),
        (dg.DagsterRunStatus.FAILURE, {}, False),
        (dg.DagsterRunStatus.FAILURE, {ATTEMPT_TAG: "20"}, True),
        (dg.DagsterRunStatus.FAILURE, {FAILURE_TAG: FINAL}, True),
        (dg.DagsterRunStatus.FAILURE, {FAILURE_TAG: TRANSIENT, ATTEMPT_TAG: "9"}, False),
        (dg.DagsterRunStatus.CANCELED, {}, True),
    ],
)
def test_a_batch_is_given_up_when_no_run_comes_any_more(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, tags: dict[str, str], expected: bool
) -> None:
    """Until then its items are its own."""
    instance.add_dynamic_partitions("batches", ["batch"])
    assert not is_given_up(instance, PARTITIONS, "batch")
    ended(instance, first_attempt("batch", 0.0), status, **{PARTITION_TAG: "batch", **tags})
    assert is_given_up(instance, PARTITIONS, "batch") == expected


def test_a_batch_that_nobody_knows_is_given_up(instance: dg.DagsterInstance) -> None:
    """The sensor left its commit out."""
    assert is_given_up(instance, PARTITIONS, "unknown")
