"""What the crowd needs of a platform."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from hitl_assets.emulators.crowd.suites import Suite
from hitl_assets.emulators.crowd.workers import Outcome, Worker


@dataclass(frozen=True)
class Seat:
    """Room for one worker at a time. `due` is when something happens next on it; None: it waits for work.

    Seats live in simulated seconds, so that the crowd may go on at another speed.
    """

    seat: int
    due: float | None = None
    number: int | None = None
    assignment_id: str | None = None
    misses: int = 0


@dataclass(frozen=True)
class Due:
    """When the platform needs to be looked after next: on the wall clock, and in simulated time."""

    wall: float = math.inf
    simulated: float = math.inf

    def or_earlier(self, other: Due) -> Due:
        """Whichever is earlier, on each clock."""
        return Due(min(self.wall, other.wall), min(self.simulated, other.simulated))


class Workplace(Protocol):
    """A platform, as workers see it. All changes inside one `transaction` are kept together or not at all."""

    def transaction(self) -> AbstractContextManager[None]:
        """Begin; the end of the block keeps what was done."""

    def is_wanted(self) -> bool:
        """Whether somebody waits for the transaction to end."""

    def step_back(self) -> None:
        """Let those who wait go first."""

    def keep_time(self) -> Due:
        """Do what the clocks demand (expiry, closing); when that is needed next."""

    def keep_moment(self, moment: float) -> None:
        """Keep how far simulated time has come."""

    def has_work(self) -> bool:
        """Whether anything waits to be given to somebody."""

    def suits(self, profile: Mapping[str, Any]) -> bool:
        """Whether a newcomer with this profile would be let in anywhere."""

    def ask_back(self, order: Callable[[int], float], most: int) -> int | None:
        """The number of somebody who was here, and may do what not everybody may; the first of `most` by `order`."""

    def take(self, worker: Worker) -> str | None:
        """The next suite for a worker: the assignment's id, or None."""

    def read(self, assignment_id: str) -> Suite | None:
        """The suite of an assignment that is still active."""

    def submit(self, assignment_id: str, outputs: Sequence[Mapping[str, Any]], outcome: Outcome) -> None:
        """Hand in answers. Late ones are to come in only after the pool is closed."""

    def drop(self, assignment_id: str, status: str) -> None:
        """Leave a suite: SKIPPED or EXPIRED."""

    def give_up(self, assignment_id: str, reason: str) -> None:
        """Skip a suite because nothing can be handed in for it; where all are like that, there is no more work."""

    def next_number(self, name: str) -> int:
        """1, 2, 3, ... for each name."""

    def seats(self) -> list[Seat]:
        """The seats as they were kept."""

    def keep(self, seat: Seat) -> None:
        """Keep a seat."""
