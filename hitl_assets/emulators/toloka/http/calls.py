"""One request and its answer, as the resources see them: no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request: the parts of its path, its query, its JSON body (None if there is none)."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def flag(self, name: str) -> bool:
        """A boolean of the query."""
        return self.query.get(name) == "true"


@dataclass(frozen=True)
class Reply:
    """An answer: status and JSON, or instead of JSON a table's `chunks` or a file's `content`.

    `later` makes the answer when the transaction of the request is over.
    """

    status: int
    body: Any = None
    chunks: Iterator[str] | None = None
    content: bytes | None = None
    later: Callable[[], Reply] | None = None
