"""What a rehearsal prints: the plan, how it went with each crowd, what to change; or all of it as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.money.budget_curve import Point
from hitl_assets.labeling.money.curve_words import TARGETS
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.durations import duration
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.run_findings import expected_price, extrapolate
from hitl_assets.local.rehearsal.runs import Finding, Run


def show(console: Console, plan: Plan, runs: Sequence[Run], findings: Sequence[Finding]) -> None:
    """Print everything."""
    name, sample = escape(plan.project.name), len(plan.items)
    console.print(
        f"[bold]{name}[/bold]: {sample} of {plan.whole} items ({escape(plan.source)}), on an emulator of Toloka with "
        "simulated people. Nothing was spent.\n",
        highlight=False,
    )
    console.print(draw_plan(plan))
    console.print()
    console.print(draw_runs(plan, runs))
    console.print(
        "\n[dim]Simulated people know the right answers to a degree; real ones differ. Times are theirs, not the "
        "machine's." + ("" if sample == plan.whole else " The whole is extrapolated from the sample.") + "[/dim]\n"
    )
    if not findings:
        console.print("[green]Nothing to change.[/green]")
    for number, finding in enumerate(findings, start=1):
        table = Table.grid(padding=(0, 1))
        crowds = f" (With the crowd {', '.join(finding.crowds)}.)" if finding.crowds else ""
        table.add_row(f"[yellow]{number}.[/yellow]", escape(finding.what + crowds))
        table.add_row("", f"[bold]{escape(finding.change)}[/bold]")
        console.print(table, highlight=False)


def draw_plan(plan: Plan) -> Table:
    """What is known without people, for the sample and for the whole."""
    terms, budget = plan.project.terms, plan.project.configuration.budget
    table = Table("Before anybody works", show_edge=False, pad_edge=False)
    counts = [len(plan.items), *([plan.whole] if plan.whole != len(plan.items) else [])]
    for count in counts:
        table.add_column(plural(count, "item"), justify="right")
    estimates = [plan.estimate(count) for count in counts]
    fewest = [-(-each.answers // terms.mixer_config.real_tasks_count) for each in estimates]
    table.add_row("Suites", *(between(low, each.suites) for low, each in zip(fewest, estimates, strict=True)))
    table.add_row("Answers", *(str(each.answers) for each in estimates))
    table.add_row(
        f"Price with the fee ({budget.fee:.0%})",
        *(between(cents(e.minimum), cents(e.maximum)) for e in estimates),
    )
    table.add_row("Caps, per batch and per project", f"{budget.per_batch}, {budget.per_project}")
    each = plan.suites_a_worker
    table.add_row("Golden tasks", str(len(plan.golden)))
    table.add_row("A worker has seen them all after", "never" if each is None else plural(each, "suite"))
    table.add_row("Workers needed at least, for all items", str(plan.workers_needed))
    return table


def draw_runs(plan: Plan, runs: Sequence[Run]) -> Table:
    """How it went, a column for each crowd."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("With the crowd", overflow="fold")
    for run in runs:
        table.add_column(escape(run.crowd.rsplit("/", 1)[-1]), justify="right", overflow="fold")
    for name, values in rows(plan, runs):
        text = name.lstrip()
        table.add_row(Padding(escape(text), (0, 0, 0, len(name) - len(text))), *values)
    return table


def rows(plan: Plan, runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """The lines of the comparison."""
    lines = [
        ("The pool closed", [run.ending for run in runs]),
        ("Suites paid", [str(run.suites) for run in runs]),
        ("Price", [cents(run.spent) for run in runs]),
        ("Price of a label", ["" if r.price_of_a_label is None else cents(r.price_of_a_label, 4) for r in runs]),
        ("Time", [duration(run.seconds) for run in runs]),
    ]
    if plan.whole != len(plan.items):
        lines += [
            (f"Price of {plural(plan.whole, 'item')}, about", [cents(expected_price(plan, run)) for run in runs]),
            (
                f"Time for {plural(plan.whole, 'item')}, about",
                [duration(extrapolate(plan, run.seconds)) for run in runs],
            ),
        ]
    lines += [
        ("Kept out by the filter", [share(1 - run.people.admitted, 1) for run in runs]),
        ("Did not pass the training", [share(run.people.untrained, run.people.trainees) for run in runs]),
        ("Workers in the pool", [str(run.people.workers) for run in runs]),
        ("  saw all golden tasks", [share(run.people.exhausted, run.people.workers) for run in runs]),
        ("Banned", [share(run.people.banned, run.people.workers) for run in runs]),
        ("  of the careful ones", [share(run.people.banned_careful, run.people.careful) for run in runs]),
    ]
    for rule in sorted({rule for run in runs for rule in run.people.bans}):
        lines.append((f"  by {rule}", [str(run.people.bans.get(rule, 0)) for run in runs]))
    lines += [
        ("Golden answers right", [share(run.quality.golden_right, run.quality.golden_answers) for run in runs]),
        ("Agreement on a label", [share(run.quality.agreement, run.quality.labels and 1) for run in runs]),
        ("Items without a label", [str(run.quality.unlabeled) for run in runs]),
        (
            "Labels right",
            [share(run.quality.right, run.quality.known) if plan.truth else "no key" for run in runs],
        ),
        *curve_rows(plan, runs),
        ("Pay an hour", ["" if run.pay_an_hour is None else cents(run.pay_an_hour) for run in runs]),
    ]
    return lines


def curve_rows(plan: Plan, runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """What share of the simulated people's labels is right on how many answers, and what a target costs with them."""
    counts = range(1, max((point.most for run in runs for point in run.curve.points), default=0) + 1)
    if not counts:
        return [("Right by answers an item", ["not known" for _ in runs])]
    told = [{p.most: f"{p.right:.0%} ({p.low:.0%}-{p.high:.0%})" for p in run.curve.points} for run in runs]
    prices = {goal: [price_of(run.curve.reach(goal), plan.whole) for run in runs] for goal in TARGETS}
    return [
        ("Right, by answers an item", ["" for _ in runs]),
        *((f"  {count}", [each.get(count, "-") for each in told]) for count in counts),
        (f"Price of {plural(plan.whole, 'item')}, of which are", ["" for _ in runs]),
        *((f"  {goal:.0%} right", told_prices) for goal, told_prices in prices.items()),
    ]


def price_of(point: Point | None, items: int) -> str:
    """What a point of the curve costs for so many items."""
    return cents(point.price(items)) if point else "not reached"


def to_json(plan: Plan, runs: Sequence[Run], findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for programs. Money and shares are numbers, times are seconds."""
    budget, estimates = plan.project.configuration.budget, {}
    for name, count in (("sample", len(plan.items)), ("whole", plan.whole)):
        estimates[name] = {"items": count, **asdict(plan.estimate(count))}
    return {
        "project": plan.project.name,
        "source": plan.source,
        "estimates": estimates,
        "caps": {"per_batch": budget.per_batch, "per_project": budget.per_project},
        "golden_tasks": len(plan.golden),
        "suites_a_worker": plan.suites_a_worker,
        "workers_needed": plan.workers_needed,
        "runs": [
            {
                **asdict(run),
                "price_of_a_label": run.price_of_a_label,
                "pay_an_hour": run.pay_an_hour,
                "extrapolated_price": expected_price(plan, run),
                "extrapolated_seconds": extrapolate(plan, run.seconds),
            }
            for run in runs
        ],
        "findings": [asdict(finding) for finding in findings],
    }


def share(part: float, whole: float) -> str:
    """A share in per cent; nothing of nothing."""
    return f"{part / whole:.0%}" if whole else "-"


def between(low: Any, high: Any) -> str:
    """A range, or the one number."""
    return str(low) if low == high else f"{low} to {high}"
