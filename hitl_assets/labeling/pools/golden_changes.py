"""Golden tasks that are not in Toloka what the project's file says: somebody edited them there, or the file since."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hitl_assets.labeling.answers.answers import known_in, read_answers
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, KnownTask
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.verdicts import Verdict

# How many a check names.
MOST_NAMED = 5


def find_golden_changes(answers: Iterable[Answer], golden: Sequence[KnownTask], kind: Kind) -> Mapping[str, str]:
    """What is different, a sentence each, by item key; of the tasks that people answered."""
    filed = {task.item_key: task for task in golden}
    found: dict[str, str] = {}
    for answer in answers:
        task = filed.get(answer.item_key)
        if task is not None and not is_as_filed(answer, task, kind):
            found[answer.item_key] = f"{describe_task(task)}: {describe_known(answer, kind)}"
    return found


def is_as_filed(answer: Answer, task: KnownTask, kind: Kind) -> bool:
    """Whether a task had one known answer when somebody answered it, that of the file."""
    known = known_in(answer, kind)
    return len(answer.known) == len(known) == 1 and kind.is_right(known[0], task.answer.get(kind.field))


def describe_known(answer: Answer, kind: Kind) -> str:
    """What Toloka knows of a task."""
    known = " or ".join(format_value(each.get(kind.field)) for each in answer.known)
    return f"{known} in Toloka" if known else "not known in Toloka any more"


def describe_task(task: KnownTask) -> str:
    """A task by what workers see of it, and the answer in the file."""
    values = ", ".join(f"{format_value(value):.60}" for value in task.values.values())
    answers = ", ".join(format_value(value) for value in task.answer.values())
    return f"{values} is {answers} in the file"


def judge_golden_changes(
    assignments: Iterable[Mapping[str, Any]], golden: Sequence[KnownTask], project: Project
) -> Verdict:
    """Whether workers were judged by what the file says."""
    answers = list(read_answers(assignments))
    found = find_golden_changes(answers, golden, project.kind)
    numbers = {"golden_tasks_changed": len(found)}
    per_suite = project.terms.mixer_config.golden_tasks_count
    if per_suite and answers and not any(answer.is_golden for answer in answers):
        what = f"None of {len(answers)} answers is to a golden task, although each suite was to have {per_suite}."
        return Verdict(False, f"{what} Nobody knows how careful workers were. See the tasks of the pool.", numbers)
    if not found:
        return Verdict(True, "Workers were judged by the answers of the file.", numbers)
    named = ". ".join(list(found.values())[:MOST_NAMED])
    return Verdict(
        False,
        f"{len(found)} golden tasks are not what {project.configuration.golden_tasks} says: {named}. Workers were "
        "judged, and perhaps banned, by what Toloka has. Put right whichever is wrong: the tasks in Toloka as long as "
        "the pool is open, or the file for the next batch; and lift the bans of those who were right.",
        numbers,
    )
