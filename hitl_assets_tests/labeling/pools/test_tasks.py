"""From items to tasks."""

from hitl_assets.labeling.pools.tasks import asked_of_people, compose_tasks
from hitl_assets.labeling.records import Item, Task


def test_every_item_is_a_task_for_people() -> None:
    """In the items' order, with the identity and the place that they have."""
    items = [Item(key, {"text": key}, "/a.csv", row) for row, key in enumerate("ba", start=2)]
    assert compose_tasks(items) == (
        Task("b", {"text": "b"}, "crowd", "/a.csv", 2),
        Task("a", {"text": "a"}, "crowd", "/a.csv", 3),
    )


def test_a_task_goes_the_way_that_was_chosen() -> None:
    """People are asked about what they audit, too; an item without a route is theirs."""
    items = [Item(key, {"text": key}, "/a.csv", row) for row, key in enumerate("abc", start=2)]
    tasks = compose_tasks(items, {"a": "model", "b": "audit"})
    assert [task.route for task in tasks] == ["model", "audit", "crowd"]
    assert [task.item_key for task in asked_of_people(tasks)] == ["b", "c"]
