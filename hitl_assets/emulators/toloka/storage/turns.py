"""A lock whose holder can see that others wait, and let them go first."""

from __future__ import annotations

import threading
from types import TracebackType


class Turn:
    """A reentrant lock. Python's own is not fair: who lets go of it and asks again gets it before those who wait."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._change = threading.Condition()
        self._waiting = 0

    def __enter__(self) -> None:
        """Wait for the lock."""
        if self._lock.acquire(blocking=False):
            return
        with self._change:
            self._waiting += 1
        self._lock.acquire()
        with self._change:
            self._waiting -= 1
            self._change.notify_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it."""
        self._lock.release()

    @property
    def is_wanted(self) -> bool:
        """Whether anybody waits."""
        return self._waiting > 0

    def step_back(self) -> None:
        """Wait until nobody waits any more. For whoever works all the time, and does not hold the lock."""
        with self._change:
            self._change.wait_for(lambda: self._waiting == 0, timeout=1.0)
