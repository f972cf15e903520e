"""Rows of the store as plain records. Times are nanoseconds since 1970, keys are row ids."""

from dataclasses import dataclass
from enum import IntEnum


class Origin(IntEnum):
    """Why a commit exists. The numbers are the wire's."""

    USER = 1
    AUTO = 2
    FSCK = 3


class State(IntEnum):
    """How far a commit is. The numbers are the wire's."""

    STARTED = 1
    READY = 2
    FINISHING = 3
    FINISHED = 4


@dataclass(frozen=True)
class Repo:
    """A repo."""

    key: int
    name: str
    type: str
    description: str
    created: int

    def __str__(self) -> str:
        """As pachd prints it since 2.5, when projects came."""
        return f"default/{self.name}" if self.type == "user" else f"default/{self.name}.{self.type}"


@dataclass(frozen=True)
class Branch:
    """A branch. `head` is the key of a commit; only a branch in the making has none."""

    key: int
    repo: Repo
    name: str
    head: int | None

    def __str__(self) -> str:
        """As pachd prints it."""
        return f"{self.repo}@{self.name}"


@dataclass(frozen=True)
class Commit:
    """A commit. `branch` is the one that it was made on. Sizes are bytes of the whole tree."""

    key: int
    repo: Repo
    id: str
    branch: str
    parent: int | None
    origin: Origin
    description: str
    started: int
    finishing: int | None
    finished: int | None
    error: str
    size: int

    def __str__(self) -> str:
        """As pachd prints it."""
        return f"{self.repo}@{self.id}"


@dataclass(frozen=True)
class Trigger:
    """When a branch follows the branch `source`. Empty conditions don't count; `all_of`: not one of them, but all."""

    source: str
    all_of: bool
    rate_limit: str
    size: str
    commits: int


@dataclass(frozen=True)
class Transaction:
    """A client transaction. `requests` are serialized; `key` is 0 for one that was never stored."""

    key: int
    id: str
    started: int
    requests: tuple[bytes, ...]


@dataclass(frozen=True)
class CommitRef:
    """How a request names a commit: by id, by branch, or by an expression such as `master~2`."""

    repo: str
    type: str = "user"
    branch: str = ""
    id: str = ""


@dataclass(frozen=True)
class Entry:
    """What one commit says about one file. Not live: the file is deleted. `chunks` are 32-byte hashes, joined."""

    path: str
    datum: str
    live: bool
    size: int = 0
    hash: bytes = b""
    chunks: bytes = b""


@dataclass(frozen=True)
class Node:
    """A file or a directory of a tree. The path of a directory ends with a slash."""

    path: str
    datum: str
    size: int
    hash: bytes
    chunks: bytes = b""

    @property
    def is_directory(self) -> bool:
        """Whether it is one."""
        return self.path.endswith("/")
