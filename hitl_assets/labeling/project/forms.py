"""What we count on in Toloka's forms of a pool and a training."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Suite(BaseModel):
    """Toloka's `mixer_config`; names that are not here are passed on."""

    model_config = ConfigDict(extra="allow", frozen=True)
    real_tasks_count: int = Field(ge=1, le=500)
    golden_tasks_count: int = Field(0, ge=0, le=500)
    training_tasks_count: int = Field(0, ge=0, le=500)


class Defaults(BaseModel):
    """Toloka's `defaults` of a pool: the overlap, which is how many workers answer each task."""

    model_config = ConfigDict(extra="allow", frozen=True)
    default_overlap_for_new_tasks: int = Field(ge=1, le=30000, description="as for suites, if only that is given")
    default_overlap_for_new_task_suites: int = Field(1, ge=0, le=30000)

    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, values: Any) -> Any:
        """As Toloka does: where a pool names the overlap of suites only, tasks have that."""
        of_suites = values.get("default_overlap_for_new_task_suites") if isinstance(values, Mapping) else None
        if not of_suites or values.get("default_overlap_for_new_tasks"):
            return values
        return {**values, "default_overlap_for_new_tasks": of_suites}


class QualityControl(BaseModel):
    """Toloka's `quality_control` of a pool; names that are not here are passed on."""

    model_config = ConfigDict(extra="allow", frozen=True)
    training_requirement: dict[str, Any] | None = None


class DynamicOverlap(BaseModel):
    """Toloka's `dynamic_overlap_config`: it asks more workers where they disagree."""

    model_config = ConfigDict(extra="allow", frozen=True)
    max_overlap: int = Field(ge=1, le=30000)


class PriceInterval(BaseModel):
    """What a suite costs for workers whose skill is in an interval."""

    model_config = ConfigDict(extra="allow", frozen=True)
    reward_per_assignment: Decimal = Field(ge=Decimal("0.005"), le=100)


class DynamicPricing(BaseModel):
    """Toloka's `dynamic_pricing_config`: it pays skilled workers another price."""

    model_config = ConfigDict(extra="allow", frozen=True)
    intervals: list[PriceInterval]


class PoolTerms(BaseModel):
    """What we count on in a pool's configuration; names that are not here are passed on to Toloka."""

    model_config = ConfigDict(extra="allow", frozen=True)
    private_name: str = Field(min_length=1)
    reward_per_assignment: Decimal = Field(ge=Decimal("0.005"), le=100)
    assignment_max_duration_seconds: int = Field(ge=5, le=2**31 - 1)
    mixer_config: Suite
    defaults: Defaults
    quality_control: QualityControl | None = None
    dynamic_overlap_config: DynamicOverlap | None = None
    dynamic_pricing_config: DynamicPricing | None = None

    @property
    def most_answers(self) -> int:
        """How many workers answer a task at most."""
        overlap = self.defaults.default_overlap_for_new_tasks
        return max(overlap, self.dynamic_overlap_config.max_overlap) if self.dynamic_overlap_config else overlap


class TrainingTerms(BaseModel):
    """What we count on in a training's configuration; names that are not here are passed on to Toloka."""

    model_config = ConfigDict(extra="allow", frozen=True)
    private_name: str = Field(min_length=1)
    training_tasks_in_task_suite_count: int = Field(ge=1, le=500)
    task_suites_required_to_pass: int = Field(ge=1, le=500)
    metadata: dict[str, list[str]] = {}
