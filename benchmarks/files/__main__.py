"""A commit of pictures is taken in: `.venv/bin/python -m benchmarks.files` (10,000 of 50 kB on the emulator).

--pachd ADDRESS does it on another Pachyderm. The second time the same pictures come under other names.
"""

import argparse
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image

import hitl_assets
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.sections import RawSource
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.intake.changes import take_in

CLICKBAIT = Path(hitl_assets.__file__).parent / "projects" / "clickbait" / "defs.yaml"
SEED = 7


def main() -> None:
    """Commit, then take in; the commit is another process, so that its memory is not counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=50_000)
    parser.add_argument("--pachd")
    parser.add_argument("--commit", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.commit:
        commit(given.pachd, given.commit, given.files, given.bytes)
        return
    with tempfile.TemporaryDirectory() as folder, somewhere(given.pachd, Path(folder)) as pachd:
        project = pictured(f"files_{int(time.time())}")
        pachyderm, source = Pachyderm(pachd, None), project.configuration.source.repo
        take_in_all(pachyderm, project)  # an empty commit: what is imported at first is there then
        for directory in ("first", "again"):
            arguments = [f"--commit={source}:{directory}", f"--pachd={pachd}"]
            arguments += [f"--files={given.files}", f"--bytes={given.bytes}"]
            subprocess.run([sys.executable, "-m", "benchmarks.files", *arguments], check=True)
            take_in_all(pachyderm, project)


def take_in_all(pachyderm: Pachyderm, project: Project) -> None:
    """Take in the newest commit, store it, and print what that took."""
    source = project.configuration.source.repo
    head = pachyderm.head(source) if pachyderm.has_repo(source) else None
    head = head or pachyderm.write(source, {}, "nothing")
    before, started = peak(), time.monotonic()
    found = take_in(pachyderm, project, head)
    seconds, files = time.monotonic() - started, StoredRawData(found).to_files()
    there = directory_of(head)
    pachyderm.write(f"{project.name}_raw_data", {f"{there}/{name}": each for name, each in files.items()}, head)
    print(
        f"{len(found.items):6} new, {found.known:6} known: {seconds:6.1f} s, {peak() - before:5.1f} MB more memory "
        f"(of {peak():.0f} MB)"
    )


def commit(pachd: str, place: str, files: int, size: int) -> None:
    """Pictures of about so many bytes, each another one, as streams from a folder."""
    repo, directory = place.split(":")
    with tempfile.TemporaryDirectory() as folder:
        written = {f"/{directory}/{number}.png": Path(folder) / f"{number}.png" for number in range(files)}
        for number, path in enumerate(written.values()):
            chance = random.Random(SEED * files + number)  # noqa: S311 - the seed is the point
            side = max(1, int((size / 3) ** 0.5))
            Image.frombytes("RGB", (side, side), chance.randbytes(3 * side * side)).save(path, compress_level=0)
        Pachyderm(pachd, None).write(repo, written, place, replace="/first")


def pictured(name: str) -> Project:
    """A project whose items are pictures."""
    shipped = load_project(CLICKBAIT)
    source = RawSource(repo=f"{name}_pictures", glob="/**.{png,jpg}", items="files", field="image")
    changes = {"name": name, "source": source, "dataset": None, "pictures": Link(link="https://example.com/{path}")}
    spec = {**shipped.project["task_spec"], "input_spec": {"image": {"type": "url", "required": True}}}
    configuration = shipped.configuration.model_copy(update=changes)
    return replace(shipped, configuration=configuration, project={**shipped.project, "task_spec": spec})


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def somewhere(pachd: str | None, folder: Path) -> Iterator[str]:
    """The address of Pachyderm: the given one, or that of an emulator, which is another process."""
    if pachd:
        yield pachd
        return
    port = free_port()
    command = [sys.executable, "-m", "hitl_assets.emulators.pachyderm", f"--state={folder / 'pachd'}", f"--port={port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as emulator:
        assert emulator.stdout is not None
        emulator.stdout.readline()  # It says where it is when it is there.
        try:
            yield f"127.0.0.1:{port}"
        finally:
            emulator.terminate()


if __name__ == "__main__":
    main()
