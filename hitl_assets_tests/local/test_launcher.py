"""Which runs are alive, as run monitoring is told."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

Started = Callable[..., dg.DagsterRun]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance with our launcher."""
    launcher = {"module": "hitl_assets.local.launcher", "class": "LocalRunLauncher"}
    with dg.instance_for_test(overrides={"run_launcher": launcher}) as instance:
        yield instance


@pytest.fixture
def started(instance: dg.DagsterInstance) -> Started:
    """Makes a run that a process with some id says it was started in."""

    def start(pid: int, host: str = "127.0.0.1") -> dg.DagsterRun:
        tags = {GRPC_INFO_TAG: f'{{"host": "{host}", "port": 4000}}'}
        run = dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.STARTED, tags=tags)
        instance.add_run(run)
        instance.report_engine_event("Started", run, EngineEventData.in_process(pid))
        return run

    return start


def health(instance: dg.DagsterInstance, run: dg.DagsterRun) -> WorkerStatus:
    """What run monitoring hears."""
    assert instance.run_launcher.supports_check_run_worker_health
    return instance.run_launcher.check_run_worker_health(run).status


def ended_process() -> int:
    """The id of a process that is over."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


@pytest.mark.slow
def test_a_run_whose_process_is_there_is_running(instance: dg.DagsterInstance, started: Started) -> None:
    """Whoever started it may be dead."""
    assert health(instance, started(os.getpid())) == WorkerStatus.RUNNING


@pytest.mark.slow
def test_a_run_whose_process_is_gone_is_not_found(instance: dg.DagsterInstance, started: Started) -> None:
    """It would hold its concurrency slot for ever."""
    assert health(instance, started(ended_process())) == WorkerStatus.NOT_FOUND


@pytest.mark.slow
def test_an_id_that_was_given_again_is_another_process(
    instance: dg.DagsterInstance, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reboot ids begin anew."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        monkeypatch.setattr("hitl_assets.local.launcher.TOLERANCE", -60.0)  # as if it had begun a minute later
        assert health(instance, started(process.pid)) == WorkerStatus.NOT_FOUND


@pytest.mark.slow
def test_a_run_on_another_machine_is_not_judged(instance: dg.DagsterInstance, started: Started) -> None:
    """Ids of processes mean nothing there."""
    assert health(instance, started(ended_process(), host="code-server")) == WorkerStatus.RUNNING


def test_a_run_that_never_said_where_is_not_judged(instance: dg.DagsterInstance) -> None:
    """Dagster gives a start that doesn't come its own time."""
    run = dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    assert health(instance, run) == WorkerStatus.RUNNING
