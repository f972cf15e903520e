"""The world in which somebody does what they shouldn't."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka
from hitl_assets_tests.loop.loops import Loop

from .table import PROPERTY, lines
from .world import LOCATION, World, write_project

CLICKBAIT = Path(__file__).parents[2] / "hitl_assets" / "projects" / "clickbait"


@pytest.fixture
def world(tmp_path: Path, prefix: str, pachyderm_address: str, pachyderm: Pachyderm) -> Iterator[World]:
    """Two batches to be, a Toloka whose time passes when we say so, and an instance of its own."""
    project = write_project(CLICKBAIT, tmp_path / prefix, prefix)
    location = tmp_path / "location.py"
    with TolokaEmulator(tmp_path / "toloka", speed="manual") as emulator, ExitStack() as stack:
        names = {"toloka": emulator.url, "pachyderm": pachyderm_address, "path": str(project.folder / "defs.yaml")}
        location.write_text(LOCATION.format(**names))

        def make_instance() -> dg.DagsterInstance:
            return stack.enter_context(dg.instance_for_test())

        loop = Loop(project, make_instance(), pachyderm_address, emulator.url)
        yield World(loop, pachyderm, Toloka(emulator.url, "any token"), emulator.url, location, make_instance)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests: what each action at each stage came to."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    found = dict(value for report in reports for name, value in report.user_properties if name == PROPERTY)
    if found:
        terminalreporter.section("how a batch came to its end")
        for line in lines({tuple(key): how for key, how in found.items()}):
            terminalreporter.line(line)
