"""Forms that Toloka takes though they look odd: seen in production, or as its client makes them by itself."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import httpx
import pytest
from toloka.client import Pool, Task, filter
from toloka.client.exceptions import ConflictStateApiError, ValidationApiError

HEADERS = {"Authorization": "OAuth any"}
ONE_REAL = {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0}
ONE_GOLDEN = {"real_tasks_count": 0, "golden_tasks_count": 1, "training_tasks_count": 0}


def created(desk: Any, **changes: Any) -> dict[str, Any]:
    """What the server answers to a pool's form, without the client's own reading of it."""
    form = desk.pool_form(desk.project().id, **changes)
    answer = httpx.post(f"{desk.emulator.url}/api/v1/pools", json=form, headers=HEADERS)
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


def test_tasks_have_the_overlap_of_suites_where_a_pool_names_no_other(idle: Any) -> None:
    """The client's own pool: it sets the default of suites, and is uploaded to with `allow_defaults`."""
    pool = idle.client.create_pool(
        Pool(
            project_id=idle.project().id, private_name="as the client makes it", may_contain_adult_content=False,
            reward_per_assignment=0.01, assignment_max_duration_seconds=60, will_expire=datetime(2090, 1, 1),
            mixer_config=Pool.MixerConfig(real_tasks_count=1),
        )
    )  # fmt: skip
    assert pool.defaults.default_overlap_for_new_tasks is None
    uploaded = idle.client.create_tasks(idle.real(pool.id, 2), allow_defaults=True)
    assert [task.overlap for task in uploaded.items.values()] == [1, 1]


def test_an_overlap_of_none_is_no_default(idle: Any) -> None:
    """A pool may say 0; what is uploaded to it brings its own."""
    pool = idle.pool(defaults={"default_overlap_for_new_task_suites": 0, "default_overlap_for_new_tasks": 4})
    (task,) = idle.client.create_tasks(idle.real(pool.id, 1), allow_defaults=True).items.values()
    assert task.overlap == 4
    bare = idle.pool(defaults={"default_overlap_for_new_task_suites": 0})
    with pytest.raises(ValidationApiError):
        idle.client.create_tasks(idle.real(bare.id, 1), allow_defaults=True, async_mode=False)
    assert idle.client.create_task(idle.real(bare.id, 1, overlap=2)[0]).overlap == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"quality_control": {"training_requirement": {"training_passing_skill_value": 54.67}}},
        {"priority": -30},
        {"reward_per_assignment": 0},
        {"dynamic_pricing_config": {"type": "SKILL", "skill_id": "1", "intervals": [{"reward_per_assignment": 1}]}},
        {
            "quality_control": {
                "configs": [
                    {
                        "collector_config": {"type": "ANSWER_COUNT", "uuid": str(uuid.UUID(int=1))},
                        "rules": [
                            {
                                "conditions": [{"key": "assignments_accepted_count", "operator": "GT", "value": "0"}],
                                "action": {
                                    "type": "SET_SKILL",
                                    "parameters": {"skill_id": "1", "skill_value": 12.5},
                                },
                            }
                        ],
                    }
                ]
            }
        },
    ],
    ids=["passing value", "priority", "reward", "price", "skill value"],
)  # fmt: skip
def test_a_pool_is_taken(idle: Any, changes: dict[str, Any]) -> None:
    """And comes back as it went in."""
    kept = created(idle, **changes)
    assert {name: kept[name] for name in changes} == changes


@pytest.mark.parametrize("name", sorted(filter.__all__))
def test_every_filter_of_the_client_is_taken(idle: Any, name: str) -> None:
    """By its wire form."""
    kind = getattr(filter, name)
    key = getattr(kind, "key", None)
    if key is None or not isinstance(getattr(key, "value", None), str):
        return
    wanted = {"category": kind.category.value, "key": key.value, "operator": "EQ", "value": 1}
    assert created(idle, filter={"and": [{"or": [wanted]}]})["status"] == "CLOSED"


def test_a_skill_in_a_filter_may_be_whole(idle: Any) -> None:
    """So toloka-kit's AutoQuality names it. It comes back by its id, which the client can read."""
    skill = {"id": "4711", "name": "exam", "hidden": True}
    wanted = {"category": "skill", "key": skill, "operator": "NE", "value": 1}
    kept = created(idle, filter={"and": [{"or": [wanted]}]})["filter"]
    assert kept == {"and": [{"or": [{**wanted, "key": "4711"}]}]}


def test_a_value_of_a_skill_may_be_a_text(desk: Any) -> None:
    """As in the documentation's examples of rules. It is compared as a number."""
    skill = desk.client.create_skill(name="nine").id
    wanted = {"category": "skill", "key": skill, "operator": "NE", "value": "9"}
    pool = desk.filled(2, filter={"and": [{"or": [wanted]}]})
    assert desk.run(pool).last_close_reason.value == "COMPLETED"


def test_no_traits_are_no_traits(idle: Any) -> None:
    """A list that is empty asks for nothing that this emulator lacks."""
    pool = idle.pool()
    (task,) = idle.real(pool.id, 1, traits_all_of=[])
    assert idle.client.create_task(task, allow_defaults=True).pool_id == pool.id
    (task,) = idle.real(pool.id, 1, traits_all_of=["fluent"])
    with pytest.raises(ValidationApiError, match="does not run traits_all_of"):
        idle.client.create_task(task, allow_defaults=True, async_mode=False)


def test_projects_are_listed_by_their_owner(idle: Any) -> None:
    """All are the requester's."""
    project, owner = idle.project(), idle.client.get_requester().id
    url = f"{idle.emulator.url}/api/v1/projects"
    own = httpx.get(url, params={"owner": owner, "sort": "-id"}, headers=HEADERS).json()["items"]
    assert own[0]["id"] == project.id
    assert httpx.get(url, params={"owner": "else"}, headers=HEADERS).json()["items"] == []


def test_devices_have_a_browser_of_some_version(desk: Any) -> None:
    """A filter on it lets somebody in."""
    asked = {"category": "computed", "key": "user_agent_version_major", "operator": "GTE", "value": 60}
    pool = desk.run(desk.filled(2, filter={"and": [{"or": [asked]}]}))
    assert pool.last_close_reason.value == "COMPLETED"


def test_what_is_unpaid_may_only_measure(idle: Any) -> None:
    """An exam may cost nothing; real tasks may not."""
    exam = idle.pool(reward_per_assignment=0, mixer_config=ONE_GOLDEN)
    idle.client.create_tasks(idle.golden(exam.id, 1))
    assert idle.client.open_pool(exam.id).is_open()
    unpaid = idle.pool(reward_per_assignment=0, mixer_config=ONE_REAL)
    idle.client.create_tasks(idle.real(unpaid.id, 1), allow_defaults=True)
    with pytest.raises(ConflictStateApiError, match="pays nothing"):
        idle.client.open_pool(unpaid.id)


def test_items_are_found_by_what_clients_put_into_them(idle: Any) -> None:
    """toloka-kit before 1.2 looks for its own id in the log's input; no task has it afterwards."""
    pool = idle.pool()
    items = [{"pool_id": pool.id, "input_values": {"text": f"t{n}"}, "__client_uuid": f"id {n}"} for n in range(2)]
    query = {"async_mode": "true", "allow_defaults": "true"}
    operation = httpx.post(f"{idle.emulator.url}/api/v1/tasks", params=query, json=items, headers=HEADERS).json()
    log = httpx.get(f"{idle.emulator.url}/api/v1/operations/{operation['id']}/log", headers=HEADERS).json()
    assert [line["input"] for line in log] == items
    task = httpx.get(f"{idle.emulator.url}/api/v1/tasks/{log[0]['output']['task_id']}", headers=HEADERS).json()
    assert (task["input_values"], "__client_uuid" in task) == ({"text": "t0"}, False)


def test_work_comes_in_one_page_if_asked_for(idle: Any) -> None:
    """Programs read up to 100,000 tasks or assignments at once, and do not look whether there are more."""
    pool = idle.pool()
    idle.client.create_tasks([Task(pool_id=pool.id, input_values={"text": "x"})] * 301, allow_defaults=True)
    found = idle.client.find_tasks(pool_id=pool.id, limit=100_000)
    assert (len(found.items), found.has_more) == (301, False)
