"""The faults that can be asked for: what goes wrong, where, and how often. What a rule does is in failing.py."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hitl_assets.emulators.crowd.chance import chance
from hitl_assets.emulators.toloka.http.errors import FieldErrors, validation_error

INTERVALS = {"SEC": 1.0, "MIN": 60.0, "HOUR": 3600.0, "DAY": 86_400.0}
CLOSE_REASONS = Literal[
    "MANUAL", "EXPIRED", "COMPLETED", "NOT_ENOUGH_BALANCE", "ASSIGNMENTS_LIMIT_EXCEEDED", "BLOCKED", "FOR_UPDATE"
]


class Schedule(BaseModel):
    """How often: of what matches, after the first `after`, each `every`-th, with `probability`, at most `times`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    after: int = Field(0, ge=0)
    every: int = Field(1, ge=1)
    probability: float = Field(1.0, gt=0, le=1)
    seed: int = 0
    times: int | None = Field(None, ge=1)

    def is_due(self, number: int, fired: int) -> bool:
        """Whether the rule fires at what it sees as its `number`-th (from 1), having fired so often."""
        if number <= self.after or (number - self.after) % self.every or fired == self.times:
            return False
        return chance(self.seed, number, "fault") < self.probability


class RequestRule(Schedule):
    """A fault of requests. In `path`, as the trace shows it, `*` is one part and `**` any number of them."""

    method: Literal["*", "GET", "POST", "PUT", "PATCH", "DELETE"] = "*"
    path: str = "/api/**"

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one of those that this rule counts."""
        return self.method in ("*", method) and pattern(self.path).fullmatch(path) is not None


class PoolRule(Schedule):
    """A fault of what happens in a pool, or in any if there is no `pool_id`."""

    pool_id: str | None = None


class LostResponse(RequestRule):
    """The work is done, and no answer comes: the connection ends, or with `status` 500 an error is answered."""

    kind: Literal["lost_response"]
    status: Literal[500] | None = None


class Slow(RequestRule):
    """The work is done at once, the answer comes after so many seconds of the wall clock."""

    kind: Literal["slow"]
    seconds: float = Field(gt=0, le=3600)


class Status(RequestRule):
    """Refused before any work. The client that ships cannot read `html`, `empty`, a `retry_after` or an `interval`."""

    kind: Literal["status"]
    status: Literal[408, 429, 500, 502, 503, 504]
    body: Literal["json", "empty", "html"] = "json"
    retry_after: int | None = Field(None, ge=0)
    interval: Literal["MIN", "HOUR", "DAY"] | None = None


class Quota(RequestRule):
    """429 for what exceeds so many items (a list counts as its length) in an interval of the wall clock."""

    kind: Literal["quota"]
    limit: int = Field(ge=0)
    interval: Literal["SEC", "MIN", "HOUR", "DAY"]


class FailedOperation(RequestRule):
    """The operation ends FAIL with an empty log, and nothing was done. Counts asynchronous requests only."""

    kind: Literal["failed_operation"]


class InvalidTasks(RequestRule):
    """Chosen items of an upload fail validation: by their index, or because their JSON has this text in it."""

    kind: Literal["invalid_tasks"]
    method: Literal["POST"] = "POST"
    path: str = "/api/v1/tasks"
    positions: tuple[int, ...] = ()
    containing: str | None = Field(None, min_length=1)

    def chooses(self, position: int, item: Any) -> bool:
        """Whether this item is to fail."""
        return position in self.positions or (
            self.containing is not None and self.containing in json.dumps(item, ensure_ascii=False)
        )


class BalanceExhausted(PoolRule):
    """Instead of a suite the pool gets an empty account: all that is not held is gone. Counts suites."""

    kind: Literal["balance_exhausted"]


class PoolClosed(PoolRule):
    """Instead of giving a suite the pool closes. Counts suites."""

    kind: Literal["pool_closed"]
    reason: CLOSE_REASONS = "MANUAL"


class LateAnswers(PoolRule):
    """Answers come only after the pool is closed, `seconds` of the crowd's time later. Counts submitted suites."""

    kind: Literal["late_answers"]
    seconds: float = Field(0.0, ge=0)


Rule = Annotated[
    LostResponse | Slow | Status | Quota | FailedOperation | InvalidTasks | BalanceExhausted | PoolClosed | LateAnswers,
    Field(discriminator="kind"),
]
RULES: TypeAdapter[Any] = TypeAdapter(Rule)
# What the documentation of the real service names.
REAL_QUOTAS: tuple[Mapping[str, Any], ...] = (
    {"path": "/api/**", "limit": 300, "interval": "SEC"},
    *(
        {"method": "POST", "path": path, "limit": limit, "interval": interval}
        for path, limits in {
            "/api/v1/projects": {"MIN": 20, "DAY": 100},
            "/api/v1/pools": {"MIN": 20, "DAY": 100},
            "/api/v1/pools/*/clone": {"MIN": 20, "DAY": 100},
            "/api/v1/trainings": {"MIN": 20, "DAY": 100},
            "/api/v1/skills": {"MIN": 10, "DAY": 100},
            "/api/v1/tasks": {"MIN": 200_000, "DAY": 4_000_000},
            "/api/v1/task-suites": {"MIN": 100_000, "DAY": 2_000_000},
            "/api/v1/user-bonuses": {"DAY": 10_000},
        }.items()
        for interval, limit in limits.items()
    ),
    {"method": "PUT", "path": "/api/v1/user-skills", "limit": 100_000, "interval": "DAY"},
)


def read_rule(form: Any) -> Any:
    """A rule from JSON. 400 VALIDATION_ERROR names what is wrong with it."""
    try:
        return RULES.validate_python(form)
    except ValidationError as error:
        errors = FieldErrors()
        for found in error.errors():
            # The first part is the kind, by which the shape was chosen.
            path = ".".join(map(str, found["loc"][1:])) or "kind"
            errors.add(path, "VALUE_NOT_ALLOWED", found["msg"])
        raise validation_error(errors.found) from error


@lru_cache(maxsize=256)
def pattern(path: str) -> re.Pattern[str]:
    """A path with `*` and `**` as a regular expression."""
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts), re.DOTALL)
