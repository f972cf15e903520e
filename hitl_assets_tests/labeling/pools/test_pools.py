"""A batch's pool: identity, plan, form."""

from copy import deepcopy
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.pools.pools import (
    Mark,
    compose_pool,
    estimate_pool,
    pool_mark,
    project_mark,
    read_mark,
    read_terms,
    training_mark,
)
from hitl_assets_tests.labeling.conftest import Load

KEY = "0123456789abcdef" * 4
NOW = datetime(2026, 1, 30, 12, 0, 0, 999, tzinfo=timezone.utc)
TRAINING = {"private_name": "t", "training_tasks_in_task_suite_count": 2, "task_suites_required_to_pass": 1}


@pytest.mark.parametrize(
    "mark",
    [
        Mark("project", "fruit", KEY),
        Mark("pool", "fruit/0a1b2c", KEY, Decimal("12.3456")),
        Mark("pool", "fruit/0a1b2c", KEY, Decimal("0.0000")),
        Mark("pool", "fruit/0a1b2c", KEY, Decimal("1E+2")),
        Mark("pool", "fruit/0a1b2c", KEY, Decimal("1E-7")),
    ],
)
def test_a_mark_is_read_back(mark: Mark) -> None:
    """A pool whose mark is not recognised would be published, and paid for, again."""
    assert read_mark(str(mark)) == mark


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "my pool",
        "hitl",
        f"hitl pool fruit/abc {KEY[:-1]}",
        f"hitl pool fruit/abc {KEY.upper()}",
        f"hitl pool fruit/abc {KEY} maximum",
        f"hitl pool fruit/abc {KEY} maximum 1.2.3",
        f"hitl pool fruit/abc {KEY} maximum .",
        f"hitl pool fruit/abc {KEY} maximum ten",
        f"hitl pool fruit/abc {KEY} and more",
        f"copy of hitl pool fruit/abc {KEY}",
    ],
)
def test_a_foreign_comment_is_no_mark(comment: str | None) -> None:
    """People write there too; a copy that was made by hand is theirs."""
    assert read_mark(comment) is None


def test_a_pool_is_marked_for_its_batch(load: Load) -> None:
    """With what it may cost: that is how other pools' reservations are known."""
    mark = pool_mark(load(), "abc", Decimal("1.5"))
    assert (mark.kind, mark.name, mark.maximum) == ("pool", "fruit/abc", Decimal("1.5"))
    assert read_mark(str(mark)) == mark


def test_a_pools_key_stays(load: Load) -> None:
    """Whenever and by whomever it is computed; what it may cost is no part of it."""
    assert pool_mark(load(), "abc", Decimal(1)).key == pool_mark(load(), "abc", Decimal(2)).key


@pytest.mark.parametrize("batch_and_round", [("abd", 1), ("abc", 2)])
def test_a_pools_key_changes_with_commit_and_round(load: Load, batch_and_round: tuple[str, int]) -> None:
    """Each is a pool of its own."""
    batch, round_ = batch_and_round
    assert pool_mark(load(), batch, Decimal(1), round_).key != pool_mark(load(), "abc", Decimal(1)).key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reward_per_assignment", 0.2),
        ("defaults", {"default_overlap_for_new_tasks": 5}),
        ("filter", {"and": []}),
        ("new_in_toloka", True),
    ],
)
def test_a_pools_key_changes_with_its_configuration(
    load: Load, attributes: dict[str, Any], field: str, value: Any
) -> None:
    """Every field of it, known to us or not."""
    before = pool_mark(load(), "abc", Decimal(1)).key
    attributes["pool"][field] = value
    assert pool_mark(load(), "abc", Decimal(1)).key != before


def test_a_pools_key_changes_with_the_project(load: Load, attributes: dict[str, Any]) -> None:
    """Two projects may read one repo."""
    before = pool_mark(load(), "abc", Decimal(1)).key
    attributes["name"] = "vegetables"
    assert pool_mark(load(), "abc", Decimal(1)).key != before


def test_a_pools_key_does_not_change_with_expiry_budget_or_aggregation(load: Load, attributes: dict[str, Any]) -> None:
    """They don't change what workers see or get, so nothing is asked again."""
    before = pool_mark(load(), "abc", Decimal(1)).key
    attributes |= {"pool_days": 30, "aggregation": {"method": "wawa"}}
    attributes["budget"]["per_batch"] = 60
    assert pool_mark(load(), "abc", Decimal(1)).key == before


def test_a_projects_mark_changes_with_its_form(load: Load, attributes: dict[str, Any]) -> None:
    """The name stays, so it is found and updated."""
    before = project_mark(load())
    attributes["project"]["public_name"] = "Which fruit is it?"
    after = project_mark(load())
    assert (before.kind, before.name) == (after.kind, after.name) == ("project", "fruit")
    assert before.key != after.key


def test_a_trainings_mark_changes_with_its_tasks(load: Load, attributes: dict[str, Any]) -> None:
    """Toloka can't take tasks out of a training: other tasks are another training."""
    attributes |= {"training": TRAINING, "training_tasks": "training.csv"}
    before = training_mark(load({"training.csv": "text,kind,hint\nCox,apple,Red\n"}))
    after = training_mark(load({"training.csv": "text,kind,hint\nCox,apple,Green\n"}))
    assert (before.kind, before.name) == (after.kind, after.name) == ("training", "fruit")
    assert before.key != after.key


# 0.10 a suite and a fee of 20 % make 0.12; 4 real tasks in a suite; 3 answers to each task.
@pytest.mark.parametrize(
    ("tasks", "answers", "suites", "minimum", "maximum"),
    [
        (8, 24, 6, "0.72", "0.72"),  # 2 full suites, 3 times: 6 * 0.12
        (9, 27, 9, "0.84", "1.08"),  # 27 answers fill 7 suites; 3 suites, the last nearly empty, 3 times: 9 * 0.12
        (1, 3, 3, "0.12", "0.36"),  # 3 answers fit in one suite, but one worker answers a task once
        (0, 0, 0, "0", "0"),
    ],
)
def test_a_pool_costs_from_full_suites_to_fresh_ones(
    load: Load, tasks: int, answers: int, suites: int, minimum: str, maximum: str
) -> None:
    """By hand-made numbers."""
    plan = estimate_pool(tasks, load())
    assert (plan.tasks, plan.answers, plan.suites) == (tasks, answers, suites)
    assert (plan.minimum, plan.maximum) == (Decimal(minimum), Decimal(maximum))


def test_golden_tasks_cost_nothing(load: Load, attributes: dict[str, Any]) -> None:
    """The price is per suite."""
    before = estimate_pool(9, load())
    attributes["pool"]["mixer_config"]["golden_tasks_count"] = 3
    assert estimate_pool(9, load()) == before


def test_an_estimate_is_exact_to_a_hundredth_of_a_cent(load: Load, attributes: dict[str, Any]) -> None:
    """0.07 * 1.15 * 3 = 0.2415: no float comes near the money."""
    attributes["pool"]["reward_per_assignment"] = 0.07
    attributes["budget"]["fee"] = 0.15
    assert str(estimate_pool(4, load()).maximum) == "0.2415"


def test_a_pools_form_is_the_projects_with_what_is_known_now(load: Load) -> None:
    """Ids, expiry (seven days on), mark, and which batch it is, for requesters; nothing else."""
    project = load()
    mark = pool_mark(project, "2026-01-30T073512Z-4ccc5c1a", Decimal(1))
    assert compose_pool(project, mark, "42", None, NOW, "/new/items-3.csv") == {
        **project.pool,
        "private_name": f"{project.pool['private_name']} 2026-01-30 07:35 items-3.csv 4ccc5c1a",
        "project_id": "42",
        "private_comment": str(mark),
        "will_expire": "2026-02-06T12:00:00",
    }


def test_a_required_training_gets_its_id(load: Load, attributes: dict[str, Any]) -> None:
    """Beside what is required; and the project's own form stays as it is."""
    attributes |= {"training": TRAINING, "training_tasks": "golden.csv"}
    control = {"training_requirement": {"training_passing_skill_value": 70}, "configs": []}
    attributes["pool"]["quality_control"] = deepcopy(control)
    project = load()
    form = compose_pool(project, pool_mark(project, "abc", Decimal(1)), "42", "77", NOW)
    assert form["quality_control"] == {
        "training_requirement": {"training_passing_skill_value": 70, "training_pool_id": "77"},
        "configs": [],
    }
    assert project.pool["quality_control"] == control


def test_a_training_that_is_not_required_is_not_mentioned(load: Load, attributes: dict[str, Any]) -> None:
    """It is there for those who want it."""
    attributes |= {"training": TRAINING, "training_tasks": "golden.csv"}
    project = load()
    form = compose_pool(project, pool_mark(project, "abc", Decimal(1)), "42", "77", NOW)
    assert "quality_control" not in form


def test_expiry_is_in_utc(load: Load, attributes: dict[str, Any]) -> None:
    """Toloka's time stamps have no offset."""
    attributes["pool_days"] = 1
    project = load()
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    form = compose_pool(project, pool_mark(project, "abc", Decimal(1)), "42", None, there)
    assert form["will_expire"] == "2026-01-31T12:00:00"


def test_the_overlap_of_suites_holds_where_no_other_is_named() -> None:
    """As in Toloka: such a pool costs what its tasks get."""
    form = {"reward_per_assignment": 0.1, "mixer_config": {"real_tasks_count": 2}}
    of_suites = {"default_overlap_for_new_task_suites": 4}
    terms = read_terms({**form, "defaults": of_suites})
    assert terms is not None
    assert terms == read_terms({**form, "defaults": {"default_overlap_for_new_tasks": 4}})
    assert terms == read_terms({**form, "defaults": {"default_overlap_for_new_tasks": 0, **of_suites}})
    assert read_terms({**form, "defaults": {"default_overlap_for_new_task_suites": 0}}) is None
