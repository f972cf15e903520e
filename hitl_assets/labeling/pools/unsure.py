"""Which items people should be asked about again, or instead of a model."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.labeling.answers.answers import COUNTED, count_statuses
from hitl_assets.labeling.model.routing import MODEL
from hitl_assets.labeling.pools.round_plans import Need, find_needs, worth_of_answer
from hitl_assets.labeling.pools.rounds import rejected_by_item
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label, Task


@dataclass(frozen=True)
class Unsure:
    """The items (by key) whose label is not sure enough, how many answers to each item were rejected, and how many
    suites these labels stand on.

    `needs` says what the items need (an answer each where it says nothing), `worth` what an answer is worth. `late`
    are items that were not meant for people: they come after the others, and have rounds of their own.
    """

    items: Collection[str]
    rejected: Mapping[str, int]
    suites: int
    needs: Mapping[str, Need] = field(default_factory=dict)
    worth: float = 1.0
    late: Collection[str] = frozenset()

    def need_of(self, key: str) -> Need:
        """What an item needs."""
        return self.needs.get(key, Need(1, 0.5))


def find_unsure(
    project: Project,
    tasks: Sequence[Task],
    labels: Sequence[Label],
    assignments: Sequence[Mapping[str, Any]],
    disputed: Collection[str] = (),
) -> Unsure:
    """Which of a batch's items would need more answers, whether or not they may have them. `disputed`: items (keys)
    that need one though people are sure."""
    overlap = project.configuration.overlap
    needs = find_needs(labels, [task.item_key for task in tasks], overlap, project.kind) if overlap else {}
    statuses = count_statuses(assignments)
    return Unsure(
        {*needs, *disputed},
        rejected_by_item(assignments),
        sum(statuses.get(each, 0) for each in COUNTED),
        needs,
        worth_of_answer(labels, project.kind),
        frozenset(task.item_key for task in tasks if task.route == MODEL),
    )


def find_instead(tasks: Iterable[Task], decided: Iterable[Label]) -> list[Task]:
    """The tasks about which people are to be asked instead of a model that failed its audit."""
    held_back = {label.item_key for label in decided if label.held_back}
    return [task for task in tasks if task.item_key in held_back]
