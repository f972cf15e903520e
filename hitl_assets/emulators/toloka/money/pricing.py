"""What a suite is worth to a worker: the pool's reward, or the one of the interval that their skill lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class PriceInterval:
    """Skill values `low` to `high`, both included, and the reward there in dollars."""

    low: int
    high: int
    reward: Decimal

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> PriceInterval:
        """Read one. A bound that is missing is the lowest or the highest value."""
        low, high = form.get("from"), form.get("to")
        return cls(low or 0, 100 if high is None else high, Decimal(str(form["reward_per_assignment"])))


@dataclass(frozen=True)
class DynamicPricing:
    """A `dynamic_pricing_config`."""

    skill_id: str
    intervals: tuple[PriceInterval, ...]

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> DynamicPricing | None:
        """Read it from a form that was validated."""
        if not form:
            return None
        return cls(form["skill_id"], tuple(map(PriceInterval.of, form["intervals"])))

    def reward(self, skill: Decimal | None, otherwise: Decimal) -> Decimal:
        """Dollars for a suite. Who has no such skill, or lies in no interval, gets the pool's own reward."""
        if skill is None:
            return otherwise
        # Bounds are whole numbers, and so is the value that the API shows: no gap between 49 and 50.
        value = round(skill)
        return next((one.reward for one in self.intervals if one.low <= value <= one.high), otherwise)
