"""Which items of a pool that is over got fewer answers than they were to get, from plain assignments."""

from typing import Any

from hitl_assets.labeling.pools.shortfalls import describe_short, find_short
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD


def assignment(status: str, *keys: str, golden: str = "") -> dict[str, Any]:
    """A suite in which a worker answered these items, and perhaps a golden task."""
    tasks: list[dict[str, Any]] = [{"id": key, "input_values": {KEY_FIELD: key}} for key in keys]
    if golden:
        tasks.append({"input_values": {KEY_FIELD: golden}, "known_solutions": [{"output_values": {"label": "yes"}}]})
    solutions = [{"output_values": {"label": "yes"}} for _ in tasks]
    return {
        "id": "a", "user_id": "w", "pool_id": "7", "status": status, "tasks": tasks, "solutions": solutions
    }  # fmt: skip


def test_a_rejected_answer_is_missing() -> None:
    """It costs nothing and counts for nothing, and Toloka calls the pool COMPLETED."""
    given = [assignment("ACCEPTED", "one", "two"), assignment("REJECTED", "one"), assignment("SUBMITTED", "two")]
    assert find_short(given, ["one", "two"], 2) == {"one": 1}


def test_what_people_were_not_asked_is_not_missing() -> None:
    """A model's items, rows that Toloka refused; golden tasks and tasks that somebody added are no items."""
    given = [assignment("ACCEPTED", "one", "by hand", golden="known")]
    assert find_short(given, ["one", "by the model"], 1) == {}
    assert find_short(given, ["one", "by the model"], 0) == {}


def test_it_says_how_to_go_on(shipped_project: Project) -> None:
    """A command that helps: publishing/test_edits.py follows it."""
    told = describe_short({"one": 2, "two": 1}, 5, shipped_project, "c1")
    assert "2 items have fewer answers than the 5" in told
    assert f"the 3 that are missing, run `hitl resume {shipped_project.name} c1`" in told
