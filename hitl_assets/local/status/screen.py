"""What `hitl status` prints: tables that fit the screen, also without a terminal."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from hitl_assets.labeling.items.batch_names import short_title
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.durations import duration
from hitl_assets.local.status.decisions import Decision, find_decisions
from hitl_assets.local.status.standing import Standing
from hitl_assets.local.status.status import Money, ProjectStatus, Status

WORDS = {
    "committed": ("committed", ""),
    "publishing": ("publishing", "cyan"),
    "not_opened": ("not opened", "yellow"),
    "open": ("open", "cyan"),
    "collecting": ("collecting", "cyan"),
    "review": ("to review", "yellow"),
    "partial": ("ended early", "yellow"),
    "labeled": ("labeled", "green"),
    "nothing_new": ("nothing new", "dim"),
    "dismissed": ("dismissed", "dim"),
    "failed": ("failed", "red"),
    "gone": ("pool is gone", "red"),
    "twice": ("asked twice", "red"),
}
BAR = 12
NOWHERE = "not set"
# From these widths on there is room for more columns.
WIDE, WIDEST = 100, 130

Show = Callable[[Standing], "str | Text"]


def show(console: Console, status: Status, option: str = "") -> None:
    """Print everything. `option` belongs to the commands that are told."""
    for project in status.projects:
        show_project(console, status, project, option)
    decisions = [each for project in status.projects for each in find_decisions(project, option)]
    show_decisions(console, decisions)
    show_services(console, status)


def show_project(console: Console, status: Status, project: ProjectStatus, option: str) -> None:
    """A project's summary and its batches."""
    title = Text.assemble((project.name, "bold"), "  ", (project.description, "dim"))
    console.print(title, no_wrap=True, overflow="ellipsis")
    if project.problem:
        console.print(f"[red]{escape(project.problem)}[/red]", highlight=False)
        console.print(f"See all of it: hitl check {escape(project.name)}\n", highlight=False)
        return
    summary = Table.grid(padding=(0, 2))
    for name, text in summarize(project):
        summary.add_row(Text(name, style="dim"), escape(text))
    console.print(summary, "", highlight=False)
    if project.batches:
        console.print(draw_batches(project.batches, status.now, console.width), highlight=False)
        hidden = project.batches_total - len(project.batches)
        if hidden > 0:
            console.print(f"[dim]{hidden} older batches are not shown (--last).[/dim]", highlight=False)
    else:
        command = f"hitl commit FILE.csv --project {project.name}{option}"
        console.print(f"No batch yet. Start one: {escape(command)}", highlight=False, soft_wrap=True)
    for line in describe_rejections(project.batches):
        console.print(f"[yellow]! {escape(line)}[/yellow]", highlight=False)
    for note in project.notes:
        console.print(f"[yellow]! {escape(note)}[/yellow]", highlight=False)
    console.print()


def describe_rejections(batches: Sequence[Standing]) -> list[str]:
    """What was put aside of each batch; the path of all of it comes last."""
    return [f"{short_title(batch.batch)}: {each}" for batch in batches for each in batch.rejections]


def summarize(project: ProjectStatus) -> list[tuple[str, str]]:
    """The dataset and the money in a line or two."""
    dataset, money = project.dataset, project.money
    rows = [("Dataset", "none yet")]
    if dataset is not None:
        parts = f"{dataset['rows_labeled_before']} labeled before, {dataset['rows_from_batches']} from "
        parts += plural(dataset["batches"], "batch", "batches")
        rows = [
            ("Dataset", f"{plural(dataset['rows'], 'row')}: {parts}"),
            ("", f"{dataset['repo']}@{dataset['commit']}"),
        ]
    return [*rows, *([("Money", describe_money(money))] if money else [])]


def describe_money(money: Money) -> str:
    """What was spent of what, what a label cost, and what may come."""
    of_shown = "" if money.is_whole else " by the batches below"
    parts = [f"{amount(money.spent)} of {money.per_project:g} spent{of_shown}"]
    if money.price_of_a_label is not None:
        parts.append(f"{amount(money.price_of_a_label, 4)} a label")
    if money.open:
        parts.append(f"open pools may cost {amount(money.open)} more")
    return f"{', '.join(parts)} (cap of a batch: {money.per_batch:g})"


def draw_batches(batches: Sequence[Standing], now: float, width: int) -> Table:
    """A row for each batch, the newest last: a terminal shows the end."""
    table = Table(show_edge=False, pad_edge=False, header_style="dim", padding=(0, 1))
    columns = choose_columns(now, width)
    for name, side, _ in columns:
        table.add_column(name, justify=side, no_wrap=name != "Where it stands")
    for batch in batches:
        table.add_row(*(show(batch) for _, _, show in columns))
    return table


def choose_columns(now: float, width: int) -> list[tuple[str, Literal["left", "right"], Show]]:
    """Heading, side and content of the columns for which there is room."""
    since: tuple[str, Literal["right"], Show] = ("Since", "right", lambda each: age(each, now))
    answers: tuple[str, Literal["right"], Show] = ("Answers", "right", count_answers)
    narrow: list[tuple[str, Literal["left", "right"], Show]] = [
        ("Batch", "left", lambda each: each.title if width >= WIDEST else short_title(each.batch)),
        *([since] if width >= WIDE else []),
        ("Items", "right", lambda each: "" if each.items is None else str(each.items)),
        ("Where it stands", "left", lambda each: draw_state(each, now)),
        *([answers] if width >= WIDE else []),
    ]
    if width >= WIDEST:
        narrow += [
            ("Confidence", "right", lambda each: amount(each.confidence, 3)),
            ("Cap", "right", lambda each: amount(each.cap)),
        ]
    return [
        *narrow,
        ("Planned", "right", lambda each: amount(each.planned)),
        ("Spent", "right", lambda each: amount(each.spent)),
        ("A label", "right", lambda each: amount(each.price_of_a_label, 4)),
    ]


def draw_state(batch: Standing, now: float) -> Text:
    """The state in a word, how far an open pool is, or why it does not go on."""
    word, style = WORDS[batch.state]
    text = Text(word, style=style)
    if batch.state == "open" and batch.completed is not None:
        filled = int(batch.completed * BAR)
        text.append(f" {'━' * filled}", style="cyan").append("─" * (BAR - filled), style="dim")
        text.append(f" {batch.completed:.0%}", style="default")
        text.append(f", round {batch.round}" if batch.round and batch.round > 1 else "", style="default")
        text.append(left(batch, now), style="default")
    elif batch.state == "failed":
        text.append(f" at {batch.failed_step}" if batch.failed_step else "", style="default")
    if batch.text and batch.state != "failed":
        text.append(f", {batch.text}" if batch.state == "open" else f": {batch.text}", style="default")
    return text


def left(batch: Standing, now: float) -> str:
    """How long an open pool takes yet, if anybody knows."""
    if batch.expected_end is None or batch.expected_end <= now:
        return ""
    return f", about {duration(max(60.0, batch.expected_end - now))} left"


def count_answers(batch: Standing) -> str:
    """How many of how many."""
    if not batch.answers_planned:
        return ""
    return f"{batch.answers or 0} of {batch.answers_planned}"


def age(batch: Standing, now: float) -> str:
    """How long it has stood there."""
    if batch.since is None:
        return ""
    return duration(now - batch.since) if now - batch.since >= 60 else "just now"


def amount(value: float | None, digits: int = 2) -> str:
    """A number, if there is one."""
    if value is None:
        return ""
    return cents(value, digits)


def show_decisions(console: Console, decisions: Sequence[Decision]) -> None:
    """What waits for a person, with the command; a command stays in one line, to be copied."""
    if not decisions:
        return
    console.print("[bold yellow]Waits for you[/bold yellow]")
    for each in decisions:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(short_title(each.batch), escape(each.what))
        console.print(table, highlight=False)
        if each.command:
            console.print(f"          [bold]{escape(each.command)}[/bold]", highlight=False, soft_wrap=True)
    console.print()


def show_services(console: Console, status: Status) -> None:
    """Which services were asked, and what keeps the loop from going on."""
    toloka, pachyderm = status.services.toloka, status.services.pachyderm
    balance = "" if status.balance is None else f", {amount(status.balance)} on the account"
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Toloka", escape(f"{toloka.address or NOWHERE}{balance}"))
    table.add_row("Pachyderm", escape(pachyderm.address or NOWHERE))
    table.add_row("Dagster", escape(f"{status.instance}{', its daemon runs' if status.daemon_runs else ''}"))
    console.print(table, highlight=False)
    for warning in warnings(status):
        console.print(f"[yellow]! {escape(warning)}[/yellow]", highlight=False)


def warnings(status: Status) -> list[str]:
    """What is away, and what that means for what is shown."""
    found = []
    if not status.daemon_runs:
        todo = "nothing goes on by itself. Start `hitl dev` (or dagster-daemon)."
        found.append(f"Dagster's daemon {last_seen(status)}: {todo}")
    if status.services.toloka.problem:
        found.append(f"{status.services.toloka.problem} What is shown of pools is what Dagster saw last.")
    if status.services.pachyderm.problem:
        found.append(f"{status.services.pachyderm.problem.rstrip('.')}. New commits are not shown.")
    return found


def last_seen(status: Status) -> str:
    """When the daemon was there. One that never was may work with another instance: that of a dagster.yaml."""
    if status.daemon_seen:
        return f"was last seen {duration(status.now - status.daemon_seen)} ago"
    if (Path(status.instance) / "dagster.yaml").is_file():
        return "never ran"
    return "never ran on this instance, which has no dagster.yaml (DAGSTER_HOME names the directory of that)"
