"""One partition per commit of a project's source repo."""

import dagster as dg

from hitl_assets.labeling.project.declaration import Project


def batches(project: Project) -> dg.DynamicPartitionsDefinition:
    """The project's batches: keyed by commit id, added by its `commits` sensor."""
    return dg.DynamicPartitionsDefinition(name=f"{project.name}_batches")


def later_batches(instance: dg.DagsterInstance, project: Project, batch: str) -> list[str]:
    """The batches that came after this one."""
    names = list(batches(project).get_partition_keys(dynamic_partitions_store=instance))
    return names[names.index(batch) + 1 :] if batch in names else []
