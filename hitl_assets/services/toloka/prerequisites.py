"""What must hold before a batch gets a pool: it was never answered, its project asks what the YAML says, and its
training is there."""

from collections.abc import Iterable, Mapping

from hitl_assets.labeling.items.batch_names import may_be_same
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.changes import find_project_changes
from hitl_assets.labeling.pools.pools import Mark, training_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka


def check_not_answered(toloka: Toloka, batch: str, accounts: Mapping[str, Account]) -> None:
    """See that a batch without a pool was never answered: its answers were paid.

    Raises:
        ServiceError: they are there, and their pool is not. One whose mark a person took away may be made anew.
    """
    account = accounts.get(batch)
    if account is not None and not toloka.has_pool(account.pool_id):
        raise ServiceError(
            f"Batch {batch} was answered, and {cents(account.spent)} was paid, in pool {account.pool_id}, which "
            f"{toloka.url} "
            "does not have. Set TOLOKA_URL and TOLOKA_TOKEN to the account in which it is. Nothing was created."
        )


def check_other_name(mark: Mark, pools: Iterable[PoolState]) -> None:
    """See that nobody was asked about a batch without a pool under its other name: versions before 0.2 called it by
    the whole id of its commit.

    Raises:
        ServiceError: somebody was, and may have been paid.
    """
    batch = mark.name.split("/")[-1]
    for pool in pools:
        project, _, other = pool.batch.rpartition("/")
        if pool.was_started and project == mark.name.rpartition("/")[0] and may_be_same(batch, other):
            repo = f"{project}_raw_data"
            raise ServiceError(
                f"Batch {batch} was asked about as batch {other}, in pool {pool.id} ({pool.link}), and {repo} does not "
                f"know it. Go on with that one: delete /{batch} in {repo} and the partition, add the partition "
                f"{other}, and materialize its raw_data, tasks and pools. Nothing was created."
            )


def check_project(toloka: Toloka, project: Project, project_id: str) -> None:
    """See that workers are asked what the YAML says, and that their answers can be read.

    Raises:
        ServiceError: the fields or the interface in Toloka are others. Instructions may differ: the sensor tells.
    """
    changes = find_project_changes(project.project, toloka.project_form(project_id), "task_spec")
    if changes:
        raise ServiceError(
            f"Toloka's project {project_id} ({toloka.link(project_id)}) is not as the YAML says: {'. '.join(changes)}. "
            "Nothing was opened. To have it as the YAML says, materialize toloka_project; to keep it, write it into "
            "the YAML. Then materialize pools of this batch."
        )


def training_id(toloka: Toloka, project: Project, project_id: str) -> str | None:
    """The id of the project's training, or None when it has none."""
    if project.training is None:
        return None
    training = toloka.find_training(project_id, training_mark(project))
    if training is None:
        raise ServiceError(f"{project.name} has no training in Toloka yet. Materialize toloka_training first.")
    return str(training.id)
