"""What is seen of the labeling service: what was set up, a pool with its plan and its price."""

from collections.abc import Mapping

import dagster as dg

from hitl_assets.events import ANSWERS, CAP, CREATED, POOL_ID, PROJECT_ID, ROOM, STATUS_THEN, SUITES
from hitl_assets.labeling.money.amounts import price_of_one
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Estimate
from hitl_assets.reports.intake import rejected_table
from hitl_assets.reports.tables import Metadata
from hitl_assets.services.labeling import Prepared, Published
from hitl_assets.services.money.payer import Priced

# What the UI says of the asset `pools`: of a service that is paid, and of a free one.
POOLS = {
    True: "The pool of a batch in {}: its plan and its price.\nCreated once, filled, checked against the budget, then "
    "opened. How far people are, and how it ended, is told in\nthe batch's partition, and by the observations.",
    False: "What people are asked of a batch in {}.\nCreated once, and filled. How far people are is told in the "
    "batch's partition, and by the observations.",
}


def prepared(part: str, found: Prepared) -> Metadata:
    """Something that is created once: its id, where it is, and what was done."""
    return {f"{part}_id": found.id, "link": dg.MetadataValue.url(found.link), "done": found.done}


def pool(published: Published, project: Project) -> Metadata:
    """The pool, its plan and what it may cost."""
    estimate = published.estimate
    return {
        POOL_ID: published.pool.id,
        "pool": dg.MetadataValue.url(published.pool.link),
        "preview": dg.MetadataValue.url(published.pool.preview),
        PROJECT_ID: published.pool.project_id,
        CREATED: published.pool.created,
        STATUS_THEN: published.pool.status,
        "done": published.done,
        "tasks": estimate.tasks,
        "rejected_tasks": len(published.rejected),
        **({"rejected": rejected_table(published.rejected)} if published.rejected else {}),
        SUITES: estimate.suites,
        ANSWERS: estimate.answers,
        **(price(published, project) if isinstance(published, Priced) else {}),
    }


def price(published: Priced, project: Project) -> Metadata:
    """What a pool may cost, and what there is for it."""
    terms, estimate, budget = published.pool.terms or project.price, published.estimate, project.configuration.budget
    return {
        "tasks_per_suite": terms.per_suite,
        "overlap": terms.overlap,
        "reward_per_suite": float(terms.reward),
        "estimate_minimum": float(estimate.minimum),
        "estimate_maximum": float(estimate.maximum),
        "estimate_per_label": price_of_one(estimate.maximum, estimate.tasks),
        "cap_per_batch": float(budget.per_batch),
        "cap_per_project": float(budget.per_project),
        CAP: float(published.cap),
        ROOM: float(budget.per_project - published.funds.committed),
        "balance": float(published.funds.balance),
        "reserved_by_open_pools": float(published.funds.reserved),
    }


def plan(published: Published, project: Project) -> Metadata:
    """What is kept of a pool beside its batch: only what stays the same when it is published again."""
    estimate = published.estimate
    return {
        POOL_ID: published.pool.id,
        PROJECT_ID: published.pool.project_id,
        "key": published.pool.key,
        CREATED: published.pool.created,
        "tasks": estimate.tasks,
        SUITES: estimate.suites,
        ANSWERS: estimate.answers,
        **(stored_price(published.estimate, project) if isinstance(published, Priced) else {}),
    }


def stored_price(estimate: Estimate, project: Project) -> Mapping[str, str]:
    """The price of the plan, exact."""
    return {
        "estimate_minimum": str(estimate.minimum),
        "estimate_maximum": str(estimate.maximum),
        "fee": str(project.configuration.budget.fee),
    }


def no_pool() -> Metadata:
    """A batch without new items needs no people."""
    return {POOL_ID: "", STATUS_THEN: "nothing new to label", SUITES: 0, ANSWERS: 0, "estimate_maximum": 0.0}
