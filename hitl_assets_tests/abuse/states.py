"""A world that is put away and taken out again: what is costly to bring about is made once, and copied."""

import copy
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.economies import NO_LOGS
from hitl_assets_tests.loop.loops import Loop

from .ui import LOCATION
from .world import World

KEPT = ("batches", "asked", "queued")


@dataclass(frozen=True)
class State:
    """A folder with the databases of Dagster and of both services, and what the world knew besides."""

    folder: Path
    cursors: dict[str, str | None]
    known: dict[str, Any]


def write_project(shipped: Path, folder: Path, name: str) -> Project:
    """The shipped project under another name, without a training and quality control, in a folder of its own."""
    shutil.copytree(shipped, folder)
    form = yaml.safe_load((folder / "defs.yaml").read_text())
    attributes = form["attributes"]
    attributes |= {"name": name, "source": {"repo": f"{name}_source"}, "dataset": {"repo": f"{name}_labeled"}}
    for section in ("training", "training_tasks"):
        del attributes["toloka"][section]
    for section in ("quality_control", "filter"):
        del attributes["toloka"]["pool"][section]
    (folder / "defs.yaml").write_text(yaml.safe_dump(form))
    return load_project(folder / "defs.yaml")


@contextmanager
def open_world(project: Project, folder: Path, empty_home: Path) -> Iterator[World]:
    """A world whose databases are in a folder: those that are there, or new ones. Time passes when we say so."""
    with (
        TolokaEmulator(folder / "toloka", speed="manual") as toloka,
        PachydermEmulator(folder / "pachyderm", finish_delay=0.05, conflicts=0.1) as pachyderm,
        ExitStack() as stack,
    ):
        location = folder / "location.py"
        path = str(project.folder / "defs.yaml")
        location.write_text(LOCATION.format(toloka=toloka.url, pachyderm=pachyderm.address, path=path))

        def open_instance(name: str) -> dg.DagsterInstance:
            home = folder / name
            if not home.exists():
                shutil.copytree(empty_home, home)
            return stack.enter_context(dg.instance_for_test(NO_LOGS, temp_dir=str(home)))

        loop = Loop(project, open_instance("dagster"), pachyderm.address, toloka.url)
        client = Toloka(toloka.url, "any token")
        yield World(loop, Pachyderm(pachyderm.address), client, toloka.url, location, open_instance)


def put_away(world: World, folder: Path) -> State:
    """The state of a world that is closed by now."""
    return State(folder, dict(world.loop.cursors), {name: getattr(world, name) for name in KEPT})


@contextmanager
def take_out(state: State, project: Project, folder: Path, empty_home: Path) -> Iterator[World]:
    """A world of one's own in that state."""
    shutil.copytree(state.folder, folder)
    with open_world(project, folder, empty_home) as world:
        world.loop.cursors = dict(state.cursors)
        for name, value in state.known.items():
            setattr(world, name, copy.copy(value))
        yield world
