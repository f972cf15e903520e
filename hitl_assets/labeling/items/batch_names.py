"""What a batch is called, `2026-11-30T073512Z-4ccc5c1a`: when its commit was started (UTC), how the commit's id begins.

Legal in Pachyderm's paths, URLs, shells and Kubernetes' labels; sorted by name is sorted by time. Versions before 0.2
called a batch by the whole id of its commit; that names it for ever.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

from hitl_assets.labeling.records import Commit

DIGITS = 8
COMMIT = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(rf"(\d{{4}}-\d\d-\d\dT\d{{6}}Z)-([0-9a-f]{{{DIGITS}}})")
FORM = "%Y-%m-%dT%H%M%SZ"
# So much of a file's name is shown.
LONGEST_FILE = 20


class Start(NamedTuple):
    """What a batch's name says of its commit: the second in which it was started, and how its id begins."""

    started: datetime
    beginning: str


def name_batch(commit: Commit) -> str:
    """What the batch of a commit is called."""
    return f"{commit.started.astimezone(timezone.utc).strftime(FORM)}-{commit.id[:DIGITS]}"


def names_of(commit: Commit) -> tuple[str, str]:
    """Every name that the batch of a commit may have: its id is what versions before 0.2 called it."""
    return name_batch(commit), commit.id


def is_commit(name: str) -> bool:
    """Whether a name is the whole id of a commit."""
    return COMMIT.fullmatch(name) is not None


def read_name(name: str) -> Start | None:
    """What a name says; None if it is the whole id of a commit, or no name of a batch."""
    match = NAME.fullmatch(name)
    try:
        return Start(datetime.strptime(match[1], FORM).replace(tzinfo=timezone.utc), match[2]) if match else None
    except ValueError:  # a 13th month
        return None


def beginning_of(name: str) -> str:
    """How the id of a batch's commit begins, as far as the name tells."""
    start = read_name(name)
    return start.beginning if start else name


def may_be_same(name: str, other: str) -> bool:
    """Whether two different names may be of the same commit: one of them is its whole id."""
    beginnings = beginning_of(name), beginning_of(other)
    return name != other and (is_commit(name) or is_commit(other)) and beginnings[0][:DIGITS] == beginnings[1][:DIGITS]


def find_named(names: Iterable[str], text: str) -> list[str]:
    """The batches that somebody may mean: by the name, the whole id of the commit, or how either begins."""
    every = list(names)
    exact = [name for name in every if name == text]
    return exact or [name for name in every if text and is_meant(name, text)]


def is_meant(name: str, text: str) -> bool:
    """Whether somebody may mean this batch."""
    beginning = beginning_of(name)
    return name.startswith(text) or beginning.startswith(text) or (is_commit(text) and text.startswith(beginning))


def by_time(name: str) -> tuple[bool, str]:
    """What sorts batches: those of before 0.2 first, whose names have no time."""
    return not is_commit(name), name


def title(name: str, file: str = "", committed: datetime | None = None) -> str:
    """A batch for people: `2026-11-30 07:35 items-3.csv 4ccc5c1a` (UTC), as far as it is known."""
    start = read_name(name)
    at = start.started if start else committed
    when = at.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M") if at else ""
    return " ".join(filter(None, [when, shorten(file.rsplit("/", 1)[-1]), beginning_of(name)[:DIGITS]]))


def short_title(name: str) -> str:
    """The same for narrow screens: `11-30 07:35 4ccc5c1a`."""
    whole = title(name)
    return whole[5:] if read_name(name) else whole


def shorten(file: str) -> str:
    """A file's name, its end left out if it is long."""
    return file if len(file) <= LONGEST_FILE else f"{file[: LONGEST_FILE - 3]}..."
