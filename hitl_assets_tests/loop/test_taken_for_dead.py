"""Dagster takes a run for dead that lives, and the sensor has it repeated: people are asked, and paid, once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, dataset, failures, headlines

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(8)]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[TolokaEmulator]:
    """A Toloka of the test's own, with quick workers."""
    with TolokaEmulator(tmp_path / "toloka", speed="max") as emulator:
        yield emulator


@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/projects",
        "POST /v1/trainings",
        "POST /v1/trainings/{id}/open",
        "POST /v1/pools",
        "POST /v1/tasks",
        "POST /v1/pools/{id}/open",
    ],
)
def test_a_run_that_was_taken_for_dead_buys_nothing(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, emulator: TolokaEmulator, call: str
) -> None:
    """It stands still with this request on its way; Dagster calls it failed; another run does it all, people answer,
    then it goes on."""
    loop.at(pachyderm_address, emulator.url)
    batch = commit(pachyderm, loop.project, headlines(*NAMES))
    (request,) = loop.tick("commits").run_requests or []
    with ThreadPoolExecutor(1) as threads, emulator.gate.hold(call) as held:
        first = threads.submit(loop.run, request)
        held.arrived(60)
        (run,) = loop.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        loop.instance.report_run_failed(run, "taken for dead")
        second = loop.run(request)
        assert second.success, failures(second)
        (answered,) = collect(loop)
        held.release()
        first.result()
    assert loop.run(answered).success
    toloka = Toloka(emulator.url, "any token")
    pools = toloka.find_pools(toloka.find_project(project_mark(loop.project)))
    (pool,) = [pool for pool in pools if pool.was_started]
    assert pool.id == loop.pool_id(batch)
    accepted = [each for each in toloka.assignments(pool.id) if each["status"] == "ACCEPTED"]
    keys = [task["input_values"]["item_key"] for each in accepted for task in each["tasks"]]
    labels = dataset(loop, pachyderm)
    assert all(name in labels for name in NAMES)
    paid = sum(keys.count(key) for key in set(keys) if not is_golden(key, accepted))
    assert paid == 5 * len(NAMES)


def test_a_run_that_was_taken_for_dead_writes_nothing(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, emulator: TolokaEmulator
) -> None:
    """It has read the answers as they were; what another run wrote since may be newer."""
    loop.at(pachyderm_address, emulator.url)
    commit(pachyderm, loop.project, headlines(*NAMES))
    loop.publish()
    (request,) = collect(loop)
    with ThreadPoolExecutor(1) as threads, emulator.gate.hold("GET /v1/assignments") as held:
        first = threads.submit(loop.run, request)
        held.arrived(60)
        (run,) = loop.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        loop.instance.report_run_failed(run, "taken for dead")
        held.release()
        stopped = first.result()
    assert "nothing was written" in failures(stopped)
    assert pachyderm.head(f"{loop.project.name}_raw_answers") is None
    assert loop.run(request).success
    assert all(name in dataset(loop, pachyderm) for name in NAMES)


def is_golden(key: str, assignments: list[dict]) -> bool:  # type: ignore[type-arg]
    """Whether the answer to this item was known before."""
    tasks = [task for each in assignments for task in each["tasks"]]
    return any(task["input_values"]["item_key"] == key and task.get("known_solutions") for task in tasks)
