"""Items as tasks: who answers each of them."""

from collections.abc import Iterable

from hitl_assets.labeling.records import Item, Task


def compose_tasks(items: Iterable[Item]) -> tuple[Task, ...]:
    """A task for each item, in the items' order. All of them go to people."""
    return tuple(Task(item.item_key, item.values, file=item.file, row=item.row) for item in items)
