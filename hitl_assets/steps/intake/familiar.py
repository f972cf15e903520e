"""Which items need not be asked about: what was labeled before the first batch, what is a golden or a training task.
And which may be asked about again, since their pool cannot be opened any more. No Dagster."""

from collections.abc import Callable, Collection, Iterable, Mapping

from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.pools.endings import cannot_open
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.file_forms import read_lines, read_unlabeled
from hitl_assets.labeling.values.identity import item_key
from hitl_assets.services.labeling import LabelingService
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.addressing import find_hash
from hitl_assets.steps.earlier import read_each
from hitl_assets.steps.intake.changes import Owners, labeled_before
from hitl_assets.steps.intake.unpublished import unpublished


def known_elsewhere(pachyderm: Pachyderm, project: Project) -> set[str]:
    """The item keys of what was labeled before the first batch, and of golden and training tasks: nobody is asked, and
    paid, for what is known already, whoever labeled it.

    Raises:
        UnreadableFileError: what was labeled before can't be read. Then nobody knows what to ask.
        MissingError: it names a file that is not there.
    """
    rows = labeled_before(pachyderm, project).rows
    configuration = project.configuration
    files = [file for file in (configuration.golden_tasks, configuration.training_tasks) if file]
    tasks = (task for file in files for task in known_tasks_of(project, file))
    known = [*(row.values for row in rows), *(task.values for task in tasks)]
    if configuration.source.field:
        places = filter(None, (read_place(values.get(configuration.source.field)) for values in known))
        return {find_hash(pachyderm, place) for place in set(places)}
    return {item_key(values, project.identity) for values in known}


def freed(
    pachyderm: Pachyderm,
    service: LabelingService,
    project: Project,
    before: Collection[str],
    is_given_up: Callable[[str], bool],
    owners: Owners,
) -> dict[str, frozenset[str]]:
    """The item keys of other batches (`owners`) that are new again when they are committed again, by batch: those that
    were never published (in batches `before` this one), and those that cannot be asked about any more."""
    earlier = {name: keys for name, keys in owners.items() if name in before}
    never = unpublished(pachyderm, service, project, earlier, is_given_up)
    return {**stranded(pachyderm, service, project, owners), **never}


def stranded(pachyderm: Pachyderm, service: LabelingService, project: Project, batches: Iterable[str]) -> Owners:
    """The item keys of these batches that have no label and never will, by batch: the batch's pool is archived, or at
    its service's limit. Committed again, in a file of another name, they are new again."""
    unlabeled = unlabeled_keys(pachyderm, project, batches)
    pools = pool_ids(pachyderm, project, unlabeled)
    return {name: keys for name, keys in unlabeled.items() if pools.get(name) and is_over(service, pools[name])}


def is_over(service: LabelingService, pool_id: str) -> bool:
    """Whether a pool can't be opened any more. One that is not there, or not ours any more, says nothing: its items
    stay known."""
    pool = service.find_pool(pool_id)
    return pool is not None and cannot_open(pool)


def unlabeled_keys(pachyderm: Pachyderm, project: Project, batches: Iterable[str]) -> Owners:
    """The item keys without a label of each of these batches that has such."""
    files = read_each(pachyderm, f"{project.name}_aggregated_labels", "unlabeled.csv", batches)
    keys = {name: frozenset(item.item_key for item in read_unlabeled(content)) for name, content in files.items()}
    return {batch: own for batch, own in keys.items() if own}


def pool_ids(pachyderm: Pachyderm, project: Project, batches: Iterable[str]) -> Mapping[str, str]:
    """The pool of each of these batches that has one, as it was published."""
    files = read_each(pachyderm, f"{project.name}_pools", "pool.json", batches)
    plans = {name: next(read_lines(content, name), {}) for name, content in files.items()}
    return {batch: str(plan.get("pool_id") or "") for batch, plan in plans.items()}
