"""Publishing as tests do it: a batch of so many headlines, its pools, and a project with other caps."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.items.known_tasks import read_known_tasks
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, PoolState, Task, item_key
from hitl_assets.services.labeling import Batch, Published
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import ensure_training, publish

NOW = datetime.now(timezone.utc)
# Of a suite: 0.03 and 30 %.
PRICE = Decimal("0.039")


def known(project: Project, file: str) -> tuple[KnownTask, ...]:
    """The known tasks in a file of the project's folder."""
    return read_known_tasks(project.read(file), file, project.inputs, project.kind)


def tasks(count: int) -> list[Task]:
    """So many real tasks."""
    values = [{"headline": f"headline {number}"} for number in range(count)]
    return [Task(item_key(each), each) for each in values]


def set_up(toloka: Toloka, project: Project) -> Project:
    """Make the project and its training."""
    toloka.ensure_project(project.project, project_mark(project))
    ensure_training(toloka, project, known(project, "training_tasks.csv"))
    return project


def put(toloka: Toloka, project: Project, batch: str = "commit1", count: int = 8, **how: Any) -> Published:
    """Publish a batch of so many tasks."""
    return publish(toloka, project, Batch(batch, tasks(count), known(project, "golden_tasks.csv")), NOW, **how)


def pools(toloka: Toloka, project: Project) -> list[PoolState]:
    """All pools of the project."""
    return toloka.find_pools(toloka.find_project(project_mark(project)))


def rename(project: Project, name: str) -> Project:
    """The project under another name."""
    return replace(project, configuration=project.configuration.model_copy(update={"name": name}))


def capped(project: Project, **caps: Any) -> Project:
    """The project with other caps."""
    budget = project.configuration.budget.model_copy(update=caps)
    return replace(project, configuration=project.configuration.model_copy(update={"budget": budget}))
