"""What every part of the server shares: the store, the clock, the fee, the trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.crowd.workers import Workers
from hitl_assets.emulators.toloka.http.trace import Trace
from hitl_assets.emulators.toloka.storage.clock import Clock
from hitl_assets.emulators.toloka.storage.store import Store
from hitl_assets.emulators.toloka.storage.unanswered import UnansweredSuites

REQUESTER_ID = "ac1e0000000000000000000000000001"
FIRST_ID = 10000001
# Made once: json.dumps would make a new one for every call with options of its own.
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
OWNER = {"id": REQUESTER_ID, "myself": True}


@dataclass(frozen=True)
class State:
    """One emulated Toloka."""

    store: Store
    clock: Clock
    fee: Decimal
    wake: Callable[[], None] = field(default=lambda: None)
    trace: Trace = field(default_factory=Trace)
    unanswered: UnansweredSuites = field(default_factory=UnansweredSuites)
    # A pool closes when it has had so many assignments.
    most_assignments: int = 2_000_000
    # Whether a pool that the balance does not cover is refused by a failed operation instead of a 409.
    opens_by_operation: bool = False
    # Seconds of the wall clock in which a pool that is done stays open all the same.
    close_delay: float = 0.0
    # Pools of which something was said that is to be said once.
    warned: set[str] = field(default_factory=set)
    # Who may come, if anybody is simulated, what they know to be right, and whether they make up what they don't know.
    crowd: Workers | None = None
    crowd_name: str = "none"
    answer_key: AnswerKey = field(default_factory=AnswerKey)
    makes_up: bool = True

    def new_id(self) -> str:
        """A fresh id of a project, pool, skill or restriction: decimal, of fixed width, increasing."""
        return str(self.store.reserve_numbers("entity", FIRST_ID))

    def new_keys(self, pool_id: str, count: int) -> list[str]:
        """Fresh ids of tasks, suites or assignments. String order is the order of creation."""
        first = self.store.reserve_numbers("key", 1, count)
        return [f"{int(pool_id):010x}--{number:024x}" for number in range(first, first + count)]


def dump(value: Any) -> str:
    """JSON as it is kept on disk."""
    return ENCODER.encode(value)


def load(text: str) -> Any:
    """JSON from disk."""
    return json.loads(text)
