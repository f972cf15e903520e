"""Where commands on a state directory find what they need."""

import os
from pathlib import Path

import pytest

from hitl_assets.local.state import ADDRESSES, PACKAGE, Addresses, State

VARIABLES = ("PACHD_ADDRESS", "TOLOKA_URL", "DAGSTER_HOME", "HITL_PROJECTS")
RUNNING = Addresses("127.0.0.1:1111", "http://127.0.0.1:2222")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new terminal. Set first, so that what a test adds is taken away."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def found() -> tuple[str | None, str | None]:
    """Where the services are said to be."""
    return os.environ.get("PACHD_ADDRESS"), os.environ.get("TOLOKA_URL")


def test_commands_find_what_runs_on_their_state(tmp_path: Path) -> None:
    """A second `hitl dev` has other ports; a commit must not go to the first one."""
    with State(tmp_path).announced(RUNNING):
        State(tmp_path).join()
    assert found() == ("127.0.0.1:1111", "http://127.0.0.1:2222")


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names a real cluster means it."""
    monkeypatch.setenv("PACHD_ADDRESS", "grpcs://pachd:443")
    with State(tmp_path).announced(RUNNING):
        State(tmp_path).join()
    assert found() == ("grpcs://pachd:443", "http://127.0.0.1:2222")


def test_another_instance_is_another_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulators of this state are not its services."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "production"))
    with State(tmp_path).announced(RUNNING):
        State(tmp_path).join()
    assert found() == (None, None)


def test_what_has_ended_is_not_found(tmp_path: Path) -> None:
    """Neither after its end, nor after its death."""
    with State(tmp_path).announced(RUNNING):
        written = (tmp_path / ADDRESSES).read_text()
    State(tmp_path).join()
    (tmp_path / ADDRESSES).write_text(written.replace(str(os.getpid()), "4194305"))  # beyond the largest process id
    State(tmp_path).join()
    assert found() == (None, None)


def test_projects_are_those_that_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the state's own copies, else the packaged ones."""
    state = State(tmp_path)
    assert state.projects == PACKAGE / "projects"
    (tmp_path / "projects").mkdir()
    assert state.projects == tmp_path / "projects"
    monkeypatch.setenv("HITL_PROJECTS", "elsewhere")
    assert state.projects == Path("elsewhere")
