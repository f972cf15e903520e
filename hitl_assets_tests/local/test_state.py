"""Where commands on a state directory find what they need."""

import os
from pathlib import Path

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.local.state import PACKAGE, Addresses, State
from hitl_assets.services.whereabouts import FILE, InUseError, announced, find_announced

VARIABLES = ("PACHD_ADDRESS", "TOLOKA_URL", "DAGSTER_HOME", "HITL_PROJECTS", "HITL_STATE")
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
        written = (tmp_path / FILE).read_text()
    State(tmp_path).join()
    (tmp_path / FILE).write_text(written)  # as a process leaves it that is killed
    State(tmp_path).join()
    assert found() == (None, None)


def test_emulators_alone_are_found_too(tmp_path: Path) -> None:
    """`hitl emulators` in one terminal, `hitl commit` in another."""
    with announced(State(tmp_path).emulators, {"PACHD_ADDRESS": "127.0.0.1:1111", "TOLOKA_URL": "http://127.0.0.1:1"}):
        State(tmp_path).join()
    assert found() == ("127.0.0.1:1111", "http://127.0.0.1:1")


@pytest.mark.slow
def test_two_processes_do_not_both_keep_services_on_a_directory(tmp_path: Path) -> None:
    """Who looked there would find one or the other."""
    with announced(tmp_path, {"TOLOKA_URL": "first"}):
        with pytest.raises(InUseError, match="End them"), announced(tmp_path, {"TOLOKA_URL": "second"}):
            pass
        assert find_announced(tmp_path) == {"TOLOKA_URL": "first"}


def test_projects_are_those_that_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one's own in the working directory, and the example where there are none: never a place in the package for
    new ones."""
    monkeypatch.chdir(tmp_path)
    state = State(tmp_path / ".hitl")
    assert state.places == (Path("projects"), PACKAGE / "projects")
    (tmp_path / "projects" / "fruit").mkdir(parents=True)
    (tmp_path / "projects" / "fruit" / "defs.yaml").touch()
    assert state.places == (Path("projects"),)
    assert state.files() == [state.file_of("fruit")] == [Path("projects/fruit/defs.yaml")]
    monkeypatch.setenv("HITL_PROJECTS", "here:there")
    assert state.places == (Path("here"), Path("there"))


def test_the_example_stays_in_sight_where_it_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its batches are on the state; its copies come first if there are some."""
    monkeypatch.chdir(tmp_path)
    state = State(tmp_path / ".hitl")
    for folder in (tmp_path / "projects" / "fruit", state.root / "projects" / "clickbait"):
        folder.mkdir(parents=True)
        (folder / "defs.yaml").touch()
    assert [path.parent.name for path in state.files()] == ["fruit"]
    state.example_mark.touch()
    assert [path.parent.name for path in state.files()] == ["fruit", "clickbait"]
    with pytest.raises(ConfigurationError, match=r"no project pear in projects and .*: fruit, clickbait"):
        state.file_of("pear")
