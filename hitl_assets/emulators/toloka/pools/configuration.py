"""A pool's configuration as the engine reads it. What a client sent is kept beside it, unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.toloka.money.pricing import DynamicPricing
from hitl_assets.emulators.toloka.overlap.dynamics import Choice, DynamicOverlap
from hitl_assets.emulators.toloka.storage.clock import parse
from hitl_assets.emulators.toloka.storage.state import load
from hitl_assets.emulators.toloka.tasks.distribution import DAY, Checkpoint, Distribution

CAPTCHA_EVERY = {"LOW": 20, "MEDIUM": 10, "HIGH": 10}


@dataclass(frozen=True)
class Mixer:
    """How many tasks of each kind make a suite, and what the last suites may look like."""

    real: int
    golden: int
    training: int
    min_real: int
    min_golden: int
    min_training: int
    force_last: bool = True
    force_last_delay: float = 0.0
    in_creation_order: bool = False
    shuffle: bool = True
    golden_places: Distribution | None = None
    training_places: Distribution | None = None

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Mixer:
        """Read `mixer_config`. The minimal counts default to the full ones."""
        counts = {kind: form.get(f"{kind}_tasks_count") or 0 for kind in ("real", "golden", "training")}
        least = {f"min_{kind}": form.get(f"min_{kind}_tasks_count", count) for kind, count in counts.items()}
        least = {name: counts[name[4:]] if value is None else value for name, value in least.items()}
        return cls(
            **counts,
            **least,
            force_last=form.get("force_last_assignment") is not False,
            force_last_delay=float(form.get("force_last_assignment_delay_seconds") or 0),
            in_creation_order=bool(form.get("mix_tasks_in_creation_order")),
            shuffle=form.get("shuffle_tasks_in_task_suite") is not False,
            golden_places=Distribution.of(form.get("golden_task_distribution_function")),
            training_places=Distribution.of(form.get("training_task_distribution_function")),
        )

    @property
    def real_for_newcomers(self) -> int:
        """How many real tasks somebody's first suite has: the places of the others are theirs."""
        special = [one.count(0, self.real) for one in (self.golden_places, self.training_places) if one is not None]
        return max(self.real - sum(special), min(self.real, 1))


@dataclass(frozen=True)
class Condition:
    """One comparison of a rule."""

    key: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Rule:
    """If all conditions hold, the action is taken."""

    conditions: tuple[Condition, ...]
    action: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Collector:
    """What is counted about a worker, and the rules that look at it."""

    type: str
    parameters: Mapping[str, Any]
    rules: tuple[Rule, ...]
    uuid: str | None = None

    @property
    def key(self) -> str:
        """What its memory goes by."""
        return self.uuid or self.type

    @property
    def history_size(self) -> int | None:
        """How many of the latest observations count; None: all of this pool."""
        size = self.parameters.get("history_size")
        return None if size is None else int(size)


@dataclass(frozen=True)
class Training:
    """What a training asks of a worker."""

    suites_to_pass: int
    retry_after: float | None


@dataclass(frozen=True)
class Configuration:
    """A pool or a training. Durations are simulated seconds, `expires` is seconds since the epoch."""

    reward: Decimal
    seconds_to_answer: float
    mixer: Mixer | None
    collectors: tuple[Collector, ...] = ()
    filter: Any = None
    auto_accept: bool = True
    seconds_to_review: float | None = None
    close_delay: float = 0.0
    expires: float | None = None
    default_overlap: int | None = None
    default_suite_overlap: int | None = None
    suites_in_order: bool = False
    training_required: bool = False
    training_id: str | None = None
    passing_value: float = 0.0
    training: Training | None = None
    dynamic_overlap: DynamicOverlap | None = None
    pricing: DynamicPricing | None = None
    choice: Choice | None = None
    checkpoints: Mapping[str, Checkpoint] = field(default_factory=dict)
    captcha_every: int | None = None


@lru_cache(maxsize=256)
def pool_configuration(form_text: str) -> Configuration:
    """Read a pool's form, which was validated when it came in."""
    form = load(form_text)
    control = form.get("quality_control") or {}
    required = control.get("training_requirement")
    days = form.get("auto_accept_period_day")
    return Configuration(
        reward=Decimal(str(form["reward_per_assignment"])),
        seconds_to_answer=float(form["assignment_max_duration_seconds"]),
        mixer=Mixer.of(form["mixer_config"]) if form.get("mixer_config") else None,
        collectors=collectors(control),
        filter=form.get("filter"),
        auto_accept=form.get("auto_accept_solutions") is not False,
        seconds_to_review=None if days is None else days * DAY,
        close_delay=float(form.get("auto_close_after_complete_delay_seconds") or 0),
        expires=parse(form["will_expire"]).timestamp(),
        default_overlap=default_overlap(form),
        default_suite_overlap=(form.get("defaults") or {}).get("default_overlap_for_new_task_suites") or None,
        suites_in_order=bool((form.get("assignments_issuing_config") or {}).get("issue_task_suites_in_creation_order")),
        training_required=required is not None,
        training_id=(required or {}).get("training_pool_id"),
        passing_value=float((required or {}).get("training_passing_skill_value") or 0),
        dynamic_overlap=DynamicOverlap.of(form.get("dynamic_overlap_config")),
        pricing=DynamicPricing.of(form.get("dynamic_pricing_config")),
        choice=Choice.of(form.get("speed_quality_balance")),
        checkpoints=_checkpoints(control.get("checkpoints_config") or {}),
        captcha_every=CAPTCHA_EVERY.get(control.get("captcha_frequency") or ""),
    )


def default_overlap(form: Mapping[str, Any]) -> int | None:
    """A pool's overlap for tasks that bring none: where it names only that of suites, as toloka-kit does, that."""
    defaults = form.get("defaults") or {}
    return defaults.get("default_overlap_for_new_tasks") or defaults.get("default_overlap_for_new_task_suites") or None


@lru_cache(maxsize=64)
def training_configuration(form_text: str) -> Configuration:
    """Read a training's form: a pool of unpaid tasks, with one answer of each worker to each."""
    form = load(form_text)
    count = form["training_tasks_in_task_suite_count"]
    days = form.get("retry_training_after_days")
    return Configuration(
        reward=Decimal(0),
        seconds_to_answer=float(form.get("assignment_max_duration_seconds") or DAY),
        mixer=Mixer(
            0, 0, count, 0, 0, min_training=1,
            in_creation_order=form.get("mix_tasks_in_creation_order") is not False,
            shuffle=form.get("shuffle_tasks_in_task_suite") is not False,
        ),
        training=Training(form.get("task_suites_required_to_pass") or 1, None if days is None else days * DAY),
    )  # fmt: skip


@lru_cache(maxsize=64)
def project_collectors(form_text: str) -> tuple[Collector, ...]:
    """The collectors that a project's form sets for all of its pools."""
    return collectors(load(form_text).get("quality_control") or {})


@lru_cache(maxsize=64)
def active_limit(form_text: str) -> int | None:
    """How many suites of a project a worker may hold at the same time; None: any number."""
    limit: int | None = load(form_text).get("max_active_assignments_count")
    return limit


def collectors(control: Mapping[str, Any]) -> tuple[Collector, ...]:
    """Read `quality_control.configs`."""
    return tuple(
        Collector(
            type=config["collector_config"]["type"],
            parameters=config["collector_config"].get("parameters") or {},
            rules=tuple(_rule(rule) for rule in config.get("rules") or ()),
            uuid=config["collector_config"].get("uuid"),
        )
        for config in control.get("configs") or ()
    )


def _checkpoints(form: Mapping[str, Any]) -> dict[str, Checkpoint]:
    found = {kind.upper(): Checkpoint.of(form.get(f"{kind}_settings")) for kind in ("real", "golden", "training")}
    return {kind: one for kind, one in found.items() if one is not None}


def _rule(form: Mapping[str, Any]) -> Rule:
    return Rule(
        conditions=tuple(Condition(one["key"], one["operator"], one["value"]) for one in form["conditions"]),
        action=form["action"]["type"],
        parameters=form["action"].get("parameters") or {},
    )
