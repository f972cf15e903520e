"""Which runs a sensor has asked for, and when to ask again: a run key counts once, so every attempt has its own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import dagster as dg

from hitl_assets.failures import FAILURE_TAG, FINAL, TRANSIENT

RUN_KEY_TAG, PARTITION_TAG = "dagster/run_key", "dagster/partition"
ATTEMPT_TAG = "hitl/attempt"

# What looks like a bug may be chance; a killed process is, unless it is killed again and again; a service that is away
# comes back.
MOST_ATTEMPTS, MOST_ATTEMPTS_FROM_OUTSIDE = 3, 20
LONGEST_PAUSE = 300.0
FIRST_PAUSE = 10.0


@dataclass(frozen=True)
class Attempt:
    """A run that was asked for: which attempt it is, and when it was asked for (seconds since the epoch)."""

    run_key: str
    number: int
    at: float

    def to_json(self) -> dict[str, Any]:
        """For a cursor."""
        return asdict(self)


Verdict = Literal["wait", "again", "done"]


def judge(attempt: Attempt, instance: dg.DagsterInstance, now: float) -> Verdict:
    """Whether the run of an attempt is under way, should be asked for again, or needs nothing more.

    Cancelling or deleting a run is a person's decision, and so is what to do after a final failure: both are done.
    """
    runs = instance.get_runs(dg.RunsFilter(tags={RUN_KEY_TAG: attempt.run_key}), limit=1)
    if not runs:
        return "wait" if now - attempt.at < LONGEST_PAUSE else "done"
    run = runs[0]
    if not run.is_finished:
        return "wait"
    if is_last(instance, run, attempt.number):
        return "done"
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt.number - 1))
    return "again" if now - attempt.at >= pause else "wait"


def is_last(instance: dg.DagsterInstance, run: dg.DagsterRun, number: int) -> bool:
    """Whether no attempt comes after this run, which is over and was the `number`-th."""
    if run.status != dg.DagsterRunStatus.FAILURE or run.tags.get(FAILURE_TAG) == FINAL:
        return True
    if run.tags.get(FAILURE_TAG) == TRANSIENT:
        return False
    return number >= (MOST_ATTEMPTS if has_failed_step(instance, run) else MOST_ATTEMPTS_FROM_OUTSIDE)


def has_failed_step(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether a run failed by itself; otherwise its process was killed, or didn't start in time."""
    return bool(instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1).records)


def attempt_of(run: dg.DagsterRun) -> int:
    """Which attempt a run is, counted from 1."""
    return int(run.tags.get(ATTEMPT_TAG, 1))


def is_given_up(instance: dg.DagsterInstance, partitions: dg.DynamicPartitionsDefinition, batch: str) -> bool:
    """Whether nobody will publish a batch that isn't published: it failed for good, or was never asked for."""
    if not partitions.has_partition_key(batch, dynamic_partitions_store=instance):
        return True
    runs = instance.get_runs(dg.RunsFilter(tags={PARTITION_TAG: batch}), limit=1)
    if not runs or not runs[0].is_finished:
        return False
    return RUN_KEY_TAG not in runs[0].tags or is_last(instance, runs[0], attempt_of(runs[0]))


def first_attempt(key: str, now: float) -> Attempt:
    """The first attempt at what `key` names."""
    return Attempt(f"{key}:1", 1, now)


def next_attempt(attempt: Attempt, now: float) -> Attempt:
    """The attempt after this one."""
    number = attempt.number + 1
    return Attempt(f"{attempt.run_key.rsplit(':', 1)[0]}:{number}", number, now)


def write_attempts(*attempts: Mapping[str, Attempt]) -> dict[str, Any]:
    """Attempts by batch, for a cursor."""
    return {batch: attempt.to_json() for each in attempts for batch, attempt in each.items()}


def read_attempts(cursor: Mapping[str, Any]) -> dict[str, Attempt]:
    """The attempts of a cursor, by batch."""
    return {batch: Attempt(**attempt) for batch, attempt in cursor.get("attempts", {}).items()}


def settle(
    attempts: Mapping[str, Attempt], instance: dg.DagsterInstance, now: float
) -> tuple[dict[str, Attempt], dict[str, Attempt]]:
    """The attempts that are still under way, and the next attempts that are due now, by batch."""
    verdicts = {batch: judge(attempt, instance, now) for batch, attempt in attempts.items()}
    waiting = {batch: attempts[batch] for batch, verdict in verdicts.items() if verdict == "wait"}
    due = {batch: next_attempt(attempts[batch], now) for batch, verdict in verdicts.items() if verdict == "again"}
    return waiting, due
