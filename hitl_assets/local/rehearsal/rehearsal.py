"""`hitl rehearse`: a project's real configuration with a sample of its items, before any money is spent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.rehearsal.findings import find_problems
from hitl_assets.local.rehearsal.plan import Plan, find_project, plan_rehearsal
from hitl_assets.local.rehearsal.running import run_rehearsal
from hitl_assets.local.rehearsal.runs import Finding, Run
from hitl_assets.local.rehearsal.screen import show, to_json

PRESETS = ("good", "mixed", "hostile")


@dataclass(frozen=True)
class Rehearsal:
    """What was rehearsed, how it went with each crowd, and what to change."""

    plan: Plan
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]


def rehearse(plan: Plan, crowds: Sequence[str], seed: int) -> Rehearsal:
    """Rehearse with one crowd after the other."""
    runs = tuple(run_rehearsal(plan, crowd, seed) for crowd in crowds)
    return Rehearsal(plan, runs, find_problems(plan, runs))


def run_command(
    project: str,
    folders: Sequence[Path],
    items: Path | None,
    answer_key: Path | None,
    crowds: Sequence[str],
    sample: int,
    seed: int,
    as_json: bool,
) -> None:
    """Rehearse the project of that name or folder, and print what came of it."""
    plan = plan_rehearsal(find_project(project, folders), items, answer_key, sample, seed)
    console = Console()
    with Console(stderr=True).status(f"Rehearsing {plural(len(plan.items), 'item')} ..."):
        done = rehearse(plan, crowds or PRESETS, seed)
    if as_json:
        console.print_json(json.dumps(to_json(plan, done.runs, done.findings), default=float))
    else:
        show(console, plan, done.runs, done.findings)
