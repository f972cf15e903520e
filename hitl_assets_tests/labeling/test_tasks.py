"""From items to tasks."""

from hitl_assets.labeling.records import Item, Task
from hitl_assets.labeling.tasks import compose_tasks


def test_every_item_is_a_task_for_people() -> None:
    """In the items' order, with the identity and the place that they have."""
    items = [Item(key, {"text": key}, "/a.csv", row) for row, key in enumerate("ba", start=2)]
    assert compose_tasks(items) == (
        Task("b", {"text": "b"}, "crowd", "/a.csv", 2),
        Task("a", {"text": "a"}, "crowd", "/a.csv", 3),
    )
