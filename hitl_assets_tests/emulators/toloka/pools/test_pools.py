"""Pools: what they must look like, what is refused, and when they open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Pool, structure, unstructure
from toloka.client.exceptions import DoesNotExistApiError, IncorrectActionsApiError, ValidationApiError


def ban_rule(kind: str, key: str, parameters: dict[str, Any] | None = None, **action: Any) -> dict[str, Any]:
    """A quality control with one rule."""
    ban = {"type": "RESTRICTION_V2", "parameters": {"scope": "POOL", "duration_unit": "PERMANENT"}}
    rule = {"conditions": [{"key": key, "operator": "GTE", "value": 1}], "action": {**ban, **action}}
    return {"configs": [{"collector_config": {"type": kind, "parameters": parameters or {}}, "rules": [rule]}]}


def test_a_pool_comes_back_as_it_went_in(still) -> None:
    """What is on the server can be compared with what was wanted."""
    form = still.pool_form(
        still.project().id,
        private_comment="pool key",
        metadata={"commit": ["abc"]},
        filter={"and": [{"category": "profile", "key": "languages", "operator": "IN", "value": "EN"}]},
        quality_control=ban_rule("GOLDEN_SET", "total_answers_count", {"history_size": 5}),
    )
    pool = still.client.create_pool(structure(form, Pool))
    found = unstructure(still.client.get_pool(pool.id))
    assert found["private_comment"] == "pool key"
    assert found["metadata"] == {"commit": ["abc"]}
    assert found["mixer_config"] == form["mixer_config"]
    assert found["quality_control"]["configs"][0]["rules"] == form["quality_control"]["configs"][0]["rules"]
    assert (found["status"], found["type"]) == ("CLOSED", "REGULAR")


def test_a_pool_needs_its_fields(still) -> None:
    """VALUE_REQUIRED for each of them."""
    with pytest.raises(ValidationApiError) as refused:
        still.client.create_pool(structure({"private_comment": "x"}, Pool))
    assert set(refused.value.invalid_fields) == {
        "project_id", "private_name", "will_expire", "reward_per_assignment", "assignment_max_duration_seconds",
    }  # fmt: skip


def test_a_reward_has_a_minimum(still) -> None:
    """Half a cent."""
    with pytest.raises(ValidationApiError) as refused:
        still.pool(reward_per_assignment=0.004)
    assert refused.value.payload["reward_per_assignment"]["code"] == "VALUE_LESS_THAN_MIN"


def test_a_pool_needs_its_project(still) -> None:
    """404 for a project that does not exist."""
    with pytest.raises(DoesNotExistApiError, match="no project 12345678"):
        still.client.create_pool(structure(still.pool_form("12345678"), Pool))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"quality_control": ban_rule("USERS_ASSESSMENT", "skill_id")}, "action.type"),
        ({"quality_control": ban_rule("GOLDEN_SET", "phase_of_the_moon")}, "conditions.0.key"),
        ({"quality_control": ban_rule("ANSWER_COUNT", "assignments_accepted_count", type="CHANGE_OVERLAP")}, "action"),
        ({"dynamic_pricing_config": {"type": "SKILL", "skill_id": "1", "intervals": []}}, "dynamic_pricing_config"),
        (
            {"quality_control": {"configs": [], "checkpoints_config": {"real_settings": {"target_overlap": 2}}}},
            "checkpoints_config",
        ),
        ({"filter": {"and": [{"category": "profile", "key": "shoe_size", "operator": "EQ", "value": 9}]}}, "filter"),
    ],
)
def test_what_the_engine_does_not_run_is_refused(still, change: dict[str, Any], path: str) -> None:
    """A rehearsal that ignored a rule would be worth nothing."""
    with pytest.raises(ValidationApiError) as refused:
        still.pool(**change)
    assert any(path in field for field in refused.value.invalid_fields)


def test_a_rule_needs_conditions(still) -> None:
    """A rule without any would always hold, and ban everybody."""
    control = ban_rule("GOLDEN_SET", "total_answers_count")
    control["configs"][0]["rules"][0]["conditions"] = []
    with pytest.raises(ValidationApiError, match="needs conditions"):
        still.pool(quality_control=control)


def test_an_empty_pool_does_not_open(still) -> None:
    """EMPTY_POOL."""
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.open_pool(still.pool().id)
    assert refused.value.code == "EMPTY_POOL"


def test_a_pool_that_nobody_can_pay_for_does_not_open(start) -> None:
    """Two suites times three answers at 6.5 cents need 39 cents."""
    desk = start(balance=Decimal("0.38"))
    pool = desk.filled(4)
    with pytest.raises(IncorrectActionsApiError, match=r"needs 0\.39") as refused:
        desk.client.open_pool(pool.id)
    assert refused.value.code == "NOT_ENOUGH_BALANCE"


def test_a_requirement_without_a_training_does_not_open(still) -> None:
    """The form is accepted, as it is often completed later; the pool cannot run."""
    pool = still.filled(4, quality_control={"training_requirement": {"training_passing_skill_value": 90}})
    with pytest.raises(Exception, match="names none"):
        still.client.open_pool(pool.id)


def test_a_requirement_with_an_empty_training_does_not_open(still) -> None:
    """Nobody could ever be admitted."""
    project = still.project()
    training = still.training(project, tasks=0)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 90}
    pool = still.filled(4, project=project, quality_control={"training_requirement": requirement})
    with pytest.raises(Exception, match="has no tasks"):
        still.client.open_pool(pool.id)


def test_pools_are_filtered(still) -> None:
    """By status, project, id and time."""
    first, second = still.filled(4), still.filled(4)
    still.client.open_pool(second.id)

    def found(**wanted: Any) -> list[str]:
        return [pool.id for pool in still.client.get_pools(**wanted)]

    assert found(status="OPEN") == [second.id]
    assert found(project_id=first.project_id) == [first.id]
    assert found(id_gt=first.id) == [second.id]
    started = still.client.get_pool(second.id).last_started
    assert found(last_started_gte=started) == [second.id]
    assert found(last_started_gt=started) == []


def test_an_open_pool_is_not_updated(still) -> None:
    """Only the priority is changed while it runs; for more it is closed for an update."""
    pool = still.filled(4)
    still.client.open_pool(pool.id)
    with pytest.raises(IncorrectActionsApiError) as refused:
        still.client.update_pool(pool.id, pool)
    assert refused.value.code == "INAPPROPRIATE_STATUS"
    assert still.client.patch_pool(pool.id, priority=7).priority == 7
    closed = still.client.close_pool_for_update(pool.id)
    assert closed.last_close_reason.value == "FOR_UPDATE"
    closed.private_name = "renamed"
    assert still.client.update_pool(pool.id, closed).private_name == "renamed"


def test_a_pool_is_archived_when_closed(still) -> None:
    """And takes no tasks from then on."""
    pool = still.filled(4)
    assert still.client.archive_pool(pool.id).is_archived()
    with pytest.raises(IncorrectActionsApiError):
        still.client.create_tasks(still.real(pool.id, 1), allow_defaults=True)


def test_a_training_can_be_read_as_a_pool(still) -> None:
    """Clients ask for the pool of an assignment, and that may be a training."""
    training = still.training(still.project())
    assert still.client.get_pool(training.id).type == Pool.Type.TRAINING
    assert list(still.client.get_pools()) == []
