"""Assignments as Toloka gave them, and the answers in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hitl_assets.labeling.records import KEY_FIELD, Answer, item_key

COUNTED = frozenset({"ACCEPTED", "SUBMITTED"})


def read_answers(assignments: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """The answers of finished assignments, in their order; tasks[i] of an assignment belongs to solutions[i].

    An assignment that was skipped, expired or is still being worked on has none.
    """
    for assignment in assignments:
        tasks, solutions = assignment.get("tasks") or [], assignment.get("solutions") or []
        for task, solution in zip(tasks, solutions, strict=False):  # no solutions: no answers
            inputs = dict(task.get("input_values") or {})
            yield Answer(
                item_key=inputs.pop(KEY_FIELD, None) or item_key(inputs),
                values=solution.get("output_values") or {},
                worker_id=str(assignment["user_id"]),
                assignment_id=assignment["id"],
                task_id=task.get("id", ""),
                pool_id=assignment["pool_id"],
                status=assignment["status"],
                is_golden=bool(task.get("known_solutions")),
                created=str(assignment.get("created") or ""),
                submitted=str(assignment.get("submitted") or ""),
            )


def counted(answers: Iterable[Answer], label: str) -> list[Answer]:
    """The answers that become labels: not rejected, not to golden tasks, and with a value."""
    return [a for a in answers if a.status in COUNTED and not a.is_golden and a.values.get(label) is not None]


def golden_accuracy(assignments: Iterable[Mapping[str, Any]], label: str) -> tuple[int, int]:
    """How many answers to golden tasks were right, and how many there were."""
    right = total = 0
    for assignment in assignments:
        for task, solution in zip(assignment.get("tasks") or [], assignment.get("solutions") or [], strict=False):
            known = [known["output_values"].get(label) for known in task.get("known_solutions") or []]
            if known:
                total += 1
                right += (solution.get("output_values") or {}).get(label) in known
    return right, total


def count_statuses(assignments: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many assignments there are of each status."""
    return Counter(assignment["status"] for assignment in assignments)
