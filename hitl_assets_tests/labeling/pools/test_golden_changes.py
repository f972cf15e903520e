"""Golden tasks that were edited in Toloka, from plain assignments."""

from typing import Any

import pytest

from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.pools.golden_changes import find_golden_changes, judge_golden_changes
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD, KnownTask

VALUES = {"headline": "Water is wet"}
FILED = [KnownTask(VALUES, {"category": "notclickbait"})]


def answered(*known: str) -> list[dict[str, Any]]:
    """A suite with the golden task, as Toloka knew its answer."""
    solutions = [{"output_values": {"category": each}, "correctness_weight": 1} for each in known]
    task = {"input_values": {**VALUES, KEY_FIELD: FILED[0].item_key}, "known_solutions": solutions}
    given = [{"output_values": {"category": "notclickbait"}}]
    return [{"id": "a", "user_id": "w", "pool_id": "7", "status": "ACCEPTED", "tasks": [task], "solutions": given}]


def test_an_answer_as_in_the_file_is_no_change() -> None:
    """However it is spelled: labels are compared as they are for golden tasks."""
    assert find_golden_changes(read_answers(answered("notclickbait")), FILED, Class("category")) == {}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (("clickbait",), "Water is wet is notclickbait in the file: clickbait in Toloka"),
        (("notclickbait", "clickbait"), "notclickbait or clickbait in Toloka"),
        ((), "not known in Toloka any more"),
    ],
)
def test_an_edited_answer_is_told(known: tuple[str, ...], told: str) -> None:
    """With both sides."""
    assert told in find_golden_changes(read_answers(answered(*known)), FILED, Class("category"))[FILED[0].item_key]


def test_it_says_what_to_do(shipped_project: Project) -> None:
    """Workers who were right may have been banned."""
    verdict = judge_golden_changes(answered("clickbait"), FILED, shipped_project)
    assert (verdict.passed, verdict.stops, verdict.numbers) == (False, False, {"golden_tasks_changed": 1})
    assert "lift the bans" in verdict.description


def test_no_golden_task_at_all_is_told(shipped_project: Project) -> None:
    """Somebody took the known answers out of all of them, or the tasks out of the suites."""
    verdict = judge_golden_changes(answered(), [], shipped_project)
    assert not verdict.passed
    assert "None of 1 answers is to a golden task, although each suite was to have 1" in verdict.description
    assert judge_golden_changes([], FILED, shipped_project).passed
