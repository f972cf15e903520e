"""Rehearsals, and the table of what went wrong in them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import dagster as dg
import httpx
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.service import TolokaService
from hitl_assets_tests.kill.emulator import EXPERTS
from hitl_assets_tests.kill.outcome import Outcome
from hitl_assets_tests.loop.loops import Loop

from .rehearsal import Rehearsal
from .table import PROPERTY, lines

# Quick, but not so quick that a review of some days is over before anybody has looked.
AT_ONCE = 5e3
# Longer than an answer takes, shorter than one that is held back.
TIMEOUT = 1.5

Note = Callable[[str, int, Outcome], None]


@pytest.fixture
def pachyderm_state(tmp_path: Path) -> Path:
    """Where the rehearsal's Pachyderm keeps its state."""
    return tmp_path / "pachyderm"


@pytest.fixture
def own_pachyderm(pachyderm_state: Path) -> Iterator[PachydermEmulator]:
    """A Pachyderm of the test's own, which can be stopped and started."""
    with PachydermEmulator(pachyderm_state) as emulator:
        yield emulator


@pytest.fixture
def rehearsal(
    tmp_path: Path,
    own_pachyderm: PachydermEmulator,
    project: Project,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rehearsal]:
    """A loop whose workers are quick and always right, and in which nothing waits before it is tried again."""
    monkeypatch.setattr("hitl_assets.attempts.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=12))
    monkeypatch.setattr("hitl_assets.resources.TolokaService", partial(TolokaService, timeout=TIMEOUT))
    pool = {name: value for name, value in project.pool.items() if name != "filter"}
    key = tmp_path / "answer_key.csv"
    made = Rehearsal(
        Loop(replace(project, pool=pool), instance, own_pachyderm.address, "http://127.0.0.1:9"),
        Toloka("http://127.0.0.1:9", "any token"),
        Pachyderm(own_pachyderm.address),
        httpx.Client(),
    )
    key.write_bytes(write_rows(["headline", "category"], sorted(made.truth.items())))
    with TolokaEmulator(tmp_path / "toloka", answer_key=key, speed=AT_ONCE, crowd=EXPERTS) as emulator:
        made.loop.at(own_pachyderm.address, emulator.url)
        made.toloka = Toloka(emulator.url, "any token")
        made.control = httpx.Client(base_url=f"{emulator.url}/emulator", timeout=30)
        yield made


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Notes for the table: the fault, how often it struck, what the loop ended with."""

    def keep(fault: str, times: int, outcome: Outcome) -> None:
        row = {"fault": fault, "times": times, "pools": outcome.pools, "batches": outcome.batches}
        row |= {"paid": outcome.paid, "planned": outcome.planned, "lost": outcome.labels_lost}
        record_property(PROPERTY, row | {"problems": len(outcome.problems)})

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests: what went wrong, and what it cost."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    rows = [value for report in reports for name, value in report.user_properties if name == PROPERTY]
    if rows:
        terminalreporter.section("what went wrong, and what it cost")
        for line in lines(rows):
            terminalreporter.line(line)
