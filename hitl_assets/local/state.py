"""The state directory of a local setup (`.hitl/`): what lies where, and the environment that points Dagster at it."""

import contextlib
import fcntl
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.services.whereabouts import DEFAULT, announced, find_services

PACKAGE = Path(__file__).parent.parent
FILE = "defs.yaml"
# One's own projects, in the working directory.
OWN = Path("projects")
# The instance's configuration: beside the package in a checkout, inside it once installed.
INSTANCE_FILES = (PACKAGE.parent / "dagster.yaml", PACKAGE / "dagster.yaml")


class StateInUseError(RuntimeError):
    """Another process runs on the same state directory."""


@dataclass(frozen=True)
class State:
    """A state directory. `emulators`, `dagster`, `logs`, and `projects` if copies of the example are used."""

    root: Path

    @property
    def option(self) -> str:
        """What to append to a command that is told, so that it works on this state, too."""
        return "" if self.root == Path(DEFAULT) else f" --state {shlex.quote(str(self.root))}"

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
    def second_key(self) -> Path:
        """The same of the demo's second project."""
        return self.root / "second_key.csv"

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders that projects are in, the first one for new ones: those of HITL_PROJECTS, otherwise `projects` in
        the working directory and, where there is nothing of one's own or the example ran on this state, the
        example's."""
        named = os.environ.get("HITL_PROJECTS")
        if named:
            return tuple(Path(each) for each in named.split(os.pathsep) if each)
        copies = self.root / "projects"
        examples = copies if copies.is_dir() else PACKAGE / "projects"
        is_bare = next(OWN.glob(f"*/{FILE}"), None) is None
        return (OWN, *((examples,) if is_bare or self.example_mark.exists() else ()))

    @property
    def example_mark(self) -> Path:
        """Is there once the example has run on this state: its batches stay in sight."""
        return self.root / "example"

    def files(self) -> list[Path]:
        """The defs.yaml of each project."""
        return [path for place in self.places for path in sorted(place.glob(f"*/{FILE}"))]

    def file_of(self, project: str) -> Path:
        """The defs.yaml of a project, by the name of its folder.

        Raises:
            ConfigurationError: there is none; the message names those that there are.
        """
        for place in self.places:
            if (place / project / FILE).is_file():
                return place / project / FILE
        where = " and ".join(str(place) for place in self.places)
        known = ", ".join(path.parent.name for path in self.files()) or "none"
        raise ConfigurationError(f"There is no project {project} in {where}. Projects there: {known}.")

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
        told = {"PACHD_ADDRESS": addresses.pachd, "TOLOKA_URL": addresses.toloka}
        with announced(self.root, {**told, **({"HITL_MEDIA_URL": addresses.media} if addresses.media else {})}):
            yield

    def join(self) -> None:
        """Look for the services that run on this state (`hitl dev`, or `hitl emulators` alone), unless the environment
        says where they are.

        Whoever names another Dagster instance does not mean this state.
        """
        home = os.environ.get("DAGSTER_HOME")
        if home and Path(home).resolve() != self.dagster.resolve():
            return
        os.environ["HITL_STATE"] = str(self.root.resolve())
        for name, address in find_services(self.root).items():
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
        for file in (self.answer_key, self.second_key, self.example_mark):
            file.unlink(missing_ok=True)

    def copy_project(self, source: Path, replaced: Mapping[str, Path]) -> None:
        """Give this state its own copy of a packaged project, with some files replaced."""
        folder = self.root / "projects" / source.name
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for file, source in replaced.items():
            shutil.copyfile(source, folder / file)


@dataclass(frozen=True)
class Addresses:
    """Where the two services are, and the server of files if there is one of this state's own."""

    pachd: str
    toloka: str
    media: str = ""

    def environment(self, state: State) -> dict[str, str]:
        """What Dagster's processes need to know."""
        return {
            "PACHD_ADDRESS": self.pachd,
            "TOLOKA_URL": self.toloka,
            "DAGSTER_HOME": str(state.dagster.resolve()),
            "HITL_PROJECTS": os.pathsep.join(str(place.resolve()) for place in state.places),
            "HITL_STATE": str(state.root.resolve()),
        }
