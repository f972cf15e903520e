"""The state directory of a local setup (`.hitl/`): what lies where, and the environment that points Dagster at it."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
# The instance's configuration: beside the package in a checkout, inside it once installed.
INSTANCE_FILES = (PACKAGE.parent / "dagster.yaml", PACKAGE / "dagster.yaml")
# Where the services are that run on this state.
ADDRESSES = "addresses.json"


class StateInUseError(RuntimeError):
    """Another process runs on the same state directory."""


@dataclass(frozen=True)
class State:
    """A state directory. `emulators`, `dagster`, `logs`, and `projects` if the packaged ones are not used."""

    root: Path

    @property
    def emulators(self) -> Path:
        """The state of both emulators."""
        return self.root / "emulators"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def logs(self) -> Path:
        """What the processes print."""
        return self.root / "logs"

    @property
    def answer_key(self) -> Path:
        """The true labels that simulated workers know."""
        return self.root / "answer_key.csv"

    @property
    def projects(self) -> Path:
        """The projects: those of HITL_PROJECTS, otherwise the copies of this state if it has some, or the package's."""
        named = os.environ.get("HITL_PROJECTS")
        if named:
            return Path(named)
        own = self.root / "projects"
        return own if own.is_dir() else PACKAGE / "projects"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the directory for this process; the lock dies with it.

        Raises:
            StateInUseError: another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StateInUseError(f"{self.root} is in use by another hitl. End it, or choose --state.") from error
            yield

    @contextlib.contextmanager
    def announced(self, addresses: "Addresses") -> Iterator[None]:
        """Tell other commands on this state where the services are, for as long as this process uses them."""
        file = self.root / ADDRESSES
        names = {"PACHD_ADDRESS": addresses.pachd, "TOLOKA_URL": addresses.toloka}
        file.write_text(json.dumps({"pid": os.getpid(), "environment": names}), encoding="utf-8")
        try:
            yield
        finally:
            file.unlink(missing_ok=True)

    def join(self) -> None:
        """Look for the services where the `hitl dev` of this state has them, unless the environment says where.

        Whoever names another Dagster instance does not mean this state.
        """
        home = os.environ.get("DAGSTER_HOME")
        if home and Path(home).resolve() != self.dagster.resolve():
            return
        try:
            told = json.loads((self.root / ADDRESSES).read_text(encoding="utf-8"))
            os.kill(told["pid"], 0)
        except (OSError, ValueError):  # nothing runs here, or it was killed
            return
        for name, address in told["environment"].items():
            os.environ.setdefault(name, address)

    def prepare(self) -> None:
        """Make the directories and the instance's configuration."""
        for folder in (self.emulators, self.dagster, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        source = next(file for file in INSTANCE_FILES if file.is_file())
        shutil.copyfile(source, self.dagster / "dagster.yaml")

    def clear(self) -> None:
        """Remove what an earlier run left: only what this class names, whatever else is in the directory."""
        for folder in (self.emulators, self.dagster, self.logs, self.root / "projects"):
            shutil.rmtree(folder, ignore_errors=True)
        self.answer_key.unlink(missing_ok=True)

    def copy_project(self, name: str, replaced: Mapping[str, Path]) -> None:
        """Give this state its own copy of a packaged project, with some files replaced."""
        folder = self.root / "projects" / name
        shutil.copytree(PACKAGE / "projects" / name, folder, dirs_exist_ok=True)
        for file, source in replaced.items():
            shutil.copyfile(source, folder / file)


@dataclass(frozen=True)
class Addresses:
    """Where the two services are."""

    pachd: str
    toloka: str

    def environment(self, state: State) -> dict[str, str]:
        """What Dagster's processes need to know."""
        return {
            "PACHD_ADDRESS": self.pachd,
            "TOLOKA_URL": self.toloka,
            "DAGSTER_HOME": str(state.dagster.resolve()),
            "HITL_PROJECTS": str(state.projects.resolve()),
        }
