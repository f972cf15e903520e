"""What the first part of the demo is about: the batches of a project, what simulated people know, what comes before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from hitl_assets.examples.digits.key import GOLDEN_REPO, draw_all, draw_golden
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.services.pachyderm import Pachyderm

# So many pictures of digits in each of two batches.
DIGITS = 250


class Drawn(Protocol):
    """A picture that was drawn."""

    @property
    def png(self) -> bytes:
        """Its file."""


@dataclass(frozen=True)
class Show:
    """Batches by title, each with its files by path; the answer key as CSV; and what is done before the first batch."""

    batches: Sequence[tuple[str, Mapping[str, bytes]]]
    key: bytes
    begin: Callable[[Pachyderm], None]


def show_digits(project: Project) -> Show:
    """Handwritten digits: people label the first batch, which teaches a model."""
    batches = [draw_all(1 + DIGITS * number, DIGITS) for number in range(2)]
    field = project.configuration.source.field or ""
    rows = [(name, drawing.digit) for batch in batches for name, drawing in batch.items()]
    titles = [f"{DIGITS} handwritten digits", f"{DIGITS} others"]
    begin = partial(begin_with_golden, project=project, repo=GOLDEN_REPO, golden=draw_golden())
    return Show(list(zip(titles, map(files_of, batches), strict=True)), write_rows([field, project.label], rows), begin)


def begin_with_golden(pachyderm: Pachyderm, project: Project, repo: str, golden: Mapping[str, Drawn]) -> None:
    """Make the source repo of a project, and commit the pictures of its golden tasks to another one."""
    pachyderm.ensure_repo(project.configuration.source.repo, f"items of {project.name}")
    pachyderm.ensure_repo(repo, f"golden tasks of {project.name}")
    pachyderm.write(repo, files_of(golden), "hitl demo: pictures that are known")


def files_of(drawings: Mapping[str, Drawn]) -> dict[str, bytes]:
    """Pictures by their paths."""
    return {f"/{name}": each.png for name, each in drawings.items()}
