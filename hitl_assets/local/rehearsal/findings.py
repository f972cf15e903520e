"""Everything that a rehearsal found that somebody should change before money is spent. Nothing runs here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hitl_assets.local.check.findings import of_placeholders
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.plan_findings import of_budget, of_golden_tasks, of_items, of_suites, of_training
from hitl_assets.local.rehearsal.run_findings import (
    of_bans,
    of_endings,
    of_exhaustion,
    of_interfaces,
    of_obstacles,
    of_prices,
    of_results,
)
from hitl_assets.local.rehearsal.runs import Finding, Run


def find_problems(plan: Plan, runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Everything that is worth a word; what would stop the project comes first."""
    left = [Finding(each.kind, each.what, each.change) for each in of_placeholders(plan.project)]
    stops = [*left, *of_budget(plan), *of_interfaces(runs), *of_prices(plan, runs), *of_endings(plan, runs)]
    stops += [*of_bans(runs), *of_obstacles(plan, runs)]
    control = [*of_exhaustion(plan, runs), *of_golden_tasks(plan), *of_training(plan)]
    return tuple(merge([*stops, *control, *of_results(plan, runs), *of_suites(plan), *of_items(plan)]))


def merge(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Each finding once: what came to light with several crowds is told as the first of them showed it."""
    by_kind: dict[str, list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault(finding.kind, []).append(finding)
    for same in by_kind.values():
        yield replace(same[0], crowds=tuple(crowd for finding in same for crowd in finding.crowds))
