"""Where a file lies that is an item: `repo@commit:/path`. What people get is an address that is made of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

FORM = re.compile(r"([A-Za-z0-9_-]+)@([A-Za-z0-9_.-]+):(/.+)", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A file of a commit. Commits never change, so what lies there never does, whatever is deleted later."""

    repo: str
    commit: str
    path: str

    def __str__(self) -> str:
        return f"{self.repo}@{self.commit}:{self.path}"


# The address of a file for people: of its place, and the hash of its content (empty: not known here).
Write = Callable[[Place, str], str]


def read_place(text: object) -> Place | None:
    """The place that a value names; None if it is something else, for example an address."""
    match = FORM.fullmatch(text) if isinstance(text, str) else None
    return Place(*match.groups()) if match else None
