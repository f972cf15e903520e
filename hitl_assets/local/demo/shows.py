"""What the first part of the demo is about: the batches of a project, what simulated people know, what comes before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hitl_assets.examples.digits.key import GOLDEN_REPO, draw_all, draw_golden
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.services.pachyderm import Pachyderm

# So many pictures of digits in each of two batches.
DIGITS = 250


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
    files = [{f"/{name}": drawing.png for name, drawing in batch.items()} for batch in batches]

    def begin(pachyderm: Pachyderm) -> None:
        pachyderm.ensure_repo(project.configuration.source.repo, f"items of {project.name}")
        pachyderm.ensure_repo(GOLDEN_REPO, f"golden tasks of {project.name}")
        golden = {f"/{name}": drawing.png for name, drawing in draw_golden().items()}
        pachyderm.write(GOLDEN_REPO, golden, "hitl demo: pictures whose digit is known")

    return Show(list(zip(titles, files, strict=True)), write_rows([field, project.label], rows), begin)
