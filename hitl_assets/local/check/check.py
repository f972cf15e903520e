"""`hitl check`: everything that can be said of a project's folder before anybody works, and what it would cost."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.known_tasks import sift_tasks_of
from hitl_assets.labeling.money.budget_curve import UNKNOWN, Curve
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.local.check.dry_run import of_toloka
from hitl_assets.local.check.findings import (
    of_caps,
    of_dagster,
    of_form,
    of_instructions,
    of_interface,
    of_known_tasks,
    of_open_answers,
    of_place,
    of_placeholders,
    of_rounds,
)
from hitl_assets.local.check.media import of_media
from hitl_assets.local.check.model import of_model
from hitl_assets.local.check.permissions import of_permissions
from hitl_assets.local.check.pictures import of_pictures
from hitl_assets.local.check.problems import Problem, from_findings, from_mistake
from hitl_assets.local.check.screen import show, to_json
from hitl_assets.local.rehearsal.plan import Plan, plan_items
from hitl_assets.local.rehearsal.plan_findings import of_budget, of_golden_tasks, of_items, of_suites, of_training
from hitl_assets.resources import services_here
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.steps.forecast import earlier_curve

# How many items the dry run publishes, and how many are made up where a project has none.
SAMPLE = 100


@dataclass(frozen=True)
class Checked:
    """A project's defs.yaml, what is wrong with it, and if its files can be used the plan of its items."""

    path: Path
    problems: tuple[Problem, ...]
    plan: Plan | None = None

    @property
    def is_good(self) -> bool:
        """Whether it can be used."""
        return all(problem.severity == "warning" for problem in self.problems)


def check_project(path: Path, items: Path | None = None) -> Checked:
    """Look at everything; errors come first. `items` is a file of items; the project's own if not given."""
    try:
        project = load_project(path)
    except ConfigurationError as error:
        return Checked(path, tuple(map(from_mistake, error.mistakes)))
    problems = [*of_form(project), *of_place(project), *of_dagster(project)]
    problems += [*of_open_answers(project), *of_rounds(project), *of_model(project), *of_permissions(project)]
    problems += [*of_pictures(project), *of_media(project)]
    plan = None
    if project.traits.is_paid:
        plan, wrong = check_purchase(project, items, problems)
        problems += wrong
    return Checked(path, tuple(sorted(problems, key=lambda problem: problem.severity)), plan)


def check_purchase(
    project: Project, items: Path | None, before: Sequence[Problem]
) -> tuple[Plan | None, list[Problem]]:
    """The plan of what is asked and paid, and what is wrong with that; tried out if nothing else is (`before`)."""
    problems = [*of_instructions(project), *of_placeholders(project), *of_interface(project)]
    known: dict[str, tuple[KnownTask, ...]] = {"golden_tasks": (), "training_tasks": ()}
    for name in known:
        known[name], wrong = read_known(project, name)
        problems += wrong
    plan = None
    try:
        plan = plan_items(project, known["golden_tasks"], known["training_tasks"], items, None, SAMPLE, seed=7)
    except UnreadableFileError as error:
        problems.append(Problem("error", "items", str(error)))
    if plan is not None:
        problems += of_plan(plan)
        if all(problem.severity == "warning" for problem in [*before, *problems]):
            problems += of_toloka(plan)
    return plan, problems


def read_known(project: Project, name: str) -> tuple[tuple[KnownTask, ...], list[Problem]]:
    """The golden (or training) tasks that can be used, and what is wrong with the others."""
    file = getattr(project.configuration, name)
    if file is None:
        return (), []
    tasks, wrong = sift_tasks_of(project, file)
    return tasks, [Problem("error", name, text, "", str(project.folder / file)) for text in wrong]


def of_plan(plan: Plan) -> Iterator[Problem]:
    """What golden tasks, training, suites and caps say together."""
    yield from of_caps(plan)
    yield from of_known_tasks(plan)
    found = [*of_budget(plan), *of_golden_tasks(plan), *of_training(plan), *of_suites(plan), *of_items(plan)]
    yield from from_findings(found)


def find_curve(project: Project) -> Curve:
    """What accuracy the project's earlier batches have bought, if the environment names a Pachyderm that has them."""
    _, pachyderm = services_here()
    if pachyderm.unset:
        return UNKNOWN
    try:
        return earlier_curve(pachyderm.client(), project)
    except (ServiceError, TransientServiceError):
        return UNKNOWN  # What is wrong with a server is for `hitl status`; a check of files needs none.


def run_check(path: Path, items: Path | None, as_json: bool) -> bool:
    """Check and print; whether the project can be used."""
    checked = check_project(path, items)
    curve = find_curve(checked.plan.project) if checked.plan else UNKNOWN
    console = Console()
    if as_json:
        told = to_json(checked.path, checked.problems, checked.plan, curve)
        console.print_json(json.dumps(told, default=float), ensure_ascii=True)
    else:
        show(console, checked.path, checked.problems, checked.plan, curve)
    return checked.is_good
