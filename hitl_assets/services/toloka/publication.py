"""Looking before spending: how a batch becomes a pool in Toloka, once, and goes on when it ended early."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.items.known_tasks import as_sent
from hitl_assets.labeling.money.amounts import exact
from hitl_assets.labeling.money.budget import Account, OverBudgetError, cap_of, check_budget
from hitl_assets.labeling.pools.elections import describe_doubled, elect, find_doubled
from hitl_assets.labeling.pools.endings import COMMIT_AGAIN, cannot_open
from hitl_assets.labeling.pools.pools import (
    Mark,
    compose_pool,
    estimate_pool,
    estimate_rest,
    expiry,
    pool_mark,
    project_mark,
    training_mark,
)
from hitl_assets.labeling.pools.rounds import rejected_by_item
from hitl_assets.labeling.pools.watched import Stop
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, PoolState, RejectedRow
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.labeling import Batch, Prepared
from hitl_assets.services.money.funds import cost_of, costs_beside, funds_beside
from hitl_assets.services.money.payer import Priced
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.prerequisites import check_not_answered, check_other_name, check_project, training_id
from hitl_assets.services.toloka.tasks import (
    OtherTasksError,
    RefusedTasksError,
    TaskState,
    crowd_task,
    golden_task,
    training_task,
)

# How many rows an error names.
MOST_ROWS = 10


def ensure_project(toloka: Toloka, project: Project) -> Prepared:
    """What workers are asked: the project in Toloka."""
    mark = project_mark(project)
    id_, done = toloka.ensure_project(project.project, mark)
    return Prepared(id_, done, toloka.link(id_), mark.key)


def ensure_training(toloka: Toloka, project: Project, tasks: Sequence[KnownTask]) -> Prepared:
    """The project's open training."""
    if project.training is None:
        raise ServiceError(f"{project.name} has no training in its configuration.")
    project_id = toloka.find_project(project_mark(project))
    id_, done = toloka.ensure_training(
        project.training,
        training_mark(project),
        project_id,
        lambda pool_id: [training_task(as_sent(task, project.kind), pool_id) for task in tasks],
    )
    return Prepared(id_, done, toloka.link(project_id, "training", id_))


def publish(
    toloka: Toloka,
    project: Project,
    batch: Batch,
    now: datetime,
    accounts: Mapping[str, Account] | None = None,
    resume: bool = False,
    stop: Stop | None = None,
    opens: bool = True,
    known: str = "",
) -> Priced:
    """The batch's pool: found, or created, filled, compared with the plan, and only then opened.

    Args:
        toloka: the account.
        project: what to ask, at which price, inside which caps.
        batch: its tasks and the golden ones.
        now: for the pool's expiry.
        accounts: what pools that ended have cost, by batch.
        resume: open the pool again for what is missing, if it ended before everything was answered.
        stop: where the pool was closed at its cap: under a higher one it goes on.
        opens: otherwise a new pool is filled and stays closed.
        known: the id of the pool that the batch was published in before, if it was.

    Raises:
        OverBudgetError: before anything is created or opened.
        ServiceError: what is there doesn't fit the plan.
    """
    estimate = estimate_pool(len(batch.tasks), project)
    mark, accounts = pool_mark(project, batch.name, estimate.maximum), accounts or {}
    projects = toloka.find_projects(project_mark(project))
    every = toloka.pools_of(projects)
    pool = settle_pool(toloka, every, mark, known)
    if pool is None:
        project_id = toloka.active_of(projects, project_mark(project))
        check_not_answered(toloka, batch.name, accounts)
        check_other_name(mark, every)
    funds = funds_beside(toloka, every, pool, project, accounts)
    if pool is not None and pool.terms is not None:  # Somebody may have changed it before it was opened.
        estimate = estimate_pool(len(batch.tasks), project, pool.terms)
    if pool is None or not pool.was_started:
        check_budget(estimate, project.configuration.budget, funds)
        check_project(toloka, project, pool.project_id if pool else project_id)
    was_there = pool is not None
    if pool is None:
        pool = create_pool(toloka, project, mark, project_id, now, min(task.file for task in batch.tasks))
    cap = cap_of(project.configuration.budget, funds)
    found = Priced(pool, estimate=estimate, done="found", was_there=was_there, funds=funds, cap=cap)
    if pool.was_started:
        found = replace(found, rejected=missing_rows(toloka, project, batch, pool))
        goes_on = resume or (stop is not None and stop.is_over(pool, found.cap))
        return reopen(toloka, project, found, batch, accounts, now) if pool.has_ended and goes_on else found
    filled = replace(found, rejected=fill_or_put_away(toloka, project, batch, pool), done="filled")
    extend(toloka, project, pool, now)  # It may have been made long ago, and never opened.
    at_most = allow_changes(toloka, project, filled)
    if not opens:
        return filled
    return replace(filled, pool=open_pool(toloka, project, pool, accounts, at_most), done="opened")


def allow_changes(toloka: Toloka, project: Project, filled: Priced) -> Decimal:
    """What a pool that was never open may cost, with the price and the overlap that somebody may have given it and its
    tasks since it was made. It is noted on the pool: others reckon with that.

    Raises:
        OverBudgetError: that passes a cap.
    """
    pool, estimate = filled.pool, filled.estimate
    # A pool that was made just now is as planned.
    rest = estimate_rest(toloka.answers_left(pool.id), project, pool.terms) if filled.was_there else estimate
    at_most = max(estimate.maximum, rest.maximum)
    if at_most > estimate.maximum:
        check_budget(replace(rest, maximum=at_most), project.configuration.budget, filled.funds)
    if at_most > pool.maximum:
        toloka.allow(pool, at_most)
    return at_most


def create_pool(toloka: Toloka, project: Project, mark: Mark, project_id: str, now: datetime, file: str) -> PoolState:
    """The batch's pool after we created one: another run may have created one meanwhile, and the younger gives way."""
    training = training_id(toloka, project, project_id)
    created = toloka.create_pool(compose_pool(project, mark, project_id, training, now, file))
    others = [pool for pool in toloka.find_pools(project_id) if pool.id != created.id]
    if elect([*others, created], mark.name, mark.key).chosen == created:
        return created
    put_away(toloka, created)
    pool = settle_pool(toloka, others, mark)
    if pool is None:
        raise TransientServiceError(
            f"Pool {created.id} gave way to another one, and that one is gone. Nothing is open."
        )
    return pool


def settle_pool(toloka: Toloka, pools: Sequence[PoolState], mark: Mark, known: str = "") -> PoolState | None:
    """The pool of a batch, or None. Others that were never open cost nothing: they are put away.

    Raises:
        ServiceError: people were asked in two pools, or with another configuration.
        TransientServiceError: one that was to be put away was opened by somebody meanwhile.
    """
    election = elect(pools, mark.name, mark.key, known)
    if election.doubled:
        raise ServiceError(f"{describe_doubled(election.doubled)} Nothing was created.")
    for other in election.others:
        toloka.fence()
        put_away(toloka, other)
    pool = election.chosen
    if pool is None or pool.key == mark.key:
        return pool
    raise ServiceError(
        f"Batch {mark.name.split('/')[-1]} has pool {pool.id} already, made with another configuration of the project. "
        "To keep its answers, put the configuration back. To ask and pay anew, take our mark out of the pool's private "
        f"comment ({pool.link}), then materialize pools again. Nothing was created."
    )


def put_away(toloka: Toloka, pool: PoolState) -> None:
    """Archive a pool that was never open. What is archived can't be opened any more: if it wasn't by then, it never is.

    Raises:
        TransientServiceError: somebody opened it first.
    """
    try:
        toloka.archive_pool(pool.id)
    except ServiceError as error:
        now = toloka.get_pool(pool.id)
        if not now.was_started and not now.is_archived:
            raise
        refusal: ServiceError | None = error
    else:
        now, refusal = toloka.get_pool(pool.id), None
    if now.was_started:
        raise TransientServiceError(
            f"Pool {pool.id} was opened by another run just now. Nothing was created."
        ) from refusal


def extend(toloka: Toloka, project: Project, pool: PoolState, now: datetime) -> None:
    """Give a pool whose time is over as much again."""
    if pool.expires and pool.expires <= expiry(now, 0):
        toloka.extend_pool(pool.id, expiry(now, project.configuration.pool_days))


def open_pool(
    toloka: Toloka, project: Project, pool: PoolState, accounts: Mapping[str, Account], at_most: Decimal
) -> PoolState:
    """The pool, open; and its training, which Toloka closed when the last batch was done.

    We look right before and right after: a request of a run that was taken for dead may have been on its way.

    Args:
        toloka: the account.
        project: the project.
        pool: the pool as it was when what follows was decided.
        accounts: what pools that ended have cost, by batch.
        at_most: what this pool may have cost in the end, with the fee.

    Raises:
        TransientServiceError: the pool is not as it was. Nothing was opened.
        OverBudgetError: another pool was opened meanwhile, and both pass a cap: this one is closed again.
    """
    training = training_id(toloka, project, pool.project_id)
    if training is not None:
        toloka.open_training(training)
    listed = toloka.find_pools(pool.project_id)
    if pool.id not in {each.id for each in listed}:  # A list may lag behind.
        listed.append(toloka.get_pool(pool.id))
    before = elect(listed, pool.batch, pool.key, pool.id)
    if before.doubled:
        raise ServiceError(f"{describe_doubled(before.doubled)} Nothing was opened.")
    if before.chosen is None or (before.chosen.id, before.chosen.started) != (pool.id, pool.started):
        raise TransientServiceError(f"Another run is at work on pool {pool.id}, or on another one of this batch.")
    opened = toloka.open_pool(pool)
    every = toloka.project_pools(project)
    doubled = find_doubled(every).get(pool.batch, ())
    for younger in doubled[1:]:
        toloka.close_pool(younger.id)
    if doubled and doubled[0].id != pool.id:
        raise ServiceError(describe_doubled(doubled))
    committed = sum(costs_beside(toloka, every, pool, project, accounts).values(), Decimal(0))
    if committed + at_most > project.configuration.budget.per_project:
        toloka.close_pool(pool.id)
        raise OverBudgetError(
            f"Pool {pool.id} can cost up to {exact(at_most)}, the project's other pools up to {exact(committed)}, "
            "since another one "
            f"was opened at the same moment; budget.per_project is {project.configuration.budget.per_project}. It is "
            "closed again. Raise the cap, then materialize pools of this batch with `resume`."
        )
    return opened


def fill_or_put_away(toloka: Toloka, project: Project, batch: Batch, pool: PoolState) -> tuple[RejectedRow, ...]:
    """Fill a pool that was never open. One that holds other tasks (of a run with another plan, by a person) has cost
    nothing: it is put away, and the next attempt makes a new one."""
    try:
        return fill(toloka, project, batch, pool)
    except OtherTasksError as error:
        toloka.fence()
        put_away(toloka, pool)
        raise TransientServiceError(f"{error} It was put away, and is made anew.") from error


def fill(toloka: Toloka, project: Project, batch: Batch, pool: PoolState) -> tuple[RejectedRow, ...]:
    """Upload the tasks that are not in the pool; the rows of those that Toloka refused (if the project allows it)."""
    known = [golden_task(as_sent(task, project.kind), pool.id) for task in batch.golden]
    skip = project.configuration.invalid_tasks == "skip"
    try:
        refused = toloka.upload([*(crowd_task(task, pool.id) for task in batch.tasks), *known], pool.id, skip).refused
    except RefusedTasksError as error:
        raise ServiceError(f"{error} {advise_refused(project, batch, error.refused)}") from error
    lost = sorted({task.item_key for task in batch.golden} & set(refused))
    if lost or len(refused) == len(batch.tasks):
        what, first = ("golden tasks", lost[0]) if lost else (f"every task of pool {pool.id}", next(iter(refused)))
        raise ServiceError(f"Toloka refuses {what}: {refused[first]}. {advise_refused(project, batch, refused)}")
    return tuple(
        RejectedRow(task.file, task.row, "", f"refused by Toloka: {refused[task.item_key]}")
        for task in batch.tasks
        if task.item_key in refused
    )


def advise_refused(project: Project, batch: Batch, refused: Mapping[str, str]) -> str:
    """What to do about tasks that Toloka refuses (by item key): a batch's rows are those of its commit for ever."""
    if any(task.item_key in refused for task in batch.golden):
        return f"Correct {project.configuration.golden_tasks}, then materialize golden_tasks and pools of this batch."
    rows = [f"{task.file} row {task.row}" for task in batch.tasks if task.item_key in refused]
    return (
        f"It refuses {', '.join(rows[:MOST_ROWS])}. Correct them and commit the file again: the next batch takes in "
        "what this one could not publish. Or write invalid_tasks: skip, then materialize pools of this batch."
    )


def missing_rows(toloka: Toloka, project: Project, batch: Batch, pool: PoolState) -> tuple[RejectedRow, ...]:
    """The rows whose task is not in a pool that was opened: Toloka refused them then."""
    if project.configuration.invalid_tasks == "stop":
        return ()
    present = toloka.task_identities(pool.id)
    return tuple(
        RejectedRow(task.file, task.row, "", "refused by Toloka")
        for task in batch.tasks
        if (task.item_key, False) not in present
    )


def reopen(
    toloka: Toloka, project: Project, found: Priced, batch: Batch, accounts: Mapping[str, Account], now: datetime
) -> Priced:
    """The pool, open again for the answers that are missing; as it is when none is.

    Answers that were rejected by hand are missing, too, and those that an overlap that somebody lowered leaves out.

    Raises:
        OverBudgetError: the rest passes a cap.
        ServiceError: this pool can't go on.
    """
    pool = found.pool
    now_there, assignments = toloka.real_tasks(pool.id), tuple(toloka.assignments(pool.id))
    raised = raised_overlaps(now_there, assignments, batch, (pool.terms or project.price).overlap)
    left = {task.item_key: task.left + max(0, raised.get(task.id, 0) - task.overlap) for task in now_there}
    rest = estimate_rest(left, project, pool.terms)
    if rest.answers == 0:
        return found
    if cannot_open(pool):
        raise ServiceError(
            f"Pool {pool.id} is {'archived' if pool.is_archived else pool.close_reason}: Toloka doesn't open it again. "
            f"{COMMIT_AGAIN}"
        )
    _, spent = cost_of(assignments, project)
    check_budget(rest, project.configuration.budget, found.funds, spent)
    extend(toloka, project, pool, now)
    toloka.raise_overlaps(pool.id, raised)
    return replace(found, pool=open_pool(toloka, project, pool, accounts, spent + rest.maximum), done="reopened")


def raised_overlaps(
    tasks: Sequence[TaskState], assignments: Sequence[Mapping[str, Any]], batch: Batch, overlap: int
) -> Mapping[str, int]:
    """The overlap of each task (by id) of the batch that has a lower one than what it takes to get `overlap` answers:
    what was rejected used up some of it."""
    ours, rejected = {task.item_key for task in batch.tasks}, rejected_by_item(assignments)
    wanted = {task.id: overlap + rejected.get(task.item_key, 0) for task in tasks if task.item_key in ours}
    return {task.id: wanted[task.id] for task in tasks if wanted.get(task.id, 0) > task.overlap}
