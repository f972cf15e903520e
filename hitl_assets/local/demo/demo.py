"""`hitl demo`: the loop from the first commit to the dataset, on emulators, driven by the sensors alone: two batches of
headlines, then pictures. With a model, the first batch teaches it, and the second one is asked of both."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import dagster as dg
from rich.console import Console

from hitl_assets.labeling.items.answer_keys import check_answer_key
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import Row, read_rows, write_rows
from hitl_assets.local.demo.learned import print_saved, read_lesson, training_failure
from hitl_assets.local.demo.orchard import PICTURES, Orchard, print_pictures
from hitl_assets.local.demo.screen import Screen, print_result
from hitl_assets.local.demo.shows import Show, show_digits
from hitl_assets.local.dev import with_media
from hitl_assets.local.processes import People, dagster, emulators, open_instance, reserved_port
from hitl_assets.local.state import PACKAGE, State
from hitl_assets.local.status.progress import Batch, Stage, failure_of, read_batch
from hitl_assets.services.pachyderm import Pachyderm

PROJECT = "clickbait"
EXAMPLE = PACKAGE / "projects" / PROJECT
ORCHARD, DIGITS = PACKAGE / "examples" / "orchard", PACKAGE / "examples" / "digits"
EXAMPLE_FILES = ("headlines_1.csv", "headlines_2.csv")
# The crowd is as fast as a machine can be watched: it is not what the demo waits for.
SPEED = 100.0
# What makes the project learn. By default 0.95 must be right: to prove that takes more labels than the example has.
MODEL = "  model: {target_accuracy: 0.9}\n"
EASIER = ("target_accuracy: 0.95", "target_accuracy: 0.9")

Check = Callable[[], None]


class Watched(Protocol):
    """What is waited for."""

    @property
    def is_done(self) -> bool:
        """Whether it is over."""

    def stages(self) -> list[Stage]:
        """How far it is."""


Found = TypeVar("Found", bound=Watched)


class DemoFailedError(RuntimeError):
    """The loop did not come to its end. The message says where and why."""


@dataclass(frozen=True)
class DemoFiles:
    """The user's own files; what isn't given is the example's."""

    items: tuple[Path, ...] = ()
    answer_key: Path | None = None
    dataset: Path | None = None
    golden: Path | None = None
    training: Path | None = None
    with_model: bool = False
    with_digits: bool = False

    @property
    def project(self) -> Path:
        """The folder of the project that is shown first."""
        return DIGITS if self.with_digits else EXAMPLE

    @property
    def is_whole(self) -> bool:
        """Whether pictures follow: not where somebody looks at files of their own, or at the model."""
        own = self.answer_key, self.dataset, self.golden, self.training
        return not (self.items or any(own) or self.with_model or self.with_digits)

    @property
    def replaced(self) -> dict[str, Path]:
        """The project's files that the user brings, by their names in the project."""
        files = {"golden_tasks.csv": self.golden, "training_tasks.csv": self.training}
        return {name: path for name, path in files.items() if path}


def run_demo(state: State, files: DemoFiles, seed: int, port: int, timeout: float) -> None:
    """Run the loop to its end and print what came of it.

    Raises:
        DemoFailedError: a batch failed for good, or the time was up.
    """
    console = Console()
    for name in ("PACHD_ADDRESS", "PACHD_TOKEN", "TOLOKA_URL", "TOLOKA_TOKEN", "HITL_PROJECTS", "HITL_MEDIA_URL"):
        os.environ.pop(name, None)  # The demo never reaches a real account, nor a project of one's own.
    with state.held():
        state.clear()
        state.prepare()
        orchard = Orchard.drawn(seed) if files.is_whole else None
        copy_examples(state, files, orchard)
        state.example_mark.touch()
        file = state.file_of(files.project.name)
        if files.with_model or files.with_digits:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(*EASIER) if files.with_digits else text + MODEL, encoding="utf-8")
        project = load_project(file)
        show = show_digits(project) if files.with_digits else show_headlines(project, files)
        state.answer_key.write_bytes(show.key)
        deadline = time.monotonic() + timeout
        with loop(state, seed, port, console) as (pachyderm, check):
            instance = open_instance(state)
            show.begin(pachyderm)
            watch = partial(follow, console=console, check=check, deadline=deadline)
            batches = label(instance, pachyderm, project, show.batches, watch)
            labeled = print_result(console, pachyderm, project, batches, state)
            if project.has_classifier:
                print_saved(console, project, batches, labeled, state)
            if orchard:
                console.print()
                trees = load_project(state.file_of(ORCHARD.name))
                commit = orchard.commit(pachyderm, trees)
                batch = see_through(instance, pachyderm, trees, f"{PICTURES} pictures", commit, watch)
                print_pictures(console, pachyderm, trees, batch, orchard, state)
            look = f"\nLook at it in Dagster's UI      make dev (hitl dev{state.option})"
            console.print(look, highlight=False, markup=False, soft_wrap=True)


def copy_examples(state: State, files: DemoFiles, orchard: Orchard | None) -> None:
    """Give the state its own copies of the projects, where they are not as they are packaged, or there are two."""
    if files.replaced or files.with_model or files.with_digits or orchard:
        state.copy_project(files.project, files.replaced)
    if orchard:
        state.copy_project(ORCHARD, {})
        state.second_key.write_bytes(orchard.key())


def label(
    instance: dg.DagsterInstance,
    pachyderm: Pachyderm,
    project: Project,
    commits: Sequence[tuple[str, Mapping[str, bytes]]],
    watch: Callable[..., Any],
) -> list[Batch]:
    """A batch of each commit, one after the other; where there is a model it learns between them."""
    batches: list[Batch] = []
    source = project.configuration.source
    for name, content in commits:
        if batches and project.has_classifier:
            learn = partial(read_lesson, instance, project), partial(training_failure, instance, project)
            watch("A model learns from that", *learn)
        commit = pachyderm.write(source.repo, content, f"hitl demo: {name}", branch=source.branch)
        batches.append(see_through(instance, pachyderm, project, name, commit, watch))
    return batches


def see_through(
    instance: dg.DagsterInstance,
    pachyderm: Pachyderm,
    project: Project,
    name: str,
    commit: str,
    watch: Callable[..., Any],
) -> Batch:
    """Watch what becomes of a commit, until it is labeled."""
    batch = name_batch(pachyderm.inspect_commit(project.configuration.source.repo, commit)[0])
    read, fails = partial(read_batch, instance, project, batch), partial(failure_of, instance, batch)
    found: Batch = watch(name, read, fails)
    return found


@contextlib.contextmanager
def loop(state: State, seed: int, preferred_port: int, console: Console) -> Iterator[tuple[Pachyderm, Check]]:
    """Emulators and Dagster, at work; and a function that complains when one of them has ended."""
    people = People(seed, SPEED, unknown="invent")
    with (
        emulators(state, people) as others,
        with_media(state, others) as addresses,
        reserved_port(preferred_port) as port,
    ):
        console.print(f"Pachyderm at {addresses.pachd}, Toloka at {addresses.toloka} (emulators)", highlight=False)
        with dagster(state, addresses, port) as check:
            console.print(f"Dagster's UI at http://127.0.0.1:{port} while this runs\n", highlight=False)
            yield Pachyderm(addresses.pachd, "emulator"), check


def follow(
    name: str,
    read: Callable[[], Found],
    failure_of_it: Callable[[], str | None],
    console: Console,
    check: Check,
    deadline: float,
) -> Found:
    """Watch something until it is done.

    Raises:
        DemoFailedError: it failed for good, or the time was up.
    """
    with Screen(console, name) as screen:
        while True:
            found = read()
            screen.show(found.stages())
            if found.is_done:
                return found
            check()
            if failure := failure_of_it():
                raise DemoFailedError(f"{name}: it failed: {failure}")
            if time.monotonic() > deadline:
                raise DemoFailedError(f"{name}: it was not done in time. Logs are in .hitl/logs.")
            time.sleep(0.4)


def show_headlines(project: Project, files: DemoFiles) -> Show:
    """Headlines, or items of the user's own: a batch of each file."""
    batches = [(name, {f"/{name}": content}) for name, content in read_items(project, files)]
    return Show(batches, read_answer_key(project, files), lambda pachyderm: commit_dataset(pachyderm, project, files))


def read_items(project: Project, files: DemoFiles) -> list[tuple[str, bytes]]:
    """The files to commit, in their order. The example's own lose their label column: people shall find it. A model
    begins with the smaller one, so that more is left for it."""
    if files.items:
        return [(path.name, path.read_bytes()) for path in files.items]
    names = EXAMPLE_FILES[::-1] if files.with_model else EXAMPLE_FILES
    return [(name, with_columns(EXAMPLE / name, list(project.inputs))) for name in names]


def read_answer_key(project: Project, files: DemoFiles) -> bytes:
    """The truth that simulated workers know, in one file.

    Raises:
        UnreadableFileError: a label of it is not one that the project allows.
    """
    columns = [*project.inputs, project.label]
    if files.answer_key:
        check_answer_key(project, files.answer_key.read_bytes(), str(files.answer_key))
    sources = [files.answer_key] if files.answer_key else [EXAMPLE / name for name in EXAMPLE_FILES]
    rows = {tuple(row.cells[name] for name in columns) for path in sources for row in rows_of(path, columns)}
    return write_rows(columns, sorted(rows))


def commit_dataset(pachyderm: Pachyderm, project: Project, files: DemoFiles) -> None:
    """Make the source repo, and commit what was labeled before."""
    pachyderm.ensure_repo(project.configuration.source.repo, f"items of {project.name}")
    source = project.configuration.dataset
    # With items of one's own the example's dataset would be somebody else's.
    path = files.dataset or (None if files.items else EXAMPLE / "labeled_dataset.csv")
    if source is not None and path is not None:
        files_by_path = {f"/{path.name}": path.read_bytes()}
        pachyderm.write(source.repo, files_by_path, f"hitl demo: {path.name}", branch=source.branch)


def with_columns(path: Path, columns: Sequence[str]) -> bytes:
    """A CSV file with some of its columns only."""
    return write_rows(columns, ([row.cells[name] for name in columns] for row in rows_of(path, columns)))


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a file."""
    return read_rows(path.read_bytes(), str(path), columns)
