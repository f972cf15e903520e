"""`hitl dev`: Dagster's UI in the foreground, on the state that is there, with emulators where no address is given."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.answer_keys import check_shared_key
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.local.crowds import tell_keys
from hitl_assets.local.processes import People, dagster, emulators, media, reserved_port
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
    with state.held():
        state.prepare()
        check_keys(state, people.keys)
        with services(state, people) as others, with_media(state, others) as addresses:
            ensure_sources(state, addresses)
            with reserved_port(ui_port) as port, dagster(state, addresses, port) as check:
                ui = f"http://127.0.0.1:{port}"
                say(f"Dagster's UI   {ui}", *describe(state, addresses), f"Projects       {names(state)}")
                answering = tell_people(state, people, addresses)
                say(*answering, f"Start a batch: hitl commit FILE.csv{state.option}. End: Ctrl-C.")
                known = look_at(state.files())
                while True:
                    check()
                    time.sleep(PAUSE)
                    before, known = known, look_at(state.files())
                    if known != before:
                        say(take_changes(state, addresses, ui))
                        told, answering = answering, tell_people(state, people, addresses)
                        say(*(answering if answering != told else ()))


def say(*lines: str) -> None:
    """Print lines as they are: whoever copies a path or an address gets it whole."""
    console = Console()
    for line in lines:
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


@contextlib.contextmanager
def with_media(state: State, addresses: Addresses) -> Iterator[Addresses]:
    """The same, and a server of files where a project wants one and the environment names none."""
    wanted = any(project.configuration.pictures == "serve" for project in good_projects(state))
    if not wanted or os.environ.get("HITL_MEDIA_URL"):
        yield addresses
        return
    with media(state, addresses.pachd) as address:
        yield replace(addresses, media=address)


def names(state: State) -> str:
    """The projects, and the folders that they are in."""
    found = [f"{path.parent.name} ({path.parent.parent})" for path in state.files()]
    return ", ".join(found) or f"none yet in {state.places[0]}: `hitl new NAME` makes one"


def tell_people(state: State, people: People, addresses: Addresses) -> list[str]:
    """Tell simulated people what is right by the files of projects, and whoever reads it who answers, where nobody is
    paid. Emulators that ran before keep to what they were started with."""
    if os.environ.get("TOLOKA_URL"):
        return []
    try:
        return [*tell_keys(addresses.toloka, good_projects(state), people.keys_on(state)).describe(addresses.toloka)]
    except (ServiceError, UnreadableFileError) as error:
        return [f"Answers        {error}"]


def check_keys(state: State, keys: Sequence[Path]) -> None:
    """Refuse answer keys with labels that no project with their columns allows.

    Raises:
        UnreadableFileError: there is such a key.
    """
    projects = good_projects(state) if keys else []
    for key in keys:
        check_shared_key(projects, key.read_bytes(), str(key))


def good_projects(state: State) -> list[Project]:
    """The projects, without those that have mistakes: Dagster says which."""
    found = []
    for path in state.files():
        with contextlib.suppress(ConfigurationError):
            found.append(load_project(path))
    return found


def describe(state: State, addresses: Addresses) -> Iterator[str]:
    """Where each service is, and whether it is somebody's account or an emulator of this state."""
    for name, variable, address in (
        ("Pachyderm", "PACHD_ADDRESS", addresses.pachd), ("Toloka", "TOLOKA_URL", addresses.toloka),
    ):  # fmt: skip
        whose = f"from {variable}" if os.environ.get(variable) else f"emulated, on {state.emulators}"
        yield f"{name:<14} {address} ({whose})"
    if addresses.media:
        yield f"Files          {addresses.media} (pictures: serve)"


def ensure_sources(state: State, addresses: Addresses) -> None:
    """Make the source repo of each project, so that there is something to commit to."""
    pachyderm = Pachyderm(addresses.pachd, os.environ.get("PACHD_TOKEN"))
    for path in state.files():
        project = load_project(path)
        pachyderm.ensure_repo(project.configuration.source.repo, f"items of {project.name}")
        if project.configuration.withdrawn:
            pachyderm.ensure_repo(project.configuration.withdrawn.repo, f"items of {project.name} that are withdrawn")
