"""A project's forms for a throw-away Toloka."""

from collections.abc import Callable
from typing import Any

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.rehearsal.forms import with_numbered_bans, with_skills


def test_bans_say_which_rule_they_are_of(shipped_project: Project) -> None:
    """Toloka tells of a ban only its private comment. Nothing else of the rules changes."""
    numbered, rules = with_numbered_bans(shipped_project)
    assert rules == {
        "rule 0.0": "golden_set_answers_count ≥ 4 and golden_set_correct_answers_rate < 60",
        "rule 1.0": "fast_submitted_count ≥ 2",
    }
    configs = numbered.pool["quality_control"]["configs"]
    comments = [rule["action"]["parameters"].pop("private_comment") for each in configs for rule in each["rules"]]
    assert comments == list(rules)
    before = shipped_project.pool["quality_control"]["configs"]
    assert [each["collector_config"] for each in configs] == [each["collector_config"] for each in before]


def test_skills_get_ids_of_the_account(edited: Callable[..., Project]) -> None:
    """In filters, rules and prices; each skill once."""
    made: list[str] = []

    def create(skill: str) -> str:
        made.append(skill)
        return f"new {skill}"

    def change(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["pool"]["filter"] = {
            "and": [{"category": "skill", "key": "7", "operator": "GTE", "value": 80}]
        }
        attributes["toloka"]["pool"]["dynamic_pricing_config"] = {"type": "SKILL", "skill_id": "8", "intervals": []}
        attributes["toloka"]["pool"]["dynamic_overlap_config"] = {"answer_weight_skill_id": "7", "max_overlap": 5}

    pool = with_skills(edited(change), create).pool
    assert made == ["7", "8"]
    assert pool["filter"]["and"][0]["key"] == "new 7"
    assert pool["dynamic_pricing_config"]["skill_id"] == "new 8"
    assert pool["dynamic_overlap_config"]["answer_weight_skill_id"] == "new 7"


def test_skills_that_toloka_gives_stay(edited: Callable[..., Project]) -> None:
    """Verified languages: their ids are the same for all accounts."""
    english = {"category": "skill", "key": "26366", "operator": "EQ", "value": 100}
    project = edited(lambda attributes: attributes["toloka"]["pool"].update(filter={"and": [english]}))
    assert with_skills(project, lambda skill: f"new {skill}").pool["filter"] == {"and": [english]}
