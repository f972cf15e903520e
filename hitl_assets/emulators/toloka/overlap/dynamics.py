"""What changes while a pool runs: the overlap of its tasks, and which workers it is shown to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DynamicOverlap:
    """Overlap grows up to `most` until the answers are `confidence` sure, 0 to 1."""

    most: int
    confidence: float
    skill_id: str
    fields: tuple[str, ...]

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> DynamicOverlap | None:
        """Read `dynamic_overlap_config`."""
        if not form:
            return None
        fields = tuple(field["name"] for field in form["fields"])
        return cls(form["max_overlap"], float(form["min_confidence"]), form["answer_weight_skill_id"], fields)


@dataclass(frozen=True)
class Choice:
    """A `speed_quality_balance`: only the best `share` of all workers, or at most `count` at the same time."""

    share: float | None = None
    count: int | None = None

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> Choice | None:
        """Read it from a form that was validated."""
        if not form:
            return None
        return cls(None if form.get("percent") is None else form["percent"] / 100, form.get("count"))
