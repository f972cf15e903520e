"""One partition per commit of a project's source repo."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import dagster as dg

from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit


def batches(project: Project) -> dg.DynamicPartitionsDefinition:
    """The project's batches: keyed by when the commit was started and how its id begins, added by its `commits` sensor.

    Those of versions before 0.2 are keyed by the commit's whole id, and keep that."""
    return dg.DynamicPartitionsDefinition(name=f"{project.name}_batches")


def later_batches(instance: dg.DagsterInstance, project: Project, batch: str) -> list[str]:
    """The batches that came after this one."""
    names = list(batches(project).get_partition_keys(dynamic_partitions_store=instance))
    return names[names.index(batch) + 1 :] if batch in names else []


def name_batches(
    commits: Sequence[Commit], partitions: Collection[str], by_id: Collection[str], is_only: Callable[[Commit], bool]
) -> dict[str, Commit]:
    """These commits by the key of their partition.

    A commit that is a batch by its whole id (a partition, or `by_id`) stays that. So does one whose name belongs to
    another commit of the same second, too; `is_only` tells, and is asked only where a partition has the name already.
    """
    shared = Counter(map(name_batch, commits))

    def key_of(commit: Commit) -> str:
        name = name_batch(commit)
        is_free = shared[name] == 1 and (name not in partitions or is_only(commit))
        return name if is_free and commit.id not in {*partitions, *by_id} else commit.id

    return {key_of(commit): commit for commit in commits}
