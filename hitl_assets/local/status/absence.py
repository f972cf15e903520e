"""Why a project has no dataset yet: what was taken in, whom it waits for, and how far people are."""

from collections.abc import Callable, Mapping, Sequence
from posixpath import dirname
from typing import Any

from hitl_assets.labeling.records import NOT_OPENED, PoolState
from hitl_assets.labeling.storage.file_forms import read_lines
from hitl_assets.labeling.storage.files import name_of
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.answers import Metric
from hitl_assets.steps.earlier import batches_with

BY_ITSELF = "The dataset is made by itself once the pool has closed"


def explain_absence(pachyderm: Pachyderm, name: str, find_toloka: Callable[[], Toloka]) -> str:
    """A sentence or two, and what to do. Toloka is asked only if pools have no labels yet."""
    batches = len(batches_with(pachyderm, f"{name}_raw_data", "item_keys.txt"))
    plans = read_plans(pachyderm, name)
    labeled = batches_with(pachyderm, f"{name}_aggregated_labels", "labels.csv")
    waiting = [plan for batch, plan in plans.items() if plan.get("pool_id") and batch not in labeled]
    if waiting:
        return describe_waiting(name, waiting, find_toloka)
    if labeled:
        return f"Labels are there, the dataset follows. `hitl status {name}` says if something stops it."
    if batches:
        there = plural(batches, "batch was", "batches were")
        return f"{there} taken in, and nobody is asked yet. `hitl status {name}` says what it waits for."
    return f"Nothing was taken in yet. Commit items: hitl commit FILE --project {name}."


def read_plans(pachyderm: Pachyderm, name: str) -> Mapping[str, Mapping[str, Any]]:
    """What was published, by batch."""
    repo = f"{name}_pools"
    head = pachyderm.head(repo)
    found = pachyderm.read_matching(repo, head, "/*/pool.json") if head else {}
    return {name_of(dirname(path)): next(read_lines(content, path), {}) for path, content in found.items()}


def describe_waiting(name: str, plans: Sequence[Mapping[str, Any]], find_toloka: Callable[[], Toloka]) -> str:
    """How far people are in pools that have no labels yet, as far as Toloka can be asked."""
    ids = [str(plan["pool_id"]) for plan in plans]
    todo = f"`hitl status {name}` shows how far it is, and what waits for you."
    try:
        toloka = find_toloka()
        pools = [pool for pool in map(toloka.find_pool, ids) if pool is not None]
        done = sum(int(each) for each in toloka.measure(Metric.SUBMITTED, ids).values())
    except (ServiceError, TransientServiceError):
        return f"{plural(len(ids), 'pool has', 'pools have')} no labels yet. {todo}"
    still = next((pool for pool in pools if pool.is_open), None)
    if still is not None:
        suites = sum(int(plan.get("suites") or 0) for plan in plans)
        return f"People are at work: {done} of {plural(suites, 'suite')} handed in ({still.link}). {BY_ITSELF}. {todo}"
    return f"{describe_closed(pools)} {todo}"


def describe_closed(pools: Sequence[PoolState]) -> str:
    """What pools of which none is open wait for."""
    unopened = next((pool for pool in pools if pool.status == NOT_OPENED), None)
    if unopened is not None:
        return f"Pool {unopened.id} was not opened: look at its preview ({unopened.preview}), then open it."
    return f"{plural(len(pools), 'pool has', 'pools have')} closed, and the answers are not in the dataset yet."
