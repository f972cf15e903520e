"""Transactions that give way: pachd's are SERIALIZABLE, and PostgreSQL cancels one of two that meet."""

import threading
from collections import Counter

from hitl_assets.emulators.pachyderm.errors import RefusedError

# The first was seen from a real server: in 3 of 1,610 StartCommits. FinishCommit is the same code, never seen.
TEXTS = {
    "start_commit": "commit unexpectedly resulted in rollback",
    "finish_commit": "ERROR: could not serialize access due to read/write dependencies among transactions"
    " (SQLSTATE 40001)",
}


class Conflicts:
    """Every k-th StartCommit and every k-th FinishCommit, counted alone, gives way; nothing of it is kept."""

    def __init__(self, rate: float, seed: int) -> None:
        """`rate`: the share of calls, from 0 to 0.5; so a call that is repeated at once succeeds. `seed`: which ones.

        Raises:
            ValueError: the rate is another number.
        """
        if not 0 <= rate <= 0.5:
            raise ValueError(f"conflicts are a share from 0 to 0.5, not {rate}")
        self._period = round(1 / rate) if rate else 0
        self._seed = seed
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def strike(self, operation: str) -> None:
        """Nothing, unless it is this call's turn.

        Raises:
            RefusedError: it is, in pachd's words.
        """
        if not self._period or operation not in TEXTS:
            return
        with self._lock:
            self._calls[operation] += 1
            is_struck = (self._calls[operation] + self._seed) % self._period == 0
        if is_struck:
            raise RefusedError(TEXTS[operation])
