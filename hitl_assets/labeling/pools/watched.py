"""A published batch, and what was last seen of its pool: what the `pools` sensor keeps from tick to tick."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from hitl_assets.labeling.project.declaration import Budget
from hitl_assets.labeling.records import PoolState

GONE, OPEN = "GONE", "OPEN"


@dataclass(frozen=True)
class PublishedBatch:
    """A batch and its pool, as the `pools` asset recorded them. A batch without new items has no pool (id empty).

    `cap` is the most that the batch may cost, in the account's currency; `room` what the project's other pools left of
    the cap per project. `at` is when that was (seconds since the epoch).
    """

    batch: str
    pool_id: str
    toloka_project_id: str
    created: str
    answers: int
    storage_id: int
    cap: Decimal | None = None
    room: Decimal | None = None
    at: float = 0.0

    def cap_under(self, budget: Budget) -> Decimal:
        """The most that it may cost: what was left when it was published, or less if the YAML says so now."""
        return budget.per_batch if self.cap is None else min(self.cap, budget.per_batch)


@dataclass(frozen=True)
class Stop:
    """A pool that we closed at its cap: when it had been opened (ISO time), and the cap."""

    started: str
    cap: Decimal

    def is_over(self, pool: PoolState, cap: Decimal) -> bool:
        """Whether that is why the pool is closed now, and the cap is higher."""
        return pool.started == self.started and pool.close_reason == "MANUAL" and cap > self.cap


@dataclass(frozen=True)
class Cost:
    """What was last seen of a pool's cost, with the fee, as text: an amount stays exact in a cursor.

    `spent` is what Toloka was paid, `exposure` what the pool costs if all that is being worked on gets paid too,
    `expected` what it costs when it is done, `price` the most that a suite cost since we watch it, `cap` the most that
    it may cost. Empty: not known yet.
    """

    spent: str = ""
    exposure: str = "0"
    expected: str = ""
    price: str = ""
    cap: str = ""


@dataclass(frozen=True)
class Watched:
    """A published batch, and what was last seen of its pool.

    `accepted` suites are paid, `expected` are there when it is done, by Toloka's count; -1: not known yet. `cost` is
    what they cost. `collected` and `reviewed` name the ending of the pool after which that was
    asked for. `stopped` is when the pool had been opened that we then closed at its cap. `planned` answers are asked
    for up to this `round`; 0: those of the plan. `rejected` suites cost nothing; `opened` is when we first saw the pool
    open (seconds since the epoch; 0: not yet), with `accepted_then` suites accepted. `per_suite` real tasks are in a
    suite (0: not known yet); `changes` says what differs from the project's YAML. `is_deleted`: somebody
    deleted the batch's partition in Dagster; its pool is watched, and not collected.
    """

    published: PublishedBatch
    status: str = ""
    accepted: int = -1
    expected: int = -1
    cost: Cost = field(default_factory=Cost)
    collected: str = ""
    reviewed: str = ""
    stopped: str = ""
    round: int = 1
    planned: int = 0
    rejected: int = 0
    opened: float = 0.0
    accepted_then: int = 0
    per_suite: int = 0
    changes: tuple[str, ...] = ()
    is_deleted: bool = False

    def seen_open(self, now: float) -> "Watched":
        """The same, with the time since when it is open; with none when it isn't."""
        if self.status != OPEN or self.accepted < 0:
            return replace(self, opened=0.0)
        return self if self.opened else replace(self, opened=now, accepted_then=self.accepted)

    def seen(self, pool: PoolState, accepted: int | None, expected: int | None, rejected: int | None) -> "Watched":
        """The same with what was seen of its pool now; numbers that are not known yet stay as they were."""
        return replace(
            self,
            status=pool.status,
            accepted=self.accepted if accepted is None else int(accepted),
            expected=self.expected if expected is None else int(expected),
            rejected=self.rejected if rejected is None else int(rejected),
            stopped="" if pool.started != self.stopped else self.stopped,
        )

    def gone(self) -> "Watched":
        """The same with a pool that is not there any more."""
        return replace(self, status=GONE, stopped="")


@dataclass(frozen=True)
class Doubled:
    """A batch for which people were asked in two pools: where, and since when (`created`, an ISO time)."""

    batch: str
    pool_id: str
    toloka_project_id: str
    created: str
    what_to_do: str
