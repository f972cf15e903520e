"""What of a pool is not as the YAML says, from plain forms."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.pools.changes import find_changes
from hitl_assets.labeling.pools.pools import read_terms
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState, Terms


def pool(form: Mapping[str, Any]) -> PoolState:
    """An open pool that Toloka tells so of."""
    return PoolState("7", "1", "p/b", "k", Decimal(1), True, False, "", "", "", "", "", "", read_terms(form), form)


def test_what_toloka_adds_is_no_change(shipped_project: Project) -> None:
    """Ids, owner, times: they are its own."""
    form = {**shipped_project.pool, "id": "7", "owner": {"id": "me"}, "status": "OPEN", "private_name": "another"}
    assert find_changes(shipped_project, pool(form)) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reward_per_assignment": 5.0}, "reward_per_assignment is 5.0 in Toloka, 0.03 in the YAML"),
        ({"filter": None}, "filter is not there in Toloka, "),
        ({"auto_accept_solutions": False}, "auto_accept_solutions is false in Toloka, true in the YAML"),
        (
            {"dynamic_pricing_config": {"type": "SKILL"}},
            'dynamic_pricing_config is {"type":"SKILL"} in Toloka, not there',
        ),
        ({"quality_control": {"configs": []}}, "quality_control.configs is [] in Toloka"),
    ],
)
def test_whatever_money_and_people_depend_on_is_compared(
    shipped_project: Project, change: Mapping[str, Any], told: str
) -> None:
    """By the path of the value, with both sides."""
    found = find_changes(shipped_project, pool({**shipped_project.pool, **change}))
    assert told in ". ".join(found)


def test_inside_of_it_too(shipped_project: Project) -> None:
    """The overlap of new tasks, and how many tasks a suite has."""
    form = {
        **shipped_project.pool,
        "defaults": {"default_overlap_for_new_tasks": 9},
        "mixer_config": {"real_tasks_count": 1},
    }
    paths = [each.split(" ")[0] for each in find_changes(shipped_project, pool(form))]
    assert {"defaults.default_overlap_for_new_tasks", "mixer_config.real_tasks_count"} <= set(paths)


def test_numbers_are_compared_as_numbers(shipped_project: Project) -> None:
    """Toloka sends 0.030 or 60.0 for what the YAML calls 0.03 and 60."""
    assert find_changes(shipped_project, pool({**shipped_project.pool, "reward_per_assignment": "0.030"})) == ()


def test_after_a_review_nobody_is_paid_by_toloka_itself(shipped_project: Project) -> None:
    """That we wrote ourselves, whatever the YAML's pool says."""
    review = shipped_project.configuration.model_copy(update={"review": object()})
    reviewed = replace(shipped_project, configuration=review)
    assert find_changes(reviewed, pool({**shipped_project.pool, "auto_accept_solutions": False})) == ()


def test_the_price_is_the_pool_s_own() -> None:
    """With what skilled workers get, and as many answers as Toloka may ask for by itself."""
    form = {
        "reward_per_assignment": 0.1,
        "mixer_config": {"real_tasks_count": 4},
        "defaults": {"default_overlap_for_new_tasks": 3},
        "dynamic_pricing_config": {"intervals": [{"reward_per_assignment": 0.4}, {"reward_per_assignment": 0.2}]},
        "dynamic_overlap_config": {"max_overlap": 7},
    }
    assert read_terms(form) == Terms(Decimal("0.1"), Decimal("0.4"), 4, 3, 7)


def test_a_pool_that_says_nothing_of_its_price_has_the_project_s(shipped_project: Project) -> None:
    """An older record, for instance."""
    assert read_terms({}) is None
    assert shipped_project.suite_price_in(None) == shipped_project.suite_price
