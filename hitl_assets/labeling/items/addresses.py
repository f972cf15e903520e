"""Places of files in tasks, and the addresses that people get in their stead. Nothing of this is stored."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from hitl_assets.labeling.items.places import Write, read_place
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.records import KnownTask, Task, Values

Any_task = TypeVar("Any_task", Task, KnownTask)
# Where nobody is to fetch them: a rehearsal.
NOWHERE = Link(link="https://example.com/{path}")


def with_addresses(project: Project, tasks: Sequence[Any_task], write: Write | None) -> tuple[Any_task, ...]:
    """The tasks as people get them. What they are known by stays, whatever the address is."""
    field = project.configuration.source.field
    if write is None or field is None:
        return tuple(tasks)
    return tuple(addressed(each, field, write) for each in tasks)


def addressed(task: Any_task, field: str, write: Write) -> Any_task:
    """One task. An address that stands there already stays."""
    place = read_place(task.values.get(field))
    if place is None:
        return task
    digest = task.item_key if isinstance(task, Task) else ""
    values: Values = {**task.values, field: write(place, digest)}
    return replace(task, values=values) if isinstance(task, Task) else replace(task, values=values, key=task.item_key)


def write_nowhere(project: Project) -> Write | None:
    """Addresses for a rehearsal, in which nobody fetches them."""
    pictures = project.configuration.pictures
    return (pictures if isinstance(pictures, Link) else NOWHERE).write if pictures else None
