"""`hitl dev`: Dagster's UI in the foreground, on the state that is there, with emulators where no address is given."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from hitl_assets.intake import missed_files, split
from hitl_assets.labeling.items import collect_items, describe_rejected
from hitl_assets.labeling.loading import load_project
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.verdicts import judge_files
from hitl_assets.local.processes import dagster, emulators, reserved_port
from hitl_assets.local.state import Addresses, State
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.whereabouts import find_announced

# How many rows that are put aside `hitl commit` names.
SHOWN = 5


def run_dev(state: State, ui_port: int, seed: int, speed: float | str) -> None:
    """Run until interrupted.

    Raises:
        ProcessEndedError: Dagster ended by itself.
    """
    console = Console()
    with state.held():
        state.prepare()
        with services(state, seed, speed) as addresses:
            ensure_sources(state, addresses)
            with reserved_port(ui_port) as port, dagster(state, addresses, port) as check:
                console.print(f"Dagster's UI   http://127.0.0.1:{port}", highlight=False)
                for line in describe(state, addresses):
                    console.print(line, highlight=False, soft_wrap=True)
                console.print(f"Projects       {names(state)}", highlight=False, soft_wrap=True)
                console.print("Start a batch: hitl commit FILE.csv. End: Ctrl-C.", highlight=False)
                while True:
                    check()
                    time.sleep(0.5)


@contextlib.contextmanager
def services(state: State, seed: int, speed: float | str) -> Iterator[Addresses]:
    """The services of the environment; for each that it doesn't name the emulator that runs on the state already, or
    one of ours."""
    pachd, toloka = os.environ.get("PACHD_ADDRESS"), os.environ.get("TOLOKA_URL")
    if pachd and toloka:
        yield Addresses(pachd, toloka)
        return
    if running := find_announced(state.emulators):
        yield Addresses(pachd or running["PACHD_ADDRESS"], toloka or running["TOLOKA_URL"])
        return
    with emulators(state, seed, speed) as found:
        yield Addresses(pachd or found.pachd, toloka or found.toloka)


def names(state: State) -> str:
    """The projects, and the folders that they are in."""
    found = [f"{path.parent.name} ({path.parent.parent})" for path in state.files()]
    return ", ".join(found) or f"none yet in {state.places[0]}: `hitl new NAME` makes one"


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


def commit_files(
    state: State, name: str, pachd: str, files: Sequence[Path], warn: Callable[[str], None] = print
) -> str:
    """Commit files to a project's source repo; where they are now. `warn` is told before what will bring nothing.

    Raises:
        UnreadableFileError: one of them cannot be used. Nothing was committed.
    """
    project = load_project(state.file_of(name))
    source = project.configuration.source
    contents = {f"/{path.name}": path.read_bytes() for path in files}
    for warning in foresee(project, contents):
        warn(warning)
    pachyderm = Pachyderm(pachd, os.environ.get("PACHD_TOKEN"))
    description = f"hitl commit: {', '.join(path.name for path in files)}"
    commit = pachyderm.write(source.repo, contents, description, branch=source.branch)
    return f"{source.repo}@{commit}"


def foresee(project: Project, contents: Mapping[str, bytes]) -> Iterator[str]:
    """What the check of a commit's files will say, and which rows will be put aside.

    Raises:
        UnreadableFileError: one of the files cannot be used.
    """
    source = project.configuration.source
    matching, others = split(contents, source.glob)
    found = collect_items(
        {path: contents[path] for path in matching}, project.inputs, (), (), project.identity, None, source.encoding
    )
    verdict = judge_files(replace(found, files=(*found.files, *missed_files(others, source.glob))), source.glob)
    if not verdict.passed:
        yield verdict.description
    yield from (f"put aside: {line.removeprefix(':')}" for line in describe_rejected(found.rejected[:SHOWN], ""))
    if len(found.rejected) > SHOWN:
        yield f"and {len(found.rejected) - SHOWN} more rows are put aside"
