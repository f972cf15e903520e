"""Which part of a file a request wants (RFC 9110, 14): one range of bytes, or all of it."""

import re
from dataclasses import dataclass

RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


class RangeError(ValueError):
    """The file has no byte of what was asked for."""


@dataclass(frozen=True)
class Part:
    """The bytes from `start` to before `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def read_range(header: str | None, size: int) -> Part | None:
    """The part of a file of this size; None: all of it, also where several parts are asked for, or nothing that this
    is to understand.

    Raises:
        RangeError: it begins behind the end.
    """
    match = RANGE.fullmatch(header or "")
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None
    if not first:  # so many at the end
        if int(last) == 0 or size == 0:
            raise RangeError
        return Part(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeError
    return Part(int(first), min(size, int(last) + 1) if last else size)


def is_named(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names this entity tag (weakly compared), or any."""
    named = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return tag in named or named == ["*"]
