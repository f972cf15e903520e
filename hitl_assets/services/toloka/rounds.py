"""Asking again: items whose label is not sure enough get more answers, in the same pool."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.pools import estimate_pool, estimate_rest
from hitl_assets.labeling.pools.round_plans import Need, in_order, levels_of, plan_round, round_of
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Estimate, PoolState, Task
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.labeling import Asked
from hitl_assets.services.money.funds import count_exposure
from hitl_assets.services.money.limits import Limit, find_limit, why_closed
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import open_pool
from hitl_assets.services.toloka.tasks import TaskState, crowd_task


def ask(
    toloka: Toloka,
    project: Project,
    pool_id: str,
    unsure: Unsure,
    accounts: Mapping[str, Account],
    instead: Sequence[Task] = (),
) -> Asked:
    """Ask again where it is needed, inside the caps: raise the overlap of these tasks, and open the pool.

    Where the caps have no room for all of them, those are asked about that gain most. `instead` are tasks that go to
    people after all: they come into the same pool, which may cost more then.

    The order makes it safe to be killed anywhere: a task that still waits for its answers is not raised again, and a
    pool that is open already is left to the people who are at work. How many answers a task is planned to have is told
    by the answers that it has, and not by what waits. A pool that ended early stays closed: going on is a person's
    decision then.

    Raises:
        TransientServiceError: the labels don't stand on all answers that there are.
    """
    pool = toloka.get_pool(pool_id)
    now = toloka.real_tasks(pool_id)
    new = new_tasks(instead, now, project)
    more = more_answers(now, unsure, project)
    suites, spent = count_exposure(toloka, project, pool_id)
    standing = summarize(pool, now, unsure, project, spent)
    if not pool.has_ended:
        return standing
    wanted = {*unsure.items, *(task.item_key for task in instead)}
    if not any(task.left for task in [*with_more(now, more), *new] if task.item_key in wanted):
        return replace(standing, items=0)
    if suites != unsure.suites:
        raise TransientServiceError(
            f"Pool {pool.id} has other answers than those that were collected. Materialize raw_answers of this batch, "
            "then what follows. Nobody was asked again."
        )
    refused = why_closed(pool, project)
    if refused:
        return replace(standing, items=0, refused=refused)
    planned = max(pool.maximum, estimate_pool(len(now) + len(new), project, pool.terms).maximum)
    limit = find_limit(toloka, project, pool, planned, spent, accounts)
    allowed, refused = allow_most(limit, pool, now, new, more)
    then = [*with_more(now, allowed), *new]
    rest = estimate_rest({task.item_key: task.left for task in then}, project, pool.terms)
    if not rest.answers or limit.refuse(rest):
        return replace(standing, items=0, refused=refused)
    if planned > pool.maximum:  # There are more tasks, or somebody raised overlap.max.
        toloka.allow(pool, planned)
    toloka.add([crowd_task(task, pool_id) for task in instead], pool_id)
    raised = {after.id: after.overlap for before, after in zip(now, then, strict=False) if before != after}
    toloka.raise_overlaps(pool_id, raised)
    opened = open_pool(toloka, project, pool, accounts, spent + rest.maximum)
    asked = summarize(opened, then, unsure, project, spent)
    return replace(asked, refused=refused, left_out=len(more) - len(allowed))


def allow_most(
    limit: Limit, pool: PoolState, now: Sequence[TaskState], new: Sequence[TaskState], more: Mapping[str, int]
) -> tuple[Mapping[str, int], str]:
    """How many more answers the caps allow to which items, taken in their order; and why not all of them."""

    def first(count: int) -> Mapping[str, int]:
        return dict(list(more.items())[:count])

    def rest_of(count: int) -> Estimate:
        then = [*with_more(now, first(count)), *new]
        return estimate_rest({task.item_key: task.left for task in then}, limit.project, pool.terms)

    return first(max(0, limit.most(len(more), rest_of))), limit.refuse(rest_of(len(more)))


def new_tasks(instead: Iterable[Task], now: Iterable[TaskState], project: Project) -> list[TaskState]:
    """Those tasks that the pool does not hold yet, as they will be in it."""
    held = {task.item_key for task in now}
    start = project.terms.defaults.default_overlap_for_new_tasks
    return [TaskState("", task.item_key, start, start) for task in instead if task.item_key not in held]


def more_answers(tasks: Sequence[TaskState], unsure: Unsure, project: Project) -> Mapping[str, int]:
    """How many more answers a round brings to which items, those first that gain most.

    It is planned as if no task had been raised yet; those that have are left out of the plan, not reckoned with anew.
    """
    overlap = project.configuration.overlap
    if overlap is None:
        return {}
    given = {task.item_key: asked_for(task, unsure) - task.left for task in tasks}
    needs = {key: unsure.need_of(key) for key in unsure.items if key in given}
    plan: dict[str, int] = {}
    for is_late in (False, True):
        group = {key: answers for key, answers in given.items() if (key in unsure.late) is is_late}
        wanted = {key: need for key, need in needs.items() if key in group}
        plan |= {**replace_rejected(group, wanted, unsure, overlap), **plan_round(group, wanted, overlap)}
    waiting = {task.item_key for task in tasks if task.left}
    ordered = in_order(plan, given, needs, unsure.worth)
    return {key: plan[key] for key in ordered if key not in waiting}


def replace_rejected(
    given: Mapping[str, int], needs: Mapping[str, Need], unsure: Unsure, overlap: Overlap
) -> Mapping[str, int]:
    """How many answers take the place of rejected ones that the rounds so far had meant to bring. That is no round of
    its own: what is rejected in the last one is asked for again, too, and cost nothing."""
    levels = levels_of(overlap)
    level = levels[round_of(max(given.values(), default=0), levels) - 1]
    short = {key: min(unsure.rejected.get(key, 0), level - given[key]) for key in needs}
    return {key: answers for key, answers in short.items() if answers > 0}


def with_more(tasks: Sequence[TaskState], more: Mapping[str, int]) -> list[TaskState]:
    """The tasks as they are when so many more answers were asked for."""
    return [
        replace(task, overlap=task.overlap + more[task.item_key], left=more[task.item_key])
        if task.item_key in more
        else task
        for task in tasks
    ]


def asked_for(task: TaskState, unsure: Unsure) -> int:
    """How many answers are planned for a task that are paid: what was rejected is asked for again."""
    return task.overlap - unsure.rejected.get(task.item_key, 0)


def summarize(pool: PoolState, tasks: Sequence[TaskState], unsure: Unsure, project: Project, spent: Decimal) -> Asked:
    """Where the batch stands with these tasks."""
    overlap = project.configuration.overlap
    planned = [asked_for(task, unsure) for task in tasks]
    before = [answers for task, answers in zip(tasks, planned, strict=True) if task.item_key not in unsure.late]
    most = max(before, default=0)
    return Asked(
        pool,
        items=sum(task.left > 0 for task in tasks),
        unsure=sum(task.item_key in unsure.items for task in tasks),
        round=round_of(most, levels_of(overlap)) if overlap else 1,
        answers=sum(planned),
        missing=sum(task.left for task in tasks),
        spent=spent,
    )
