"""Pools whose tasks simulated workers cannot answer: why, and when nobody tries any more. In memory only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

# Everybody who is at work at a time may meet the same tasks first, and go on to others that can be answered.
MOST_IN_A_ROW = 100
LEFT = "The answer key lacks some of these items, and simulated people make nothing up: answer them here yourself"


@dataclass(frozen=True)
class Unanswered:
    """Suites of a pool that were given back because nothing could be handed in, and what was wrong with the last."""

    total: int = 0
    in_a_row: int = 0
    reason: str = ""


class UnansweredSuites:
    """What simulated workers could not answer, by pool."""

    def __init__(self) -> None:
        self._pools: dict[str, Unanswered] = {}
        self._left: set[str] = set()
        self._lock = threading.Lock()

    def note(self, pool_id: str, reason: str) -> None:
        """One more suite."""
        with self._lock:
            before = self._pools.get(pool_id, Unanswered())
            self._pools[pool_id] = Unanswered(before.total + 1, before.in_a_row + 1, reason)

    def leave(self, pool_ids: set[str]) -> None:
        """Which pools are left to people: the answer key lacks some of their items, and nothing is made up."""
        self._left = pool_ids

    def note_answered(self, pool_id: str) -> None:
        """Some suites of this pool can be answered."""
        self._count_anew([pool_id])

    def try_again(self) -> None:
        """Something was changed: in any pool there may be tasks that can be answered now."""
        self._count_anew(list(self._pools))

    def is_hopeless(self, pool_id: str) -> bool:
        """Whether so many suites in a row could not be answered that nobody tries any more."""
        return self._pools.get(pool_id, Unanswered()).in_a_row >= MOST_IN_A_ROW

    def in_words(self, pool_id: str) -> str | None:
        """What a requester should know of a pool; None if there is nothing."""
        found = self._pools.get(pool_id)
        if pool_id in self._left:
            return LEFT
        if found is None:
            return None
        return f"{found.total} suites could not be handed in, and were skipped. The last: {found.reason}"

    def _count_anew(self, pool_ids: list[str]) -> None:
        with self._lock:
            for pool_id in pool_ids:
                if pool_id in self._pools:
                    self._pools[pool_id] = replace(self._pools[pool_id], in_a_row=0)
