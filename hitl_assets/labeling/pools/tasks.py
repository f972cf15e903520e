"""Items as tasks: who answers each of them."""

from collections.abc import Iterable, Mapping, Sequence

from hitl_assets.labeling.model.routing import CROWD, MODEL
from hitl_assets.labeling.records import Item, Task

EVERYBODY: Mapping[str, str] = {}


def compose_tasks(items: Iterable[Item], routes: Mapping[str, str] = EVERYBODY) -> tuple[Task, ...]:
    """A task for each item, in the items' order. `routes` by item key; all others go to people."""
    return tuple(
        Task(item.item_key, item.values, routes.get(item.item_key, CROWD), item.file, item.row) for item in items
    )


def asked_of_people(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The tasks that go to people; the model labels the others."""
    return tuple(task for task in tasks if task.route != MODEL)
