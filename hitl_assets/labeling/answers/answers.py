"""Assignments as a service gave them, and the answers in them. What cannot be read is named, and stops nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import KEY_FIELD, Answer, item_key
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import BadValueError

COUNTED = frozenset({"ACCEPTED", "SUBMITTED"})
STATUSES = COUNTED | {"ACTIVE", "REJECTED", "SKIPPED", "EXPIRED"}
# What every assignment has, as text.
ALWAYS = ("id", "user_id", "pool_id", "status")


@dataclass(frozen=True)
class UnreadableAnswer:
    """An answer (or, where `place` is empty, a whole assignment) that counts for nothing, and why."""

    assignment_id: str
    place: str
    reason: str

    def __str__(self) -> str:
        return " ".join(filter(None, ["assignment", self.assignment_id, self.place])) + f": {self.reason}"


# What reads an assignment that says which `service` it is from; one that doesn't is Toloka's.
READERS: dict[str, Callable[[Mapping[str, Any]], Iterable[Answer | UnreadableAnswer]]] = {}


class BadAnswerError(ValueError):
    """Something that is no answer. The message says what is wrong with it."""


def read_answers(assignments: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """The answers of finished assignments, in their order; tasks[i] of an assignment belongs to solutions[i].

    An assignment that was skipped, expired or is still being worked on has none. `find_unreadable` names those that
    are left out here.
    """
    return (each for each in examine(assignments) if isinstance(each, Answer))


def find_unreadable(assignments: Iterable[Mapping[str, Any]], kind: Kind) -> list[UnreadableAnswer]:
    """What counts for nothing: what is no answer, has a status that we don't know, or a label that is not allowed."""
    found = []
    for each in examine(assignments):
        if isinstance(each, UnreadableAnswer):
            found.append(each)
        elif each.status not in STATUSES:
            found.append(UnreadableAnswer(each.assignment_id, "", f"its status {each.status:.80} is unknown"))
        elif not each.is_golden and each.values.get(kind.field) is not None:
            try:
                kind.check(label_in(each, kind))
            except BadValueError as error:
                found.append(UnreadableAnswer(each.assignment_id, f"task {each.task_id}", f"{kind.field}: {error}"))
            else:
                if not has_label(each, kind):
                    found.append(UnreadableAnswer(each.assignment_id, f"task {each.task_id}", f"{kind.field} is empty"))
    return list(dict.fromkeys(found))


def examine(assignments: Iterable[Mapping[str, Any]]) -> Iterator[Answer | UnreadableAnswer]:
    """Each answer, or what is wrong with it."""
    for number, assignment in enumerate(assignments, start=1):
        reader = READERS.get(str(assignment.get("service"))) if isinstance(assignment, Mapping) else None
        if reader is not None:
            yield from reader(assignment)
            continue
        id_ = assignment.get("id") if isinstance(assignment, Mapping) else None
        name = str(id_) if is_text(id_) else f"number {number}"
        try:
            pairs = pair(assignment)
        except BadAnswerError as error:
            yield UnreadableAnswer(name, "", str(error))
            continue
        for place, (task, solution) in enumerate(pairs):
            try:
                yield read_answer(assignment, task, solution)
            except BadAnswerError as error:
                yield UnreadableAnswer(name, f"task {place}", str(error))


def pair(assignment: Any) -> list[tuple[Any, Any]]:
    """Each task of an assignment with its solution; none where nobody answered.

    Raises:
        BadAnswerError: what every assignment has is missing, or nobody can tell which solution is for which task.
    """
    if not isinstance(assignment, Mapping):
        raise BadAnswerError("is no object")
    lacking = [name for name in ALWAYS if not is_text(assignment.get(name))]
    if lacking:
        raise BadAnswerError(f"has no {', '.join(lacking)}")
    tasks, solutions = assignment.get("tasks") or [], assignment.get("solutions") or []
    if not isinstance(tasks, list | tuple) or not isinstance(solutions, list | tuple):
        raise BadAnswerError("its tasks and solutions are no lists")
    if solutions and len(solutions) != len(tasks):
        raise BadAnswerError(
            f"has {plural(len(tasks), 'task')} and {plural(len(solutions), 'solution')}: which is for which?"
        )
    return list(zip(tasks, solutions, strict=False))  # no solutions: no answers


def read_answer(assignment: Mapping[str, Any], task: Any, solution: Any) -> Answer:
    """What a worker answered to one task."""
    if not isinstance(task, Mapping) or not isinstance(solution, Mapping):
        raise BadAnswerError("the task or its solution is no object")
    inputs, values = task.get("input_values") or {}, solution.get("output_values") or {}
    if not isinstance(inputs, Mapping) or not isinstance(values, Mapping):
        raise BadAnswerError("input_values or output_values is no object")
    key = inputs.get(KEY_FIELD)
    if key and not isinstance(key, str):
        raise BadAnswerError(f"{KEY_FIELD} {key!r:.80} is no text")
    known = task.get("known_solutions") or []
    if not isinstance(known, list | tuple) or not all(is_solution(each) for each in known):
        raise BadAnswerError("known_solutions is no list of solutions")
    return Answer(
        item_key=key or item_key({name: value for name, value in inputs.items() if name != KEY_FIELD}),
        values=values,
        worker_id=assignment["user_id"],
        assignment_id=assignment["id"],
        task_id=str(task.get("id") or ""),
        pool_id=assignment["pool_id"],
        status=assignment["status"],
        is_golden=bool(known),
        known=tuple(each["output_values"] for each in known),
        created=str(assignment.get("created") or ""),
        submitted=str(assignment.get("submitted") or ""),
        inputs={name: value for name, value in inputs.items() if name != KEY_FIELD},
    )


def is_text(value: Any) -> bool:
    """Whether something can be an id or a status."""
    return isinstance(value, str) and bool(value)


def is_solution(value: Any) -> bool:
    """Whether something is a solution: an object with output values."""
    return isinstance(value, Mapping) and isinstance(value.get("output_values"), Mapping)


def counted(answers: Iterable[Answer], kind: Kind) -> list[Answer]:
    """The answers that become labels: not rejected, not to golden tasks, and with a value that the field allows.

    A worker has one vote for an item: the answer that was handed in last. Equal labels are the same value: see
    `Kind.plain`.
    """
    votes: dict[tuple[str, str], Answer] = {}
    for each in answers:
        if each.status in COUNTED and not each.is_golden and has_label(each, kind):
            earlier = votes.get((each.worker_id, each.item_key))
            if earlier is None or each.submitted >= earlier.submitted:
                votes[each.worker_id, each.item_key] = each
    return [with_plain_label(each, kind) for each in votes.values()]


def label_in(answer: Answer, kind: Kind) -> Any:
    """What was answered in the label's field, as an answer that needs nothing of its item.

    Raises:
        BadValueError: it does not fit the item.
    """
    return kind.receive(answer.values.get(kind.field), answer.inputs)


def has_label(answer: Answer, kind: Kind) -> bool:
    """Whether what was answered can be a label of this item."""
    try:
        return kind.is_label(label_in(answer, kind))
    except BadValueError:
        return False


def cell_in(answer: Answer, kind: Kind) -> str | None:
    """The cell of what was answered, as labels are compared; None if it can be no label of this item."""
    return kind.cell(kind.plain(label_in(answer, kind))) if has_label(answer, kind) else None


def known_in(answer: Answer, kind: Kind) -> list[Any]:
    """The known answers to a golden task, but for those that do not fit it."""
    found = []
    for known in answer.known:
        try:
            found.append(kind.receive(known.get(kind.field), answer.inputs))
        except BadValueError:
            continue
    return found


def with_plain_label(answer: Answer, kind: Kind) -> Answer:
    """The answer, which is a label, with it as it is compared."""
    given = answer.values.get(kind.field)
    value = kind.plain(label_in(answer, kind))
    return answer if value is given else replace(answer, values={**answer.values, kind.field: value})


def is_right(answer: Answer, kind: Kind) -> bool:
    """Whether an answer to a golden task is one of the known ones."""
    try:
        given = label_in(answer, kind)
    except BadValueError:
        return False
    return any(kind.is_right(given, known) for known in known_in(answer, kind))


def golden_accuracy(assignments: Iterable[Mapping[str, Any]], kind: Kind) -> tuple[int, int]:
    """How many answers to golden tasks were right, and how many there were."""
    golden = [answer for answer in read_answers(assignments) if answer.is_golden]
    return sum(is_right(answer, kind) for answer in golden), len(golden)


def count_statuses(assignments: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many assignments there are of each status."""
    return Counter(str(each.get("status")) if isinstance(each, Mapping) else "" for each in assignments)
