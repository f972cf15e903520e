"""One partition per commit of a project's source repo."""

from urllib.parse import quote, unquote

import dagster as dg

from hitl_assets.labeling.project import Project


def batches(project: Project) -> dg.DynamicPartitionsDefinition:
    """The project's batches: keyed by commit id, added by its `commits` sensor."""
    return dg.DynamicPartitionsDefinition(name=f"{project.name}_batches")


def directory_of(name: str) -> str:
    """The directory of a partition (or of an unpartitioned asset) in its repo: percent-encoded, as names must be."""
    return "/" + quote(name, safe="")


def name_of(directory: str) -> str:
    """The name that `directory_of` encoded."""
    return unquote(directory.strip("/"))
