"""How fast `hitl media` hands on files, and with how much memory, beside the floor: the same files read from Pachyderm
directly, by the same number of readers.

python -m benchmarks.media [--pachd host:port] [--size MB] [--files N]

Without --pachd it runs on the emulator, which is the slower half of it then.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx

from hitl_assets.labeling.media.links import Exhibit, Links
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.services.pachyderm import Pachyderm

SECRET = "secret-of-a-benchmark-0123456789-ab"  # noqa: S105 - it protects nothing
MEGABYTE = 1_000_000
SMALL = 50_000
READERS = 8
PIECE = 65_536


@contextlib.contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The address that a command of `hitl` says it has, and its process id."""
    program = [sys.executable, "-m", "hitl_assets.cli", *command]
    started = subprocess.Popen(
        program, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert started.stdout is not None
        match = re.search(r"(?:media|pachd)=(\S+)", started.stdout.readline())
        assert match is not None, "it did not start"
        yield match[1], started.pid
    finally:
        started.terminate()
        started.wait()


@contextlib.contextmanager
def pachd_at(given: str | None) -> Iterator[str]:
    """The given pachd, or an emulator in a process of its own."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as state:
        ports = ["--pachd-port", "0", "--toloka-port", "0"]
        with process(["emulators", "--state", state, *ports], {}) as (address, _):
            yield address


def memory(pid: int, name: str) -> float:
    """A process's memory in MB: `VmRSS` now, `VmHWM` at most so far."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


def measure(read: Callable[[str], int], each: Sequence[str], expected: int) -> float:
    """How many seconds it takes to read all of these."""
    began = time.monotonic()
    with ThreadPoolExecutor(READERS) as pool:
        assert sum(pool.map(read, each)) == expected
    return time.monotonic() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pachd")
    parser.add_argument("--size", type=int, default=200, help="of the large file, in MB")
    parser.add_argument("--files", type=int, default=1000, help="small files")
    given = parser.parse_args()
    with pachd_at(given.pachd) as address, tempfile.TemporaryDirectory() as state:
        pachyderm, name = Pachyderm(address, patience=900), f"media_{uuid.uuid4().hex[:8]}"
        small = [f"/small/{number:05}.png" for number in range(given.files)]
        content = {path: path.encode() + os.urandom(SMALL - len(path)) for path in small}
        content["/large.mp4"] = os.urandom(given.size * MEGABYTE)
        commit = pachyderm.write(name, content, "files of a benchmark")
        content.clear()
        pachyderm.write(f"{name}_tasks", {"/batch/tasks.jsonl": b""}, "a batch")
        local = threading.local()

        def direct(path: str) -> int:
            """Read a file from Pachyderm in pieces, without a look at its length."""
            if not hasattr(local, "pachyderm"):
                local.pachyderm = Pachyderm(address, patience=900)
            with local.pachyderm.client.get_file((name, commit), path) as file:
                return sum(len(piece) for piece in iter(lambda: file.read(PIECE), b""))

        with process(["media", "--port", "0", "--pachd", address, "--state", state], {"HITL_MEDIA_SECRET": SECRET}) as (
            url,
            pid,
        ):
            links, until = Links(url, Secrets.from_text(SECRET)), datetime.now(timezone.utc) + timedelta(days=1)

            def served(path: str) -> int:
                """Read a file by its link."""
                if not hasattr(local, "http"):
                    local.http = httpx.Client(timeout=300, verify=False)  # noqa: S501 - there is no TLS; to read certificates takes long
                with local.http.stream("GET", links.write(Exhibit(name, "batch", name, commit, path), until)) as answer:
                    return sum(map(len, answer.iter_bytes()))

            idle = memory(pid, "VmRSS")
            tries = (
                (f"{given.size} MB, one reader", ["/large.mp4"], given.size * MEGABYTE),
                (
                    f"{given.size} MB, {READERS} readers at once",
                    ["/large.mp4"] * READERS,
                    READERS * given.size * MEGABYTE,
                ),
                (f"{given.files} files of {SMALL // 1000} kB, first time", small, given.files * SMALL),
                (f"{given.files} files of {SMALL // 1000} kB, again", small, given.files * SMALL),
            )
            print(f"{'':<36}{'directly':>10}{'hitl media':>12}{'times':>7}{'memory at most':>16}")
            for what, paths, expected in tries:
                floor, ours = measure(direct, paths, expected), measure(served, paths, expected)
                rate = expected / MEGABYTE
                print(
                    f"{what:<36}{rate / floor:>5.0f} MB/s{rate / ours:>7.0f} MB/s{ours / floor:>7.2f}"
                    f"{memory(pid, 'VmHWM'):>13.0f} MB"
                )
            print(f"Memory of the idle server: {idle:.0f} MB")


if __name__ == "__main__":
    main()
