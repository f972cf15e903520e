"""Where the services of a state directory are, for as long as a process keeps them: a file, and a lock on it that dies
with the process. A port says nothing of whose server listens there."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

FILE = "addresses.json"
# Where state is kept unless somebody says where.
DEFAULT = ".hitl"
# A look at the file takes the lock for a moment; nobody looks so long.
PATIENCE = 2.0


class InUseError(RuntimeError):
    """Another process keeps services on the directory."""


@contextlib.contextmanager
def announced(folder: Path, addresses: Mapping[str, str]) -> Iterator[None]:
    """Tell where the services of a directory are, by the names of variables, until the end of this block.

    Raises:
        InUseError: another process does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        take(file.fileno(), folder)
        file.truncate(0)
        file.write(json.dumps(addresses))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def take(file: int, folder: Path) -> None:
    """Lock an open file.

    Raises:
        InUseError: it is locked for longer than a look at it takes.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise InUseError(f"Services run on {folder} already. End them, or choose another --state.") from error
            time.sleep(0.02)


def find_announced(folder: Path) -> Mapping[str, str]:
    """Where the services of a directory are, by the names of variables; empty if none runs there."""
    try:
        with (folder / FILE).open(encoding="utf-8") as file:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return {}  # nobody holds it: who wrote it has ended, or was killed
            told = json.loads(file.read() or "{}")
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def find_services(state: Path) -> Mapping[str, str]:
    """Where those of a state directory are: of `hitl dev`, or of `hitl emulators` alone."""
    return find_announced(state) or find_announced(state / "emulators")


def state_directory() -> Path:
    """The state directory of whoever names none: HITL_STATE, or `.hitl` here."""
    return Path(os.environ.get("HITL_STATE") or DEFAULT)
