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
from hitl_assets.labeling.tables import UnreadableFileError
from hitl_assets.labeling.verdicts import judge_files
from hitl_assets.local.processes import dagster, emulators, reserved_port
from hitl_assets.local.state import Addresses, State
from hitl_assets.services.pachyderm import Pachyderm

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
                console.print(f"Pachyderm      {addresses.pachd}", highlight=False)
                console.print(f"Toloka         {addresses.toloka}", highlight=False)
                console.print(f"Projects       {state.projects}", highlight=False, soft_wrap=True)
                console.print("Start a batch: hitl commit FILE.csv. End: Ctrl-C.", highlight=False)
                while True:
                    check()
                    time.sleep(0.5)


@contextlib.contextmanager
def services(state: State, seed: int, speed: float | str) -> Iterator[Addresses]:
    """The services of the environment; an emulator for each that it doesn't name."""
    pachd, toloka = os.environ.get("PACHD_ADDRESS"), os.environ.get("TOLOKA_URL")
    if pachd and toloka:
        yield Addresses(pachd, toloka)
        return
    with emulators(state, seed, speed) as found:
        yield Addresses(pachd or found.pachd, toloka or found.toloka)


def ensure_sources(state: State, addresses: Addresses) -> None:
    """Make the source repo of each project, so that there is something to commit to."""
    pachyderm = Pachyderm(addresses.pachd, os.environ.get("PACHD_TOKEN"))
    for path in sorted(state.projects.glob("*/defs.yaml")):
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
    project = load_project(state.projects / name / "defs.yaml")
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
    unusable = [each.left_out for each in found.files if each.left_out]
    if unusable:
        raise UnreadableFileError("\n".join(unusable))
    verdict = judge_files(replace(found, files=(*found.files, *missed_files(others, source.glob))), source.glob)
    if not verdict.passed:
        yield verdict.description
    yield from (f"put aside: {line.removeprefix(':')}" for line in describe_rejected(found.rejected[:SHOWN], ""))
    if len(found.rejected) > SHOWN:
        yield f"and {len(found.rejected) - SHOWN} more rows are put aside"
