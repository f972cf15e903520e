"""The processes of a loop as `hitl dev` starts them, each of which can be killed and started again where it was."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml

from hitl_assets.local.processes import (
    CODE_LOCATION,
    DAEMON,
    DAGSTER,
    check_alive,
    open_instance,
    running,
    wait_for_port,
    write_workspace,
)
from hitl_assets.local.state import Addresses, State

EMULATOR = str(Path(__file__).with_name("emulator.py"))
PACHYDERM, TOLOKA, CODE_SERVER, DAEMON_NAME = "pachyderm", "toloka", "code_server", "daemon"
# In the order in which they need each other.
PROCESSES = (PACHYDERM, TOLOKA, CODE_SERVER, DAEMON_NAME)
RUN_WORKER, RESOURCE_TRACKER = b"spawn_main", b"resource_tracker"


class Machine:
    """All of a loop's processes. `kill` takes what dies together; runs are `run`."""

    def __init__(self, state: State, stack: contextlib.ExitStack, seed: int, speed: float) -> None:
        self.state = state
        self.stack = stack
        self.ports = dict(zip((PACHYDERM, TOLOKA, CODE_SERVER), free_ports(seed), strict=False))
        self.addresses = Addresses(f"127.0.0.1:{self.ports[PACHYDERM]}", f"http://127.0.0.1:{self.ports[TOLOKA]}")
        self.processes: dict[str, subprocess.Popen] = {}
        workspace = ["--workspace", str(write_workspace(state, self.ports[CODE_SERVER]))]
        code_port = ["--host", "127.0.0.1", "--port", str(self.ports[CODE_SERVER])]
        emulated = {name: [str(state.emulators / name), str(self.ports[name])] for name in (PACHYDERM, TOLOKA)}
        crowd = [str(state.answer_key), str(seed), str(speed)]
        self.commands = {
            PACHYDERM: [sys.executable, EMULATOR, PACHYDERM, *emulated[PACHYDERM]],
            TOLOKA: [sys.executable, EMULATOR, TOLOKA, *emulated[TOLOKA], *crowd],
            CODE_SERVER: [*DAGSTER, "code-server", "start", "--module-name", CODE_LOCATION, *code_port],
            DAEMON_NAME: [*DAEMON, "run", *workspace],
        }

    def start(self, *names: str) -> None:
        """Start processes that aren't there, and wait until those that listen do."""
        environment = self.addresses.environment(self.state)
        listening = [name for name in PROCESSES if name in names and name in self.ports]
        for name in listening:
            self.processes[name] = self.stack.enter_context(running(name, self.commands[name], self.state, environment))
        for name in listening:
            wait_for_port(self.ports[name], partial(self.check, name))
        # The daemon asks the code server what there is as soon as it starts.
        if DAEMON_NAME in names:
            self.processes[DAEMON_NAME] = self.stack.enter_context(
                running(DAEMON_NAME, self.commands[DAEMON_NAME], self.state, environment)
            )

    def check(self, *names: str) -> None:
        """Complain when one of these has ended by itself."""
        for name in names:
            check_alive(self.processes[name], self.state.logs / f"{name}.log")

    def run_workers(self) -> list[int]:
        """The processes of runs, also of those whose code server is dead."""
        return [pid for pid, words in self.own_processes() if RUN_WORKER in words]

    def kill_runs(self) -> bool:
        """Kill the processes of runs; whether there was one."""
        killed = [end(pid) for pid in self.run_workers()]
        return any(killed)

    def kill(self, *names: str) -> None:
        """Kill processes at once. A code server's runs go on, as processes of their own."""
        for name in names:
            if name == CODE_SERVER:
                for pid in self.code_servers():
                    end(pid)
            else:
                end(self.processes[name].pid)
        for name in names:
            self.processes[name].wait()

    def code_servers(self) -> list[int]:
        """The code server and the server below it that has the code."""
        group = self.processes[CODE_SERVER].pid
        return [
            pid
            for pid, words in self.own_processes()
            if RUN_WORKER not in words and RESOURCE_TRACKER not in words and group_of(pid) == group
        ]

    def own_processes(self) -> Iterator[tuple[int, bytes]]:
        """Process ids and command lines of all that work on this state's Dagster."""
        home = f"DAGSTER_HOME={self.state.dagster.resolve()}\0".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended
                if home in (process / "environ").read_bytes():
                    yield int(process.name), (process / "cmdline").read_bytes()


def end(pid: int) -> bool:
    """SIGKILL; whether it was there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def group_of(pid: int) -> int | None:
    """The process group of a process, if it is still there."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def free_ports(seed: int) -> Iterator[int]:
    """Ports of the loopback interface that no outgoing connection takes while a process that is killed isn't back."""
    chance = random.Random(f"{os.getpid()} {seed}")  # noqa: S311 - not a secret
    while True:
        port = chance.randrange(20_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            yield port


def prepare(state: State) -> None:
    """Directories, and the shipped instance with shorter waits: what they wait for is the same."""
    state.prepare()
    path = state.dagster / "dagster.yaml"
    instance = yaml.safe_load(path.read_text())
    instance["run_monitoring"] |= {"poll_interval_seconds": 2, "start_timeout_seconds": 60}
    path.write_text(yaml.safe_dump(instance))
    open_instance(state)
