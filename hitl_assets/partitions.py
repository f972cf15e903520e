"""One partition per commit of a project's source repo."""

import dagster as dg

from hitl_assets.labeling.project import Project


def batches(project: Project) -> dg.DynamicPartitionsDefinition:
    """The project's batches: keyed by commit id, added by its `commits` sensor."""
    return dg.DynamicPartitionsDefinition(name=f"{project.name}_batches")
