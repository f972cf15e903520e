"""How fast the Pachyderm emulator is, beside what the same machine does without it: the same bytes, the same wire."""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hitl_assets.pachyderm_protobuf import python_pachyderm

MASTER = "master"


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], times: int) -> float:
    """How long it takes at the middle of several runs."""
    return statistics.median(seconds(work) for _ in range(times))


def line(what: str, took: str, beside: str = "", ratio: float | None = None) -> None:
    """One row of the result."""
    print(f"{what:46} {took:>22}  {beside:34} {'' if ratio is None else f'x{ratio:.2f}':>8}", flush=True)


@contextmanager
def emulator(state: Path) -> Iterator[tuple[Any, int]]:
    """A client to an emulator in a process of its own, and the process's id."""
    command = [sys.executable, "-m", "hitl_assets.emulators.pachyderm", "--state", str(state), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        host, port = process.stdout.readline().strip().split(":")
        yield python_pachyderm.Client(host, int(port)), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def memory(pid: int, field: str) -> float:
    """MB that the process has (VmRSS), or had at most (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith(field)) / 1024


def write_synced(path: Path, data: bytes) -> None:
    """The floor of keeping bytes: a file and its fsync."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def measure_large_file(client: Any, directory: Path, size: int) -> None:
    """One file in and out."""
    data, floor = os.urandom(size), directory / "floor"
    client.create_repo("large")
    putting = seconds(lambda: client.put_file_bytes(("large", MASTER), "/file", data))
    writing = seconds(lambda: write_synced(floor, data))
    line(f"{size // 10**6} MB file in", f"{putting:.2f} s", f"file with fsync {writing:.2f} s", putting / writing)
    result: list[bytes] = []
    getting = seconds(lambda: result.append(client.get_file(("large", MASTER), "/file").read()))
    assert result == [data]
    reading = seconds(floor.read_bytes)
    line(f"{size // 10**6} MB file out", f"{getting:.2f} s", f"file {reading:.2f} s", getting / reading)


def put_many(client: Any, repo: str, files: int, size: int) -> None:
    """Files in one commit, 100 to a directory."""
    with client.modify_file_client((repo, MASTER)) as edits:
        for number in range(files):
            edits.put_file_from_bytes(f"/{number // 100:04}/{number % 100:02}", f"{number:08}".encode() * (size // 8))


def count_tar(client: Any, repo: str) -> int:
    """The files of a tar of everything."""
    with client.get_file_tar((repo, MASTER), "/") as tar:
        return sum(len(tar.extractfile(one).read()) > 0 for one in tar if one.isfile())


def measure_small_files(client: Any, directory: Path, files: int) -> None:
    """Many files in by one commit, and out by tar."""
    client.create_repo("small")
    putting = seconds(lambda: put_many(client, "small", files, 1024))
    (directory / "many").mkdir()

    def write_files() -> None:
        for number in range(files):
            (directory / "many" / str(number)).write_bytes(bytes(1024))

    writing = seconds(write_files)
    line(
        f"{files} files of 1 KB in one commit",
        f"{putting:.2f} s",
        f"files, no fsync {writing:.2f} s",
        putting / writing,
    )
    counted: list[int] = []
    taking = seconds(lambda: counted.append(count_tar(client, "small")))
    assert counted == [files]
    line(f"{files} files out by tar", f"{taking:.2f} s", f"{files / taking:.0f} files/s")


def measure_history(client: Any, commits: int) -> None:
    """Many commits made and listed."""
    client.create_repo("history")

    def commit() -> None:
        for number in range(commits):
            client.put_file_bytes(("history", MASTER), f"/{number % 50}", str(number).encode())

    making = seconds(commit)
    line(f"{commits} one-file commits", f"{making:.1f} s", f"{commits / making:.0f} commits/s")
    listing = seconds(lambda: list(client.list_commit("history")))
    line(f"{commits} commits listed", f"{listing:.2f} s", f"{commits / listing:.0f} commits/s")
    reading = median(lambda: client.get_file(("history", MASTER), "/1").read(), 20)
    line(f"a file after {commits} commits", f"{reading * 1e3:.1f} ms")


def measure_latency(client: Any, times: int) -> None:
    """From the call of finish_commit to the subscriber, beside an echo."""
    client.create_repo("events")
    seen: dict[str, float] = {}
    arrived = threading.Semaphore(0)

    def listen() -> None:
        for info in client.subscribe_commit("events", MASTER, state=4):
            seen[info.commit.id] = time.perf_counter()
            arrived.release()
            if len(seen) == times:
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    called = {}
    for _ in range(times):
        commit = client.start_commit("events", MASTER)
        called[commit.id] = time.perf_counter()
        client.finish_commit(("events", commit.id))
        arrived.acquire(timeout=10)
    listener.join(10)
    took = sorted(seen[one] - called[one] for one in called)
    echo = median(client.get_remote_version, 100)
    middle, late = took[len(took) // 2], took[int(len(took) * 0.95)]
    line(
        "finish_commit to subscriber, median", f"{middle * 1e3:.1f} ms", f"gRPC echo {echo * 1e3:.2f} ms", middle / echo
    )
    line("finish_commit to subscriber, p95", f"{late * 1e3:.1f} ms")


def measure_growth(client: Any, large: int, times: int) -> None:
    """What single calls cost on a small repo and on a large one, in turns, so that both see the same machine."""
    heads = []
    for size in (100, large):
        client.create_repo(f"files-{size}")
        heads.append((f"files-{size}", MASTER))
        put_many(client, f"files-{size}", size, 8)
    content = iter(range(10**6))
    calls: dict[str, Callable[[Any], object]] = {
        "one-file commit": lambda head: client.put_file_bytes(head, "/0000/07", b"%d" % next(content)),
        "get one file": lambda head: client.get_file(head, "/0000/07").read(),
        "list 100 files": lambda head: list(client.list_file(head, "/0000")),
        "diff of a one-file commit": lambda head: list(client.diff_file(head, "/")),
    }
    for name, call in calls.items():
        took = [[seconds(lambda head=head, call=call: call(head)) for head in heads] for _ in range(times)]
        small, big = (statistics.median(one) * 1e3 for one in zip(*took, strict=True))
        line(f"{name}, {large} files", f"{big:.1f} ms", f"100 files {small:.1f} ms", big / small)
        if "diff" in name:
            line("the first of these diffs", f"{took[0][1] * 1e3:.1f} ms", f"100 files {took[0][0] * 1e3:.1f} ms")


def main() -> None:
    """Measure everything, in about three minutes; with `--quick` in half a minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    scale = 10 if parser.parse_args().quick else 1
    with tempfile.TemporaryDirectory() as name, emulator(Path(name) / "state") as (client, pid):
        directory = Path(name)
        line("memory, idle", f"{memory(pid, 'VmRSS'):.0f} MB")
        measure_large_file(client, directory, 100_000_000 // scale)
        measure_small_files(client, directory, 10_000 // scale)
        measure_latency(client, 200 // scale)
        measure_growth(client, 100_000 // scale, 50)
        measure_history(client, 10_000 // scale)
        line("memory, at the end", f"{memory(pid, 'VmRSS'):.0f} MB", f"at most {memory(pid, 'VmHWM'):.0f} MB")


if __name__ == "__main__":
    main()
