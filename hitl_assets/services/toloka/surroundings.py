"""What is around the open pools: the Toloka project, its trainings, and pools that nobody follows."""

from collections.abc import Collection, Iterable, Sequence

from hitl_assets.labeling.pools.changes import find_project_changes
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.toloka.account import Toloka

# How many changes of a pool, or of a project, are told.
MOST_CHANGES = 5


def look_around(toloka: Toloka, project: Project, open_pools: Sequence[PoolState]) -> tuple[str, ...]:
    """What is not as it should be around these pools, a sentence each: the Toloka project differs from the YAML, or
    the training that lets new workers into a pool is not open. Two requests for each Toloka project."""
    found: list[str] = []
    for project_id in sorted({pool.project_id for pool in open_pools}):
        found += find_project_changes(project.project, toloka.project_form(project_id))[:MOST_CHANGES]
        asked = {id_: pool.id for pool in open_pools if pool.project_id == project_id and (id_ := pool.training_id)}
        trainings = toloka.open_trainings(project_id) if asked else []
        found += [
            f"training {training_id} is not open in Toloka, and pool {pool_id} lets in nobody who has not passed it"
            for training_id, pool_id in asked.items()
            if training_id not in trainings
        ]
    return tuple(found)


def find_strays(toloka: Toloka, project: Project, followed: Collection[str]) -> list[PoolState]:
    """The project's open pools that nobody follows: a second one of its batch, one that was opened a moment ago, or one
    that was collected, and opened again in Toloka."""
    ours = (pool for pool in toloka.reserving_pools() if pool.batch.startswith(f"{project.name}/"))
    return [pool for pool in ours if pool.id not in followed]


def beside(toloka: Toloka, strays: Iterable[PoolState]) -> dict[str, PoolState]:
    """All pools, by id, of the Toloka projects in which these are."""
    return {pool.id: pool for id_ in {stray.project_id for stray in strays} for pool in toloka.find_pools(id_)}
