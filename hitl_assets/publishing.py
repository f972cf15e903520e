"""Looking before spending: how a batch becomes a pool in Toloka, once. No Dagster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.answers import count_statuses
from hitl_assets.labeling.budget import Funds, check_budget
from hitl_assets.labeling.pools import (
    compose_pool,
    estimate_pool,
    pool_mark,
    project_mark,
    training_mark,
)
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import Estimate, KnownTask, PoolState, Task
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.toloka import Toloka, only
from hitl_assets.services.toloka_tasks import crowd_task, golden_task, training_task


@dataclass(frozen=True)
class Published:
    """A batch's pool as it is after publishing: the pool, what it may cost, whether this run opened it."""

    pool: PoolState
    estimate: Estimate
    funds: Funds
    opened: bool
    new_tasks: int


def ensure_training(toloka: Toloka, project: Project, tasks: Sequence[KnownTask]) -> tuple[str, str, str]:
    """The project's open training: its id, what was done, and where it is."""
    if project.training is None:
        raise ServiceError(f"{project.name} has no training in its configuration.")
    project_id = toloka.find_project(project_mark(project))
    id_, done = toloka.ensure_training(
        project.training,
        training_mark(project),
        project_id,
        lambda pool_id: [training_task(task, pool_id) for task in tasks],
    )
    return id_, done, toloka.link(project_id, "training", id_)


def publish(
    toloka: Toloka, project: Project, batch: str, tasks: Sequence[Task], golden: Sequence[KnownTask], now: datetime
) -> Published:
    """The batch's pool: found, or created, filled, compared with the plan, and only then opened.

    Raises:
        OverBudgetError: before anything is created.
        ServiceError: what is there doesn't fit the plan.
    """
    estimate = estimate_pool(len(tasks), project)
    mark = pool_mark(project, batch, estimate.maximum)
    project_id = toloka.find_project(project_mark(project))
    every = toloka.find_pools(project_id)
    ours = [pool for pool in every if pool.batch == mark.name]
    pool = only(ours, f"pools for {mark.name}")
    if pool is not None and pool.key != mark.key:
        raise ServiceError(
            f"Batch {batch} has pool {pool.id} already, made with another configuration of the project. To keep its "
            "answers, put the configuration back; to ask anew, archive the pool in Toloka. Nothing was created."
        )
    funds = funds_beside(toloka, every, mark.name)
    if pool is None or not pool.was_started:
        check_budget(estimate, project.configuration.budget, funds)
    if pool is None:
        pool = toloka.create_pool(
            compose_pool(project, mark, project_id, training_id(toloka, project, project_id), now)
        )
    if pool.was_started:  # Opening again is a person's decision: a closed pool may have closed for a reason.
        return Published(pool, estimate, funds, opened=False, new_tasks=0)
    known = [golden_task(task, pool.id) for task in golden]
    new = toloka.upload([*(crowd_task(task, pool.id) for task in tasks), *known], pool.id)
    training = training_id(toloka, project, project_id)
    if training is not None:
        # It closed with the last batch that was done, and newcomers to this one would find it closed.
        toloka.open_training(training)
    return Published(toloka.open_pool(pool.id), estimate, funds, opened=True, new_tasks=new)


def training_id(toloka: Toloka, project: Project, project_id: str) -> str | None:
    """The id of the project's training, or None when it has none."""
    if project.training is None:
        return None
    training = toloka.find_training(project_id, training_mark(project))
    if training is None:
        raise ServiceError(f"{project.name} has no training in Toloka yet. Materialize toloka_training first.")
    return str(training.id)


def funds_beside(toloka: Toloka, pools: Sequence[PoolState], name: str) -> Funds:
    """The balance, and what the project's other pools have taken or may take."""
    others = [pool for pool in pools if pool.batch != name]
    return Funds(
        balance=toloka.balance(),
        committed=sum((pool.maximum for pool in others if pool.was_started), Decimal(0)),
        reserved=sum((pool.maximum for pool in others if pool.is_open), Decimal(0)),
    )


def collect(toloka: Toloka, pool_id: str) -> tuple[PoolState, tuple[dict[str, Any], ...]]:
    """Every assignment of a pool that is over.

    Raises:
        ServiceError: the pool is still open.
        TransientServiceError: it is closed, but somebody still works on it.
    """
    pool = toloka.get_pool(pool_id)
    if pool.is_open or pool.close_reason == "FOR_UPDATE":
        raise ServiceError(f"Pool {pool_id} is open: people are at work. The pools sensor collects when it is done.")
    assignments = tuple(toloka.assignments(pool_id))
    waiting = count_statuses(assignments)
    unfinished = waiting.get("ACTIVE", 0) + waiting.get("SUBMITTED", 0)
    if unfinished:
        raise TransientServiceError(f"Pool {pool_id} is closed, but {unfinished} assignments are not finished yet.")
    return pool, assignments
