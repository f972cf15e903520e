"""Where a file lies that is an item: `repo@commit:/path`. What people get is an address that is made of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

FORM = re.compile(r"([A-Za-z0-9_-]+)@([A-Za-z0-9_.-]+):(/.+)", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A file of a commit. Commits never change, so what lies there never does, whatever is deleted later."""

    repo: str
    commit: str
    path: str

    def __str__(self) -> str:
        return f"{self.repo}@{self.commit}:{self.path}"


# What Pachyderm takes in the path of a file: printable ASCII without what its patterns are made of.
TAKEN = "".join(map(chr, range(32, 127))).translate(dict.fromkeys(map(ord, "*?[]{}!()@+^")))

# The address of a file for people: of its place, and the hash of its content (empty: not known here).
Write = Callable[[Place, str], str]


def read_place(text: object) -> Place | None:
    """The place that a value names; None if it is something else, for example an address."""
    match = FORM.fullmatch(text) if isinstance(text, str) else None
    return Place(*match.groups()) if match else None


def path_in_repo(path: str) -> str:
    """The path of a file as Pachyderm can have it: what it does not take is percent-encoded, `ö` is `%C3%B6`."""
    return "".join(each if each in TAKEN else quote(each, safe="", errors="surrogateescape") for each in path)
