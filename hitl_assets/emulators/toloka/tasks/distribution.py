"""Every n-th task: which places in a worker's row of tasks are special ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DAY = 86_400.0


@dataclass(frozen=True)
class Interval:
    """Places `first` to `last` (None: without end); every `frequency`-th of them is special, the first one too."""

    first: int
    last: int | None
    frequency: int

    def holds(self, place: int) -> bool:
        """Whether a place lies in it."""
        return self.first <= place and (self.last is None or place <= self.last)


@dataclass(frozen=True)
class Distribution:
    """A `task_distribution_function`. `scope` is POOL or PROJECT, `window` simulated seconds."""

    scope: str
    window: float
    intervals: tuple[Interval, ...]

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> Distribution | None:
        """Read it from a form that was validated."""
        if not form:
            return None
        intervals = (Interval(one["from"], one.get("to"), one["frequency"]) for one in form["intervals"])
        return cls(form["scope"], form["window_days"] * DAY, tuple(intervals))

    def is_special(self, place: int) -> bool:
        """Whether the worker's `place`-th task is a special one; the first is 1."""
        found = (one for one in self.intervals if one.holds(place))
        interval = next(found, None)
        return interval is not None and (place - interval.first) % interval.frequency == 0

    def count(self, done: int, size: int) -> int:
        """How many of the next `size` tasks are special for a worker who has done so many."""
        return sum(self.is_special(place) for place in range(done + 1, done + size + 1))


@dataclass(frozen=True)
class Checkpoint:
    """Selective majority vote: special tasks get another overlap."""

    overlap: int
    distribution: Distribution

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> Checkpoint | None:
        """Read one of the `checkpoints_config` settings."""
        distribution = Distribution.of((form or {}).get("task_distribution_function"))
        return None if distribution is None else cls((form or {})["target_overlap"], distribution)
