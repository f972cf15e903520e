"""What people gave: the answers of a pool that ended, and what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from hitl_assets.labeling.answers.answers import count_statuses
from hitl_assets.labeling.answers.simulated import kind_of
from hitl_assets.labeling.money.budget import Account, spent_on
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.labeling import Collected, PoolOpenError
from hitl_assets.services.toloka.account import Toloka


def collect(toloka: Toloka, project: Project, pool_id: str, before: Account | None = None) -> Collected:
    """Every assignment of a pool that is over. `before` is the batch's account as it was stored last.

    Raises:
        PoolOpenError: the pool is open.
        TransientServiceError: it is closed, but somebody still works on it, or an answer waits for acceptance although
            the project has no review.
    """
    pool = toloka.get_pool(pool_id)
    if not pool.has_ended:
        raise PoolOpenError(f"Pool {pool_id} is open: people are at work. The pools sensor collects when it is done.")
    assignments = tuple(toloka.assignments(pool_id))
    waiting = count_statuses(assignments)
    unfinished = waiting.get("ACTIVE", 0) + (0 if project.configuration.review else waiting.get("SUBMITTED", 0))
    if unfinished:
        raise TransientServiceError(f"Pool {pool_id} is closed, but {unfinished} assignments are not finished yet.")
    return Collected(pool, assignments, settle_account(pool, assignments, project, before))


def settle_account(
    pool: PoolState, assignments: Sequence[Mapping[str, Any]], project: Project, before: Account | None = None
) -> Account:
    """What was paid for these assignments, each at the reward that it was given for."""
    counts = count_statuses(assignments)
    openings = before.openings if before and before.pool_id == pool.id else ()
    return Account(
        pool_id=pool.id,
        ending=pool.ending,
        planned=pool.maximum,
        suites=counts.get("ACCEPTED", 0),
        rejected=counts.get("REJECTED", 0),
        spent=spent_on(assignments, project.configuration.budget.fee),
        openings=tuple(dict.fromkeys([*openings, pool.started])),
        simulated=kind_of(assignments),
        overlap=pool.terms.overlap if pool.terms else 0,
    )
