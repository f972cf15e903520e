"""Whoever corrects a project reads all of its mistakes at once."""

from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError, Mistake
from hitl_assets.labeling.items.known_tasks import sift_known_tasks
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets_tests.labeling.conftest import Load


def mistakes(load: Load, files: dict[str, Any] | None = None) -> tuple[Mistake, ...]:
    """What is wrong."""
    with pytest.raises(ConfigurationError) as refused:
        load(files)
    assert all(str(each) in str(refused.value) for each in refused.value.mistakes)
    return refused.value.mistakes


def test_wrong_fields_and_missing_files_are_told_together(load: Load, attributes: dict[str, Any]) -> None:
    """Programs get field and value, people a sentence with both."""
    attributes |= {"pool_days": 1000, "interface": "none.json", "budgt": 1}
    found = {each.field: each for each in mistakes(load)}
    assert set(found) == {"pool_days", "interface", "budgt"}
    assert found["pool_days"].value == 1000
    assert found["pool_days"].file.endswith("defs.yaml")
    assert "none.json does not exist" in found["interface"].text
    assert "unknown. Did you mean budget? Allowed: accept_close_reasons" in found["budgt"].text


def test_wrong_files_are_told_together(load: Load, attributes: dict[str, Any]) -> None:
    """Each by its name."""
    attributes |= {"pool": "pool.json", "interface": "interface.json"}
    found = mistakes(load, {"pool.json": {"private_name": "fruit"}, "interface.json": "{"})
    assert {each.field for each in found if each.file.endswith("pool.json")} >= {"reward_per_assignment", "defaults"}
    assert "interface.json is not JSON" in found[-1].text


def test_contradictions_are_told_together(load: Load, attributes: dict[str, Any]) -> None:
    """What no field can say alone, too."""
    attributes |= {"label": "fruit", "training_tasks": "golden.csv"}
    assert [each.field for each in mistakes(load)] == ["label", "training"]


def test_every_bad_row_of_known_tasks_is_told() -> None:
    """And the good ones are kept, to go on with."""
    kind = Class("kind", {"type": "string", "allowed_values": ["apple", "pear"]})
    content = b"text,kind\nCox,apple\nMirabelle,plum\n,pear\nCox,pear\n"
    tasks, problems = sift_known_tasks(content, "golden.csv", {"text": {"type": "string"}}, kind)
    assert [task.values["text"] for task in tasks] == ["Cox", "Cox"]
    assert [problem.split(":")[0] for problem in problems] == [
        "golden.csv row 3 column kind",
        "golden.csv row 4 column text",
        "golden.csv gives two answers to {'text'",
    ]
