"""`hitl dev`: Dagster's UI in the foreground, on the state that is there, with emulators where no address is given."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.answer_keys import check_shared_key
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.local.crowds import tell_keys
from hitl_assets.local.processes import People, dagster, emulators, reserved_port
from hitl_assets.local.reloading import look_at, reload
from hitl_assets.local.state import Addresses, State
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.whereabouts import find_announced

# Between two looks at the processes and at the projects' files, in seconds.
PAUSE = 0.5


def run_dev(state: State, ui_port: int, people: People) -> None:
    """Run until interrupted.

    Raises:
        ProcessEndedError: Dagster ended by itself.
        UnreadableFileError: an answer key has labels that its project does not allow.
    """
    console = Console()
    with state.held():
        state.prepare()
        check_keys(state, people.keys)
        with services(state, people) as addresses:
            ensure_sources(state, addresses)
            with reserved_port(ui_port) as port, dagster(state, addresses, port) as check:
                console.print(f"Dagster's UI   http://127.0.0.1:{port}", highlight=False)
                for line in describe(state, addresses):
                    console.print(line, highlight=False, soft_wrap=True)
                console.print(f"Projects       {names(state)}", highlight=False, soft_wrap=True)
                answering = tell_people(state, people, addresses)
                for line in answering:
                    console.print(line, highlight=False, soft_wrap=True)
                console.print(f"Start a batch: hitl commit FILE.csv{state.option}. End: Ctrl-C.", highlight=False)
                known = look_at(state.files())
                while True:
                    check()
                    time.sleep(PAUSE)
                    seen = look_at(state.files())
                    if seen != known:
                        known = seen
                        console.print(
                            take_changes(state, addresses, f"http://127.0.0.1:{port}"), highlight=False, soft_wrap=True
                        )
                        before, answering = answering, tell_people(state, people, addresses)
                        for line in answering if answering != before else ():
                            console.print(line, highlight=False, soft_wrap=True)


def take_changes(state: State, addresses: Addresses, ui: str) -> str:
    """Load the projects as they are now; what is to be said of it."""
    try:
        ensure_sources(state, addresses)
    except (ConfigurationError, ServiceError, TransientServiceError) as error:
        return f"A project changed, and can't be loaded: {error}"
    problem = reload(ui)
    what = f"A project changed: {names(state)}."
    return f"{what} Dagster can't load it: {problem}" if problem else f"{what} Dagster has loaded it."


@contextlib.contextmanager
def services(state: State, people: People) -> Iterator[Addresses]:
    """The services of the environment; for each that it doesn't name the emulator that runs on the state already, or
    one of ours."""
    pachd, toloka = os.environ.get("PACHD_ADDRESS"), os.environ.get("TOLOKA_URL")
    if pachd and toloka:
        yield Addresses(pachd, toloka)
        return
    if running := find_announced(state.emulators):
        yield Addresses(pachd or running["PACHD_ADDRESS"], toloka or running["TOLOKA_URL"])
        return
    with emulators(state, people) as found:
        yield Addresses(pachd or found.pachd, toloka or found.toloka)


def names(state: State) -> str:
    """The projects, and the folders that they are in."""
    found = [f"{path.parent.name} ({path.parent.parent})" for path in state.files()]
    return ", ".join(found) or f"none yet in {state.places[0]}: `hitl new NAME` makes one"


def tell_people(state: State, people: People, addresses: Addresses) -> list[str]:
    """Tell simulated people what is right by the files of projects, and whoever reads it who answers, where nobody is
    paid. Emulators that ran before keep to what they were started with."""
    if os.environ.get("TOLOKA_URL"):
        return []
    projects = [project for path in state.files() if (project := load_if_good(path))]
    try:
        return [*tell_keys(addresses.toloka, projects, people.keys_on(state)).describe(addresses.toloka)]
    except (ServiceError, UnreadableFileError) as error:
        return [f"Answers        {error}"]


def check_keys(state: State, keys: Sequence[Path]) -> None:
    """Refuse answer keys with labels that no project with their columns allows.

    Raises:
        UnreadableFileError: there is such a key.
    """
    projects = [project for path in state.files() if (project := load_if_good(path))]
    for key in keys:
        check_shared_key(projects, key.read_bytes(), str(key))


def load_if_good(path: Path) -> Project | None:
    """A project; none if it has mistakes: Dagster says which."""
    try:
        return load_project(path)
    except ConfigurationError:
        return None


def describe(state: State, addresses: Addresses) -> Iterator[str]:
    """Where each service is, and whether it is somebody's account or an emulator of this state."""
    for name, variable, address in (
        ("Pachyderm", "PACHD_ADDRESS", addresses.pachd), ("Toloka", "TOLOKA_URL", addresses.toloka),
    ):  # fmt: skip
        whose = f"from {variable}" if os.environ.get(variable) else f"emulated, on {state.emulators}"
        yield f"{name:<14} {address} ({whose})"


def ensure_sources(state: State, addresses: Addresses) -> None:
    """Make the source repo of each project, so that there is something to commit to."""
    pachyderm = Pachyderm(addresses.pachd, os.environ.get("PACHD_TOKEN"))
    for path in state.files():
        project = load_project(path)
        pachyderm.ensure_repo(project.configuration.source.repo, f"items of {project.name}")
        if project.configuration.withdrawn:
            pachyderm.ensure_repo(project.configuration.withdrawn.repo, f"items of {project.name} that are withdrawn")
