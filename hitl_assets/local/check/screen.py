"""What `hitl check` prints: the problems with what to change, what the project is and costs; or all of it as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.money.budget_curve import UNKNOWN, Curve
from hitl_assets.labeling.money.curve_words import lines
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.rehearsal.items import MADE_UP
from hitl_assets.local.rehearsal.plan import Plan

# What a batch of so many items costs is told.
EXAMPLE = 100
MARKS = {"error": "[red]✗ error  [/red]", "warning": "[yellow]! warning[/yellow]"}


def show(console: Console, path: Path, problems: Sequence[Problem], plan: Plan | None, curve: Curve = UNKNOWN) -> None:
    """Print everything."""
    title = plan.project.name if plan else path.resolve().parent.name
    console.print(f"[bold]{escape(title)}[/bold]  {escape(str(path))}\n", highlight=False, soft_wrap=True)
    if plan is not None:
        console.print(draw(plan, curve, console.width), "", highlight=False)
    for problem in problems:
        console.print(draw_problem(problem), highlight=False)
    if problems:
        console.print()
    counts = Counter(problem.severity for problem in problems)
    name = escape(title)
    if counts["error"]:
        end = f"[red]{name} cannot be used as it is: {plural(counts['error'], 'error')}"
        end += f", {plural(counts['warning'], 'warning')}" if counts["warning"] else ""
        console.print(f"{end}.[/red]", highlight=False)
    elif counts["warning"]:
        console.print(f"[yellow]{name} can be used; {plural(counts['warning'], 'warning')}.[/yellow]", highlight=False)
    else:
        console.print(f"[green]{name} is in order.[/green]", highlight=False)


def draw_problem(problem: Problem) -> Table:
    """What is wrong, and below it what to do."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    file = Path(problem.file).name
    where = "" if not file or problem.what.startswith(file) else f"{file}: "
    table.add_row(MARKS[problem.severity], escape(where + problem.what))
    if problem.change:
        table.add_row("", f"[bold]{escape(problem.change)}[/bold]")
    return table


def draw(plan: Plan, curve: Curve, width: int) -> Table:
    """What the project asks, of whom it takes it, and what it costs."""
    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(max_width=max(40, width - 18))
    for name, text in rows(plan, curve):
        table.add_row(name, escape(text))
    return table


def rows(plan: Plan, curve: Curve) -> Iterator[tuple[str, str]]:
    """The lines of the summary."""
    project, terms = plan.project, plan.project.terms
    source, budget, estimate = project.configuration.source, project.configuration.budget, plan.estimate(EXAMPLE)
    yield "Question", f"{project.project['public_name']} ({project.label}: {project.kind.describe()})"
    yield "Each commit to", f"{source.repo}@{source.branch} is a batch: {source.glob} with {columns_of(project)}"
    yield "Golden tasks", balance(plan.golden, project.kind)
    if project.training is not None:
        yield "Training tasks", balance(plan.training, project.kind)
    yield "Items here", "none, they are made up" if plan.source == MADE_UP else f"{plan.whole} in {plan.source}"
    if plan.predictions is not None:
        yield "Predictions", plan.predictions.text
    mixer, least = terms.mixer_config, terms.defaults.default_overlap_for_new_tasks
    overlap = str(least) if least == project.most_answers else f"{least} to {project.most_answers}"
    yield (
        "A suite",
        f"{plural(mixer.real_tasks_count, 'item')} and {plural(mixer.golden_tasks_count, 'golden task')} for "
        f"{terms.reward_per_assignment}, each item answered by {overlap}",
    )
    yield (
        f"{EXAMPLE} items cost",
        f"{cents(estimate.minimum)} at least, {cents(estimate.maximum)} at most, with the fee ({budget.fee:.0%}): "
        f"{cents(estimate.maximum / EXAMPLE, 4)} a label",
    )
    yield "Labels right", "\n".join(lines(curve, plan.project, EXAMPLE))
    yield (
        "Caps",
        f"{budget.per_batch} a batch ({plural(plan.most_items(budget.per_batch), 'item')}), "
        f"{budget.per_project} in all ({plural(plan.most_items(budget.per_project), 'item')})",
    )


def columns_of(project: Project) -> str:
    """The input fields, and by which other names files have them."""
    others = {name: project.written.names_of(name) for name in project.inputs}
    return ", ".join(f"{' or '.join(found)} ({name})" if found else name for name, found in others.items())


def balance(tasks: Sequence[KnownTask], kind: Kind) -> str:
    """How many there are of each answer."""
    counts = kind.count(kind.cell(task.answer[kind.field]) for task in tasks)
    each = ", ".join(f"{count} {answer}" for answer, count in counts.most_common(6))
    return f"{len(tasks)}: {each}{', ...' if len(counts) > 6 else ''}" if tasks else "none"


def to_json(path: Path, problems: Sequence[Problem], plan: Plan | None, curve: Curve = UNKNOWN) -> dict[str, Any]:
    """The same for programs: docs/commands.md tells the form."""
    by_severity = {
        severity: [
            {name: value for name, value in asdict(problem).items() if name != "severity"}
            for problem in problems
            if problem.severity == severity
        ]
        for severity in ("error", "warning")
    }
    told: dict[str, Any] = {
        "path": str(path),
        "project": plan.project.name if plan else None,
        "ok": not by_severity["error"],
        "errors": by_severity["error"],
        "warnings": by_severity["warning"],
        "summary": None,
    }
    if plan is not None:
        estimate, budget = plan.estimate(EXAMPLE), plan.project.configuration.budget
        told["summary"] = {
            "inputs": list(plan.project.inputs),
            "label": plan.project.label,
            "golden_tasks": len(plan.golden),
            "training_tasks": len(plan.training),
            "items": {"source": plan.source, "count": plan.whole},
            **({"predictions": plan.predictions.to_json()} if plan.predictions else {}),
            "estimate": asdict(estimate),
            "forecast": {**asdict(curve), "text": list(lines(curve, plan.project, EXAMPLE))},
            "caps": {
                name: {"amount": cap, "items": plan.most_items(cap)}
                for name, cap in (("per_batch", budget.per_batch), ("per_project", budget.per_project))
            },
        }
    return told
