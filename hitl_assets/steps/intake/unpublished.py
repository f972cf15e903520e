"""Items of batches that were taken in and never published: the next commit that brings them takes them over, and their
own batch is not published with them any more. No Dagster."""

from collections.abc import Callable, Collection

from hitl_assets.labeling.pools.endings import cannot_open
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import LabelingService
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.earlier import batches_with
from hitl_assets.steps.intake.changes import Owners, item_keys


def unpublished(
    pachyderm: Pachyderm, service: LabelingService, project: Project, keys: Owners, is_given_up: Callable[[str], bool]
) -> dict[str, frozenset[str]]:
    """The item keys of those of these batches that have no pool and that nobody will publish by himself.

    A batch counts only if the service says that none of its pools was ever open: a run may have died after it paid.
    """
    published = published_batches(pachyderm, project) if keys else set()
    waiting = [name for name in keys if name not in published and is_given_up(name)]
    if not waiting or not service.knows(project):
        return {}
    started = started_pools(service, project)
    return {name: keys[name] for name in waiting if name not in started}


def check_owner(
    pachyderm: Pachyderm,
    service: LabelingService,
    project: Project,
    batch: str,
    items: Collection[str],
    later: Collection[str],
) -> None:
    """See that no other batch asks about these items, right before a batch is published. `later` are the batches that
    came after this one.

    Raises:
        ServiceError: a later batch has taken some of them over, or an earlier one was published since.
    """
    shared = {name: own & set(items) for name, own in keys_of_batches(pachyderm, project).items() if name != batch}
    shared = {name: own for name, own in shared.items() if own}
    if not shared:
        return
    started = started_pools(service, project)
    if batch in started:  # It was published before, and only goes on.
        return
    for name, own in shared.items():
        if name in later or not all(map(cannot_open, started.get(name, ()))):
            raise ServiceError(
                f"{plural(len(own), f'item of batch {batch} is', f'items of batch {batch} are')} in batch {name} "
                "now, which took them in when this one had no "
                f"pool, or was published first. Materialize raw_data of {batch} again, which leaves them out, then "
                "tasks and pools. Nothing was created."
            )


def started_pools(service: LabelingService, project: Project) -> dict[str, list[PoolState]]:
    """The pools of each batch that were ever open, also in a project that somebody archived."""
    found: dict[str, list[PoolState]] = {}
    for pool in service.project_pools(project):
        if pool.was_started:
            found.setdefault(pool.batch.split("/")[-1], []).append(pool)
    return found


def keys_of_batches(pachyderm: Pachyderm, project: Project) -> Owners:
    """The item keys of each batch."""
    repo = f"{project.name}_raw_data"
    return item_keys(pachyderm, repo, pachyderm.head(repo), ())


def published_batches(pachyderm: Pachyderm, project: Project) -> set[str]:
    """The batches that have a pool."""
    return batches_with(pachyderm, f"{project.name}_pools", "pool.json")
