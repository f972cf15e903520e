"""`hitl status --json`: a stable form for programs, described in docs/commands.md."""

from dataclasses import asdict
from typing import Any

from hitl_assets.local.status.decisions import find_decisions
from hitl_assets.local.status.services import Service
from hitl_assets.local.status.standing import Standing
from hitl_assets.local.status.status import Money, ProjectStatus, Status


def to_json(status: Status, option: str = "") -> dict[str, Any]:
    """Everything; money and shares are numbers, times are seconds since the epoch, what is not known is null."""
    return {
        "now": status.now,
        "dagster": {"home": status.instance, "daemon_runs": status.daemon_runs, "daemon_seen": status.daemon_seen},
        "toloka": {**describe(status.services.toloka), "balance": status.balance},
        "pachyderm": describe(status.services.pachyderm),
        "projects_folder": str(next(iter(status.folders), "")),
        "projects_folders": [str(folder) for folder in status.folders],
        "projects": [write_project(project) for project in status.projects],
        "waits_for_you": [
            asdict(decision) for project in status.projects for decision in find_decisions(project, option)
        ],
    }


def describe(service: Service) -> dict[str, Any]:
    """A service: where it is, and whether it answers."""
    return {"address": service.address or None, "answers": not service.problem, "problem": service.problem or None}


def write_project(project: ProjectStatus) -> dict[str, Any]:
    """A project with its batches."""
    return {
        "name": project.name,
        "problem": project.problem or None,
        "notes": list(project.notes),
        "dataset": dict(project.dataset) if project.dataset else None,
        "money": write_money(project.money) if project.money else None,
        "batches_total": project.batches_total,
        "batches": [write_batch(batch) for batch in project.batches],
    }


def write_money(money: Money) -> dict[str, Any]:
    """Amounts without what binary makes of their sums."""
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(money).items()}


def write_batch(batch: Standing) -> dict[str, Any]:
    """A batch; empty texts are null."""
    written = {**asdict(batch), "completed": batch.completed, "price_of_a_label": batch.price_of_a_label}
    return {name: None if value == "" else value for name, value in written.items()}
