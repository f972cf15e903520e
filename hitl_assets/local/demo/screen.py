"""What the demo shows: a live view of the loop in a terminal, lines elsewhere, and the result at the end."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import directory_of
from hitl_assets.labeling.tables.tables import read_rows
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.state import State
from hitl_assets.local.status.progress import Batch, Stage
from hitl_assets.services.pachyderm import Pachyderm

ROWS = 5


class Screen:
    """The live view of one batch, or of another part. Without a terminal each change is a line."""

    def __init__(self, console: Console, name: str) -> None:
        self.console = console
        self.shown: dict[str, Stage] = {}
        self.live = Live(console=console, refresh_per_second=8, transient=False) if console.is_terminal else None
        self.spinner = Spinner("dots")
        console.print(f"[bold]{escape(name)}[/bold]", highlight=False)

    def __enter__(self) -> "Screen":
        """Begin to draw."""
        if self.live:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last picture on the screen."""
        if self.live:
            self.live.stop()
        self.console.print()

    def show(self, stages: Sequence[Stage]) -> None:
        """Draw where it stands."""
        if self.live:
            self.live.update(self.draw(stages))
            return
        for stage in stages:
            if stage.text and self.shown.get(stage.name) != stage:
                self.console.print(f"  {stage.name:<9} {stage.text}", highlight=False, markup=False, soft_wrap=True)
                self.shown[stage.name] = stage

    def draw(self, stages: Sequence[Stage]) -> Table:
        """A row for each stage; the first that isn't done spins."""
        table = Table.grid(padding=(0, 1))
        current = next((stage for stage in stages if not stage.is_done), None)
        for stage in stages:
            mark = "[green]✓[/green]" if stage.is_done else self.spinner if stage is current else " "
            style = "" if stage.is_done or stage is current else "dim"
            table.add_row(mark, stage.name, escape(stage.text), style=style)
        return table


def print_result(
    console: Console, pachyderm: Pachyderm, project: Project, batches: Sequence[Batch], state: State
) -> Sequence[LabeledRow]:
    """Print the dataset, how right it is, and what it cost; the rows that batches brought."""
    dataset, place = read_dataset(pachyderm, project)
    labeled = [row for row in dataset.rows if row.batch]
    console.print(f"[bold]Dataset[/bold]  {place}/dataset.csv", highlight=False, soft_wrap=True)
    console.print(
        f"{plural(len(dataset.rows), 'row')}: {len(dataset.rows) - len(labeled)} labeled before, {len(labeled)} now\n"
    )
    console.print(first_rows(labeled, dataset.label), "")
    right, known = agreement_with_key(project, labeled, state)
    share = f"{right / known:.1%} ({right} of {known})" if known else "no item is in the answer key"
    console.print(f"Items labeled                {len(labeled)}", highlight=False)
    console.print(f"Agree with the answer key     {share}", highlight=False)
    print_cost(console, batches, len(labeled), "label")
    return labeled


def read_dataset(pachyderm: Pachyderm, project: Project) -> tuple[StoredDataset, str]:
    """A project's dataset as it is now, and the directory that it is in."""
    repo, directory = f"{project.name}_concatenated_dataset", directory_of("concatenated_dataset")
    commit = pachyderm.head(repo) or ""
    return StoredDataset.from_files(pachyderm.read_directory(repo, commit, directory)), f"{repo}@{commit}:{directory}"


def print_cost(console: Console, batches: Sequence[Batch], labeled: int, what: str) -> None:
    """Print how many answers some batches took, and what they cost: all of it, and for each of so many."""
    told = [batch.raw_answers for batch in batches if batch.raw_answers]
    answers, golden, spent = (sum(each[name] for each in told) for name in ("answers", "golden_answers", "spent"))
    console.print(f"Answers paid                  {answers} (and {golden} to golden tasks)", highlight=False)
    each = f", {cents(spent / labeled, 4)} USD a {what}" if labeled else ""
    console.print(f"Price with the fee            {cents(spent)} USD{each}", highlight=False)


def first_rows(rows: Sequence[LabeledRow], label: str) -> Table:
    """The first labeled rows as a table."""
    table = Table(show_edge=False, pad_edge=False, expand=True)
    names = list(rows[0].values) if rows else []
    for name in names:
        table.add_column(name, overflow="ellipsis", no_wrap=True, ratio=1)
    table.add_column(label, no_wrap=True)
    table.add_column("confidence", justify="right", no_wrap=True)
    for row in rows[:ROWS]:
        confidence = f"{row.confidence:.3f}" if row.confidence is not None else ""
        table.add_row(*(escape(in_key(value)) for value in row.values.values()), escape(str(row.label)), confidence)
    return table


def agreement_with_key(project: Project, rows: Sequence[LabeledRow], state: State) -> tuple[int, int]:
    """How many labels are those of the answer key, and how many rows it knows."""
    names = list(project.inputs)
    cells = (row.cells for row in read_rows(state.answer_key.read_bytes(), "answer key", [*names, project.label]))
    truth = {tuple(each[name] for name in names): each[project.label] for each in cells}
    known = [(row, tuple(in_key(row.values[name]) for name in names)) for row in rows]
    found = [(row.label, truth[key]) for row, key in known if key in truth]
    kind = project.kind
    return sum(kind.is_same(label, kind.read_cell(true)) for label, true in found), len(found)


def in_key(value: Any) -> str:
    """An input value as the answer key has it: of a file its name."""
    place = read_place(value)
    return place.path.rpartition("/")[2] if place else str(value)


def show_review(told: Mapping[str, Any]) -> None:
    """What a review came to, and the answers that wait for a person (of many, the first)."""
    console = Console()
    if not told:
        console.print("No answers of this batch were reviewed yet.")
        return
    console.print(
        f"{told['accepted']} accepted, {told['rejected']} rejected, {told['undecided']} wait for you; "
        f"{plural(told['answers_asked_again'], 'answer is', 'answers are')} asked for again.",
        highlight=False,
    )
    if told["undecided"]:
        table = Table("Assignment", "Golden tasks", "As the others", "Why")
        for record in told["waits_for_you"].records:
            row = record.data
            agreement = "" if row["agreement"] is None else f"{row['agreement']:.0%}"
            table.add_row(escape(row["assignment"]), escape(row["golden"]), agreement, escape(row["why"]))
        console.print(table)
        console.print(f"All of them, with their answers: {told['pachyderm/path']}/review.csv", highlight=False)
