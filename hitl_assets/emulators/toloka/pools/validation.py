"""What a pool, a training or a project must look like, and which of Toloka's features are refused."""

from __future__ import annotations

from decimal import Decimal

from hitl_assets.emulators.toloka.admission.filters import check_filter
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.overlap.dynamics_forms import (
    MOST_OVERLAP,
    check_checkpoints,
    check_distribution,
    check_dynamics,
)
from hitl_assets.emulators.toloka.projects.specification import check_specification
from hitl_assets.emulators.toloka.quality.rule_forms import check_collectors
from hitl_assets.emulators.toloka.storage.clock import parse

LEAST_REWARD = Decimal("0.005")
# The API names 0 to 100, its client -100 to 100.
PRIORITIES = (-100, 100)


def check_project(form: Form) -> None:
    """Refuse a project that is wrong or not covered."""
    form.text("public_name", required=True)
    form.text("public_description")
    form.whole("max_active_assignments_count", 1, 2**31 - 1)
    form.choice("assignments_issuing_type", ("AUTOMATED", "MAP_SELECTOR"))
    if form.values.get("assignments_issuing_type") == "MAP_SELECTOR":
        form.refuse("assignments_issuing_type", "VALUE_NOT_ALLOWED", "This emulator does not run map tasks")
    specification = form.part("task_spec", required=True)
    if specification is not None:
        check_specification(specification)
    control = form.part("quality_control")
    if control is not None:
        check_collectors(control)
    form.errors.refuse()


def check_pool(form: Form) -> None:
    """Refuse a pool that is wrong, or that would be run differently here than by the real service."""
    form.text("project_id", required=True)
    form.text("private_name", required=True)
    reward = form.money("reward_per_assignment", Decimal(0), Decimal(1_000_000), required=True)
    if reward is not None and 0 < reward < LEAST_REWARD:
        message = f"Must be at least {LEAST_REWARD}, or 0 in a pool of control and training tasks"
        form.refuse("reward_per_assignment", "VALUE_LESS_THAN_MIN", message, min=float(LEAST_REWARD))
    form.whole("assignment_max_duration_seconds", 5, 2**31 - 1, required=True)
    form.whole("auto_close_after_complete_delay_seconds", 0, 259_200)
    form.whole("auto_accept_period_day", 1, 21)
    form.whole("priority", *PRIORITIES)
    form.flag("may_contain_adult_content")
    form.flag("auto_accept_solutions")
    _check_date(form, "will_expire")
    defaults = form.part("defaults", required=True)
    if defaults is not None:
        # Zero was taken of production pools: such a pool has no default.
        defaults.whole("default_overlap_for_new_task_suites", 0, MOST_OVERLAP)
        defaults.whole("default_overlap_for_new_tasks", 0, MOST_OVERLAP)
    _check_mixer(form.part("mixer_config"))
    issuing = form.part("assignments_issuing_config")
    if issuing is not None:
        issuing.flag("issue_task_suites_in_creation_order")
    check_dynamics(form)
    control = form.part("quality_control")
    if control is not None:
        check_checkpoints(control)
        _check_training_requirement(control.part("training_requirement"))
        check_collectors(control)
    check_filter(form, "filter")
    form.errors.refuse()


def check_training(form: Form) -> None:
    """Refuse a training that is wrong."""
    form.text("project_id", required=True)
    form.text("private_name", required=True)
    form.whole("training_tasks_in_task_suite_count", 0, 500, required=True)
    form.whole("task_suites_required_to_pass", 0, 500)
    form.whole("assignment_max_duration_seconds", 5, 2**31 - 1)
    form.whole("retry_training_after_days", 1, 36_500)
    for flag in ("inherited_instructions", "mix_tasks_in_creation_order", "shuffle_tasks_in_task_suite"):
        form.flag(flag)
    form.errors.refuse()


def _check_date(form: Form, name: str) -> None:
    text = form.text(name, required=True)
    if text is None:
        return
    try:
        parse(text)
    except ValueError:
        form.refuse(name, "INVALID_DATE_TIME_SYNTAX", "Expected an ISO date and time")


def _check_mixer(mixer: Form | None) -> None:
    if mixer is None:
        return
    total = 0
    for kind in ("real", "golden", "training"):
        count = mixer.whole(f"{kind}_tasks_count", 0, 500, required=True) or 0
        mixer.whole(f"min_{kind}_tasks_count", 0, count)
        total += count
    if total == 0 and not mixer.errors.found:
        mixer.refuse("real_tasks_count", "VALUE_LESS_THAN_MIN", "A suite needs at least one task", min=1)
    mixer.whole("force_last_assignment_delay_seconds", 0, 86_400)
    for flag in ("force_last_assignment", "mix_tasks_in_creation_order", "shuffle_tasks_in_task_suite"):
        mixer.flag(flag)
    for function in ("golden_task_distribution_function", "training_task_distribution_function"):
        check_distribution(mixer, function)


def _check_training_requirement(requirement: Form | None) -> None:
    # A missing training_pool_id is noticed when the pool is opened: forms are often completed later.
    if requirement is not None:
        requirement.money("training_passing_skill_value", Decimal(0), Decimal(100), required=True)
        requirement.text("training_pool_id")
