"""What the dynamic parts of a pool must look like: overlap, prices, places of special tasks, choice of workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.pools.configuration import default_overlap
from hitl_assets.emulators.toloka.projects.specification import closed_options

MOST_OVERLAP = 30_000
MOST_PLACES = 1_000_000
WIDEST_RANGE = 32


def check_dynamics(form: Form) -> None:
    """Note errors in what changes overlap, price and admission while a pool runs."""
    _check_overlap(form.part("dynamic_overlap_config"), form)
    _check_pricing(form.part("dynamic_pricing_config"))
    balance = form.part("speed_quality_balance")
    if balance is not None:
        kinds = ("TOP_PERCENTAGE_BY_QUALITY", "BEST_CONCURRENT_USERS_BY_QUALITY")
        kind = balance.choice("type", kinds, required=True)
        if kind == kinds[0]:
            balance.whole("percent", 10, 100, required=True)
        elif kind is not None:
            balance.whole("count", 0, 2**31 - 1, required=True)


def check_checkpoints(control: Form) -> None:
    """Note errors in `checkpoints_config` and `captcha_frequency`."""
    control.choice("captcha_frequency", ("LOW", "MEDIUM", "HIGH"))
    config = control.part("checkpoints_config")
    for kind in ("real_settings", "golden_settings", "training_settings"):
        settings = None if config is None else config.part(kind)
        if settings is not None:
            settings.whole("target_overlap", 1, MOST_OVERLAP, required=True)
            if settings.part("task_distribution_function", required=True) is not None:
                check_distribution(settings, "task_distribution_function")


def check_distribution(form: Form, name: str) -> None:
    """Note errors in a distribution function."""
    function = form.part(name)
    if function is None:
        return
    function.choice("scope", ("POOL", "PROJECT"), required=True)
    function.choice("distribution", ("UNIFORM",), required=True)
    function.whole("window_days", 1, 365, required=True)
    bounds = []
    for interval in function.parts("intervals"):
        low = interval.whole("from", 1, MOST_PLACES, required=True)
        high = interval.whole("to", low or 1, MOST_PLACES)
        interval.whole("frequency", 1, 10_000_000, required=True)
        bounds.append((low or 1, MOST_PLACES if high is None else high))
    _check_apart(function, bounds)


def check_fields_of_overlap(form: Form, output_spec: Mapping[str, Any]) -> None:
    """Note the fields of a dynamic overlap whose answers cannot be counted: it needs a closed set of options."""
    config = form.part("dynamic_overlap_config")
    for field in [] if config is None else config.parts("fields"):
        name = field.values.get("name")
        declared = output_spec.get(str(name))
        if declared is None:
            field.refuse("name", "ENTITY_DOES_NOT_EXIST", f"The project has no output field {name}")
        elif not _is_closed(declared):
            message = "Needs allowed_values, a boolean, or an integer with a range of at most 32"
            field.refuse("name", "VALUE_NOT_ALLOWED", message)


def _check_overlap(config: Form | None, form: Form) -> None:
    if config is None:
        return
    config.choice("type", ("BASIC",), required=True)
    # The most must be more than the least.
    least = default_overlap(form.values) or 0
    config.whole("max_overlap", least + 1 if isinstance(least, int) else 1, MOST_OVERLAP, required=True)
    config.money("min_confidence", Decimal(0), Decimal(1), required=True)
    config.text("answer_weight_skill_id", required=True)
    for field in config.parts("fields"):
        field.text("name", required=True)
    if not config.values.get("fields"):
        config.refuse("fields", "VALUE_REQUIRED", "Name at least one output field")
    if form.values.get("mixer_config") is None:
        form.refuse("mixer_config", "VALUE_REQUIRED", "Dynamic overlap needs smart mixing")


def _check_pricing(config: Form | None) -> None:
    if config is None:
        return
    config.choice("type", ("SKILL",), required=True)
    config.text("skill_id", required=True)
    bounds = []
    for interval in config.parts("intervals"):
        low = interval.whole("from", 0, 100)
        high = interval.whole("to", low or 0, 100)
        interval.money("reward_per_assignment", Decimal("0.005"), Decimal(1_000_000), required=True)
        bounds.append((low or 0, 100 if high is None else high))
    _check_apart(config, bounds)


def _check_apart(form: Form, bounds: Sequence[tuple[int, int]]) -> None:
    if form.errors.found:
        return
    if not bounds:
        form.refuse("intervals", "VALUE_REQUIRED", "Give at least one interval")
    ordered = sorted(bounds)
    if any(before[1] >= after[0] for before, after in pairwise(ordered)):
        form.refuse("intervals", "VALUE_NOT_ALLOWED", "Intervals must not overlap")


def _is_closed(declared: Mapping[str, Any]) -> bool:
    low, high = declared.get("min_value"), declared.get("max_value")
    if declared["type"] == "integer" and low is not None and high is not None and not declared.get("allowed_values"):
        return bool(high - low <= WIDEST_RANGE)
    is_plain = declared["type"] in ("string", "url", "boolean", "integer", "float", "number")
    return is_plain and closed_options(declared) is not None
