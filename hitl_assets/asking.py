"""Asking again: items whose label is not sure enough get one more answer, in the same pool. No Dagster."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hitl_assets.funds import count_exposure, funds_beside
from hitl_assets.labeling.answers import COUNTED, count_statuses
from hitl_assets.labeling.budget import Account, OverBudgetError, check_budget
from hitl_assets.labeling.endings import advise, is_whole
from hitl_assets.labeling.pools import estimate_pool, estimate_rest, project_mark
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import Estimate, Label, PoolState, Task
from hitl_assets.labeling.rounds import rejected_by_item, round_of, unsure_items
from hitl_assets.publishing import open_pool
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_tasks import TaskState, crowd_task


@dataclass(frozen=True)
class Unsure:
    """The items (by key) whose label is not sure enough, how many answers to each item were rejected, and how many
    suites these labels stand on."""

    items: Collection[str]
    rejected: Mapping[str, int]
    suites: int


@dataclass(frozen=True)
class Asked:
    """What came of the question whether to ask again.

    `items` are being asked about, `unsure` of the pool's have no label that is sure enough. `round` is the batch's,
    which will have `answers` answers, of which `missing` are still to be given; `spent` is what it has cost so far.
    `refused` says why nobody is asked although somebody should be, and what to do.
    """

    pool: PoolState
    items: int
    unsure: int
    round: int
    answers: int
    missing: int
    spent: Decimal
    refused: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nobody is at work, and nobody is asked."""
        return self.items == 0 and self.pool.has_ended


def find_unsure(
    project: Project, tasks: Sequence[Task], labels: Sequence[Label], assignments: Sequence[Mapping[str, Any]]
) -> Unsure:
    """Which of a batch's items would need one more answer, whether or not they may have it."""
    overlap = project.configuration.overlap
    items = unsure_items(labels, (task.item_key for task in tasks), overlap.confidence) if overlap else frozenset()
    statuses = count_statuses(assignments)
    return Unsure(items, rejected_by_item(assignments), sum(statuses.get(each, 0) for each in COUNTED))


def find_instead(tasks: Iterable[Task], decided: Iterable[Label]) -> list[Task]:
    """The tasks about which people are to be asked instead of a model that failed its audit."""
    held_back = {label.item_key for label in decided if label.held_back}
    return [task for task in tasks if task.item_key in held_back]


def ask(
    toloka: Toloka,
    project: Project,
    pool_id: str,
    unsure: Unsure,
    accounts: Mapping[str, Account],
    instead: Sequence[Task] = (),
) -> Asked:
    """Ask again where it is needed, inside the caps: raise the overlap of these tasks by one, and open the pool.

    `instead` are tasks that go to people after all: they come into the same pool, which may cost more then.

    The order makes it safe to be killed anywhere: a task that still waits for its answer is not raised again, and a
    pool that is open already is left to the people who are at work. A pool that ended early stays closed: going on is
    a person's decision then.

    Raises:
        TransientServiceError: the labels don't stand on all answers that there are.
    """
    pool = toloka.get_pool(pool_id)
    now = toloka.real_tasks(pool_id)
    new = new_tasks(instead, now, project)
    then = [*with_more(now, unsure, project), *new]
    suites, spent = count_exposure(toloka, project, pool_id)
    standing = summarize(pool, now, unsure, project, spent)
    if not pool.has_ended:
        return standing
    wanted = {*unsure.items, *(task.item_key for task in instead)}
    if not any(task.left for task in then if task.item_key in wanted):
        return replace(standing, items=0)
    if suites != unsure.suites:
        raise TransientServiceError(
            f"Pool {pool.id} has other answers than those that were collected. Materialize raw_answers of this batch, "
            "then what follows. Nobody was asked again."
        )
    planned = max(pool.maximum, estimate_pool(len(then), project, pool.terms).maximum)
    rest = estimate_rest({task.item_key: task.left for task in then}, project, pool.terms)
    refused = refuse(toloka, project, replace(pool, maximum=planned), rest, spent, accounts)
    if refused:
        return replace(standing, items=0, refused=refused)
    if planned > pool.maximum:  # There are more tasks, or somebody raised overlap.max.
        toloka.allow(pool, planned)
    toloka.add([crowd_task(task, pool_id) for task in instead], pool_id)
    raised = {after.id: after.overlap for before, after in zip(now, then, strict=False) if before != after}
    toloka.raise_overlaps(pool_id, raised)
    opened = open_pool(toloka, project, pool, accounts, spent + rest.maximum)
    return summarize(opened, then, unsure, project, spent)


def new_tasks(instead: Iterable[Task], now: Iterable[TaskState], project: Project) -> list[TaskState]:
    """Those tasks that the pool does not hold yet, as they will be in it."""
    held = {task.item_key for task in now}
    start = project.terms.defaults.default_overlap_for_new_tasks
    return [TaskState("", task.item_key, start, start) for task in instead if task.item_key not in held]


def with_more(tasks: Sequence[TaskState], unsure: Unsure, project: Project) -> list[TaskState]:
    """The tasks as they are when one more answer was asked for wherever that is needed and allowed."""
    overlap = project.configuration.overlap
    most = overlap.max if overlap else 0
    return [
        replace(task, overlap=task.overlap + 1, left=1)
        if task.item_key in unsure.items and not task.left and asked_for(task, unsure) < most
        else task
        for task in tasks
    ]


def asked_for(task: TaskState, unsure: Unsure) -> int:
    """How many answers are planned for a task that are paid: what was rejected is asked for again."""
    return task.overlap - unsure.rejected.get(task.item_key, 0)


def summarize(pool: PoolState, tasks: Sequence[TaskState], unsure: Unsure, project: Project, spent: Decimal) -> Asked:
    """Where the batch stands with these tasks."""
    start = project.terms.defaults.default_overlap_for_new_tasks
    planned = [asked_for(task, unsure) for task in tasks]
    rounds = [round_of(answers, start) for answers in planned]
    return Asked(
        pool,
        items=sum(task.left > 0 for task in tasks),
        unsure=sum(task.item_key in unsure.items for task in tasks),
        round=max(rounds, default=1),
        answers=sum(planned),
        missing=sum(task.left for task in tasks),
        spent=spent,
    )


def refuse(
    toloka: Toloka,
    project: Project,
    pool: PoolState,
    rest: Estimate,
    spent: Decimal,
    accounts: Mapping[str, Account],
) -> str:
    """Why the pool may not be opened for what is to be asked, and what to do; empty if it may."""
    if not is_whole(pool.close_reason, project):
        return advise(pool.close_reason, project, pool.batch.split("/")[-1], pool.is_archived)
    if pool.is_archived:
        return (
            f"Toloka put pool {pool.id} away: nobody can be asked in it again. The labels are made from what is there."
        )
    # Whoever is asked about a few items gets a suite that isn't full, and costs as much.
    if spent + rest.maximum > pool.maximum:
        return (
            f"Another round can cost {rest.maximum}, {spent} is spent, and the plan of pool {pool.id} was "
            f"{pool.maximum} at most. The labels are made from the answers that are there. To go on, raise "
            "overlap.max, then materialize pools of this batch."
        )
    try:
        check_rest(toloka, project, pool, rest, spent, accounts)
    except OverBudgetError as error:
        return str(error)
    return ""


def check_rest(
    toloka: Toloka,
    project: Project,
    pool: PoolState,
    rest: Estimate,
    spent: Decimal,
    accounts: Mapping[str, Account],
) -> None:
    """Refuse to ask again beyond a cap.

    Raises:
        OverBudgetError: with the numbers.
    """
    every = toloka.pools_of(toloka.find_projects(project_mark(project)))
    funds = funds_beside(toloka, every, pool, project, accounts)
    check_budget(rest, project.configuration.budget, funds, spent=spent)
