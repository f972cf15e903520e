"""Pools to which nobody can come: they say why. And skills that Toloka itself gives, which let somebody in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from toloka.client import filter

from hitl_assets_tests.emulators.toloka.pools.test_trainings import requirement

NO_SKILL = {"category": "skill", "key": "999", "operator": "GT", "value": 5}
JAPANESE = {"category": "profile", "key": "languages", "operator": "IN", "value": "JA"}
ENGLISH = {"category": "profile", "key": "languages", "operator": "IN", "value": "EN"}
LACKING = {"category": "skill", "key": "999", "operator": "EQ", "value": None}


def told(desk: Any, pool: Any) -> list[str]:
    """What hinders everybody."""
    found: list[str] = httpx.get(f"{desk.emulator.url}/emulator/pools/{pool.id}/hindrances").json()["items"]
    return found


def asking(*conditions: dict[str, Any]) -> dict[str, Any]:
    """A filter that wants any of these."""
    return {"and": [{"or": list(conditions)}]}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ((NO_SKILL,), "a skill that does not exist: 999"),
        ((JAPANESE,), "none of 500 simulated workers"),
        ((NO_SKILL, ENGLISH), None),
        ((LACKING,), None),
    ],
)
def test_a_filter_that_nobody_passes_is_told(idle: Any, wanted: tuple[Any, ...], words: str | None) -> None:
    """What somebody may pass is not."""
    found = told(idle, idle.filled(1, filter=asking(*wanted)))
    assert [words in each for each in found] == ([] if words is None else [True])


def test_a_skill_of_the_requester_may_be_given_later(idle: Any) -> None:
    """So a filter on it hinders nobody for good."""
    skill = idle.client.create_skill(name="may be given").id
    assert told(idle, idle.filled(1, filter=asking({**NO_SKILL, "key": skill}))) == []


def test_a_training_that_is_closed_is_told(idle: Any) -> None:
    """Newcomers cannot do it, and nobody else may come."""
    project = idle.project()
    training = idle.training(project)
    idle.client.close_training(training.id)
    pool = idle.filled(1, project=project, quality_control=requirement(training.id))
    assert told(idle, pool) == [f"Newcomers have to do training {training.id} first, which is CLOSED. Open it."]


def test_a_suite_that_cannot_be_made_is_told(idle: Any) -> None:
    """It asks for control tasks that are not there."""
    pool = idle.filled(1, mixer_config={"real_tasks_count": 1, "golden_tasks_count": 2, "training_tasks_count": 0})
    (found,) = told(idle, pool)
    assert found.startswith("A suite needs 2 control tasks, and the pool has 0.")


def test_it_is_told_where_people_look(still: Any, caplog: Any) -> None:
    """On the pool's page, and in the emulator's log when the pool opens."""
    project = still.project()
    pool = still.filled(1, project=project, filter=asking(NO_SKILL))
    address = f"{still.emulator.url}/requester/project/{project.id}/pool/{pool.id}"
    assert "nobody can come" not in httpx.get(address).text
    still.client.open_pool(pool.id)
    assert "a skill that does not exist: 999" in httpx.get(address).text
    assert f"Nobody can come to pool {pool.id}." in caplog.text


def test_somebody_has_passed_a_test_in_a_language(desk: Any) -> None:
    """The client's filter names Toloka's own skills, by their ids."""
    english = filter.Languages(operator="IN", value=["EN"], verified=True)
    pool = desk.pool()
    pool.filter = english
    pool = desk.client.update_pool(pool.id, pool)
    desk.client.create_tasks(desk.real(pool.id, 2), allow_defaults=True)
    assert desk.run(pool).last_close_reason.value == "COMPLETED"


def test_toloka_has_skills_of_its_own(idle: Any) -> None:
    """They can be read, and are listed on request only."""
    skill = idle.client.get_skill("26366")
    assert (skill.name, skill.owner) == ("Verified language: EN", None)
    url = f"{idle.emulator.url}/api/v1/skills"
    listed = httpx.get(url, params={"global": "true"}, headers={"Authorization": "OAuth any"}).json()["items"]
    assert set(filter.Languages.VERIFIED_LANGUAGES_TO_SKILLS.values()) == {each["id"] for each in listed}
    assert not {each["id"] for each in listed} & {each.id for each in idle.client.get_skills()}
