"""The world in which somebody does what they shouldn't."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_assets.labeling.project.declaration import Project

from .stages import bring_all
from .states import State, open_world, put_away, take_out, write_project
from .table import PROPERTY, lines
from .world import World

CLICKBAIT = Path(__file__).parents[2] / "hitl_assets" / "projects" / "clickbait"


@pytest.fixture(scope="session")
def abused_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of these tests."""
    return write_project(CLICKBAIT, tmp_path_factory.mktemp("abuse") / "abused", "abused")


@pytest.fixture(scope="session")
def prepared(abused_project: Project, empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> State:
    """A world with a batch at each stage."""
    folder = tmp_path_factory.mktemp("prepared")
    with open_world(abused_project, folder, empty_home) as world:
        bring_all(world)
    return put_away(world, folder)


@pytest.fixture
def staged(prepared: State, abused_project: Project, empty_home: Path, tmp_path: Path) -> Iterator[World]:
    """The same for one test."""
    with take_out(prepared, abused_project, tmp_path / "world", empty_home) as world:
        yield world


@pytest.fixture
def world(abused_project: Project, empty_home: Path, tmp_path: Path) -> Iterator[World]:
    """A world in which nothing has happened."""
    with open_world(abused_project, tmp_path, empty_home) as world:
        yield world


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests: what each action at each stage came to."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    found = dict(value for report in reports for name, value in report.user_properties if name == PROPERTY)
    if found:
        terminalreporter.section("how a batch came to its end")
        for line in lines({tuple(key): how for key, how in found.items()}):
            terminalreporter.line(line)
