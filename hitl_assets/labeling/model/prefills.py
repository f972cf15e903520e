"""Which predictions people begin with, where a project shows them. Whoever sees one follows it: their label is no
evidence of it, so that some items are always left without."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hitl_assets.labeling.model.routing import CROWD
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.prefills import PREFILL
from hitl_assets.labeling.records import Prediction, Task

# Of so many items one is left without, by chance: by these the model is measured.
LEFT_WITHOUT = 5


def shown_to_people(project: Project, keys: Iterable[str], routes: Mapping[str, str]) -> frozenset[str]:
    """The items (keys) whose prediction people begin with; never one that is audited."""
    model = project.configuration.model
    if model is None or not model.show_predictions:
        return frozenset()
    return frozenset(key for key in keys if routes.get(key) == CROWD and not is_left_without(key))


def is_left_without(key: str) -> bool:
    """Whether an item is one of those that measure the model: the same ones on a rerun."""
    return hashlib.sha256(f"prefilled {key}".encode()).digest()[0] % LEFT_WITHOUT == 0


def with_prefills(project: Project, tasks: Sequence[Task], predictions: Iterable[Prediction]) -> tuple[Task, ...]:
    """The tasks as people get them, with what they begin with."""
    found = {each.item_key: each.label for each in predictions}
    shown = shown_to_people(project, found, {task.item_key: task.route for task in tasks})
    return tuple(
        replace(task, values={**task.values, PREFILL: project.kind.prefill(found[task.item_key], task.values)})
        if task.item_key in shown
        else task
        for task in tasks
    )
