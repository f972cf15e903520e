"""What is seen of Toloka: the project, the training, a pool with its plan and its price."""

import dagster as dg

from hitl_assets.events import ANSWERS, CAP, CREATED, POOL_ID, PROJECT_ID, ROOM, STATUS_THEN, SUITES
from hitl_assets.labeling.money.amounts import price_of_one
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.reports.intake import rejected_table
from hitl_assets.reports.tables import Metadata
from hitl_assets.steps.publication import Published


def toloka_object(kind: str, id_: str, done: str, link: str) -> Metadata:
    """Something that is created once: its id, where it is, and what was done."""
    return {f"{kind}_id": id_, "link": dg.MetadataValue.url(link), "done": done}


def pool(published: Published, project: Project) -> Metadata:
    """The pool, its plan and what it may cost."""
    terms, estimate = published.pool.terms or project.price, published.estimate
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
        "tasks_per_suite": terms.per_suite,
        "overlap": terms.overlap,
        "reward_per_suite": float(terms.reward),
        "estimate_minimum": float(estimate.minimum),
        "estimate_maximum": float(estimate.maximum),
        "estimate_per_label": price_of_one(estimate.maximum, estimate.tasks),
        "cap_per_batch": float(project.configuration.budget.per_batch),
        "cap_per_project": float(project.configuration.budget.per_project),
        CAP: float(published.cap),
        ROOM: float(project.configuration.budget.per_project - published.funds.committed),
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
        "estimate_minimum": str(estimate.minimum),
        "estimate_maximum": str(estimate.maximum),
        "fee": str(project.configuration.budget.fee),
    }


def no_pool() -> Metadata:
    """A batch without new items needs no people."""
    return {POOL_ID: "", STATUS_THEN: "nothing new to label", SUITES: 0, ANSWERS: 0, "estimate_maximum": 0.0}
