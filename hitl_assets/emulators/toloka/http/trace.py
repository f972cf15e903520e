"""The latest requests: who asked for what, and what they got. No header but toloka-kit's own, no body, no token."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

CALLER = {
    "caller_context": "X-Caller-Context",
    "top_level_method": "X-Top-Level-Method",
    "low_level_method": "X-Low-Level-Method",
}
CAPACITY = 10_000
LONGEST = 2_000


@dataclass(frozen=True)
class Entry:
    """One request. `milliseconds` until the answer was ready; `status` None: none was sent. `fault` is a rule's id."""

    time: str
    method: str
    path: str
    query: str
    status: int | None
    milliseconds: float
    caller: Mapping[str, str]
    fault: str | None
    number: int = 0


class Trace:
    """A ring: the latest `CAPACITY` requests, numbered from 1. It does not outlive the process."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._number = 0
        self._turn = threading.Lock()

    def add(self, entry: Entry) -> None:
        """One more; the oldest goes if there are too many."""
        with self._turn:
            self._number += 1
            short = {name: getattr(entry, name)[:LONGEST] for name in ("path", "query")}
            self._entries.append(replace(entry, **short, number=self._number))

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        """The entries with a higher number, the oldest first."""
        with self._turn:
            return [asdict(entry) for entry in self._entries if entry.number > after]

    def clear(self) -> None:
        """Forget all of them. Numbers go on."""
        with self._turn:
            self._entries.clear()


def caller_of(headers: Mapping[str, str]) -> dict[str, str]:
    """What toloka-kit says about its caller."""
    return {name: headers[header][:LONGEST] for name, header in CALLER.items() if header in headers}
