"""Manual review: decisions become payments, and rejected work is asked for again."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.answers.review import Decision, rejected_answers, settle, suggest
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.endings import is_whole
from hitl_assets.labeling.pools.pools import estimate_rest
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Reviewed
from hitl_assets.services.money.funds import exposure, reward_of
from hitl_assets.services.money.limits import check_rest
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import open_pool

THANKS = "Thank you!"


def review(
    toloka: Toloka,
    project: Project,
    pool_id: str,
    decisions: Mapping[str, Decision],
    rest: Decision,
    accounts: Mapping[str, Account],
) -> Reviewed:
    """Pay what is good, ask again for what is not, leave the rest to a person (or to `rest`).

    The order makes it safe to be killed anywhere: good work is paid first; more answers are asked for, and the pool is
    opened, before anything is rejected. As long as something is not decided, the batch is not done.

    Raises:
        ServiceError: a decision that can't be made.
        OverBudgetError: asking again would pass a cap; nothing is rejected then.
    """
    form = project.configuration.review
    if form is None:
        raise ServiceError(f"{project.name} has no review in its configuration: answers are paid when they are given.")
    assignments = tuple(toloka.assignments(pool_id))
    try:
        verdicts = settle(suggest(assignments, form, project.kind), decisions, rest)
    except ValueError as error:
        raise ServiceError(f"Nothing was decided: {error}.") from error
    due = {each["id"] for each in assignments if each["status"] == "SUBMITTED"} | set(decisions)
    for verdict in verdicts:
        if verdict.decision == "accept" and verdict.assignment_id in due:
            toloka.accept(verdict.assignment_id, THANKS)
    rejected = {verdict.assignment_id for verdict in verdicts if verdict.decision == "reject"}
    asked_again = 0
    if rejected:  # Also by somebody in Toloka.
        wanted = rejected_answers(assignments, rejected)
        free = sum((reward_of(each, project.price) for each in assignments if is_free(each, rejected)), Decimal(0))
        asked_again = ask_again(toloka, project, pool_id, wanted, free, accounts)
    for assignment_id in sorted(rejected & due):
        toloka.reject(assignment_id, form.message)
    return Reviewed(tuple(toloka.assignments(pool_id)), verdicts, asked_again)


def ask_again(
    toloka: Toloka,
    project: Project,
    pool_id: str,
    rejected: Mapping[str, int],
    free: Decimal,
    accounts: Mapping[str, Account],
) -> int:
    """Let others answer what is rejected: raise the overlap of its tasks, and open the pool; how many answers.

    A pool that ended early stays closed: going on is a person's decision then.

    Args:
        toloka: the account.
        project: the project.
        pool_id: the pool.
        rejected: how many answers to each task (by id) are rejected, or about to be.
        free: the rewards, without the fee, of the assignments that are about to be rejected.
        accounts: what pools that ended have cost, by batch.
    """
    if asks_again_itself(project):
        return 0
    overlap = project.terms.defaults.default_overlap_for_new_tasks
    toloka.raise_overlaps(pool_id, {task: overlap + count for task, count in rejected.items()})
    left = toloka.answers_left(pool_id)
    pool = toloka.get_pool(pool_id)
    if sum(left.values()) and pool.has_ended and is_whole(pool.close_reason, project):
        # What is about to be rejected costs nothing.
        spent = exposure(toloka, project, pool_id) - free * (1 + project.configuration.budget.fee)
        rest = estimate_rest(left, project, pool.terms)
        check_rest(toloka, project, pool, rest, spent, accounts)
        open_pool(toloka, project, pool, accounts, spent + rest.maximum)
    return sum(left.values())


def is_free(assignment: Mapping[str, Any], rejected: Collection[str]) -> bool:
    """Whether an assignment will cost nothing that waits to be paid now."""
    return assignment["status"] == "SUBMITTED" and assignment["id"] in rejected


def asks_again_itself(project: Project) -> bool:
    """Whether a rule of the pool already lets Toloka ask again for rejected work."""
    control = project.pool.get("quality_control") or {}
    return any(
        config["collector_config"]["type"] == "ASSIGNMENTS_ASSESSMENT"
        and any(rule["action"]["type"] == "CHANGE_OVERLAP" for rule in config["rules"])
        for config in control.get("configs") or ()
    )
