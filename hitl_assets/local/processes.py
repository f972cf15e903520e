"""Processes that we start, and end together with everything that they started."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import yaml

from hitl_assets.local.ports import MEDIA_PORT, PACHD_PORT, TOLOKA_PORT
from hitl_assets.local.signals import end_if_asked
from hitl_assets.local.state import Addresses, State
from hitl_assets.services.media_secret import local_secret

DAGSTER = (sys.executable, "-m", "dagster")
DAEMON = (sys.executable, "-m", "dagster._daemon")
WEBSERVER = (sys.executable, "-m", "dagster_webserver")
CODE_LOCATION = "hitl_assets.definitions"
READY = re.compile(r"^ready pachd=(\S+) toloka=(\S+)$", re.MULTILINE)
MEDIA_READY = re.compile(r"^ready media=(\S+)$", re.MULTILINE)
GRACE = 10.0


class ProcessEndedError(RuntimeError):
    """A process ended that should go on. The message has the end of its log."""


@contextlib.contextmanager
def running(name: str, command: list[str], state: State, environment: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    """A process in a session of its own, its output in a log; its whole group is ended on the way out."""
    with (state.logs / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=state.dagster,  # Dagster warns about a dagster.yaml elsewhere.
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end_group(process)


def end_group(process: subprocess.Popen) -> None:
    """Ask a process group to end; after a grace period, make it."""
    for sign, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        deadline = time.monotonic() + patience
        while is_group_alive(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not is_group_alive(process.pid):
            return


def is_group_alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def check_alive(process: subprocess.Popen, log: Path) -> None:
    """Complain when a process has ended. End, if a signal asks for it."""
    end_if_asked()
    if process.poll() is not None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise ProcessEndedError(f"{log.stem} ended with exit code {process.returncode}; {log} says:\n{tail}")


@dataclass(frozen=True)
class People:
    """Who answers on the emulator: how fast simulated time is, a crowd, and the files that know what is right. What
    those don't know waits for real people (`leave`), or a truth is made up (`invent`)."""

    seed: int
    speed: float | str
    crowd: str = "mixed"
    keys: tuple[Path, ...] = ()
    unknown: str = "leave"

    def keys_on(self, state: State) -> list[Path]:
        """Their keys, and those of a state if it has any."""
        return [*self.keys, *(key for key in (state.answer_key, state.second_key) if key.is_file())]


@contextlib.contextmanager
def emulators(state: State, people: People) -> Iterator[Addresses]:
    """Both emulators in a process of their own, once both answer; at the default ports if they are free, so that links
    that are stored now work later."""
    with reserved_port(PACHD_PORT) as pachd_port, reserved_port(TOLOKA_PORT) as toloka_port:
        command = [sys.executable, "-m", "hitl_assets.cli", "emulators", "--state", str(state.emulators.resolve())]
        command += ["--pachd-port", str(pachd_port), "--toloka-port", str(toloka_port)]
        command += ["--seed", str(people.seed), "--speed", str(people.speed), "--unknown", people.unknown]
        command += ["--crowd", people.crowd]
        for key in people.keys_on(state):
            command += ["--answer-key", str(key.resolve())]
        with ready("emulators", command, state, {}, READY) as match:
            yield Addresses(match[1], match[2])


@contextlib.contextmanager
def media(state: State, pachd: str) -> Iterator[str]:
    """`hitl media` before a pachd, once it answers: its address. Its secret is the environment's, or the state's."""
    with reserved_port(MEDIA_PORT) as port:
        command = [sys.executable, "-m", "hitl_assets.cli", "media", "--state", str(state.root.resolve())]
        command += ["--port", str(port)]
        secret = os.environ.get("HITL_MEDIA_SECRET") or local_secret(state.root)
        environment = {"PACHD_ADDRESS": pachd, "HITL_MEDIA_SECRET": secret}
        with ready("media", command, state, environment, MEDIA_READY) as match:
            yield match[1]


@contextlib.contextmanager
def ready(
    name: str, command: list[str], state: State, environment: Mapping[str, str], line: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """A process, once it has printed the line that says where it is."""
    log = state.logs / f"{name}.log"
    log.write_bytes(b"")
    with running(name, command, state, environment) as process:
        while (match := line.search(log.read_text(errors="replace"))) is None:
            check_alive(process, log)
            time.sleep(0.05)
        yield match


@contextlib.contextmanager
def dagster(state: State, addresses: Addresses, port: int) -> Iterator[Callable[[], None]]:
    """Dagster's code server, daemon and webserver on the state; yields a check that complains if one has ended."""
    open_instance(state)
    environment = addresses.environment(state)
    code_port = free_port(0)
    where = ["--workspace", str(write_workspace(state, code_port))]
    code = ["code-server", "start", "--module-name", CODE_LOCATION]
    commands = {
        "code_server": [*DAGSTER, *code, "--host", "127.0.0.1", "--port", str(code_port)],
        "webserver": [*WEBSERVER, "--host", "127.0.0.1", "--port", str(port), *where],
        "daemon": [*DAEMON, "run", *where],
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(state.announced(addresses))
        processes: dict[str, subprocess.Popen] = {}

        def check() -> None:
            for name, process in processes.items():
                check_alive(process, state.logs / f"{name}.log")

        for name, command in commands.items():
            processes[name] = stack.enter_context(running(name, command, state, environment))
            if name == "code_server":
                wait_for_port(code_port, check)
        wait_for_port(port, check)  # whoever is told of the UI finds it, and so does a reload
        yield check


def write_workspace(state: State, port: int) -> Path:
    """The workspace file of a code server that daemon and webserver share.

    The location has the name that workspace.yaml gives it: sensors keep their cursors by that name.
    """
    server = {"host": "127.0.0.1", "port": port, "location_name": CODE_LOCATION}
    path = state.dagster.resolve() / "workspace.yaml"
    path.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    return path


def open_instance(state: State) -> dg.DagsterInstance:
    """The Dagster instance of the state, its tables made: two processes that make them at once get in each other's
    way."""
    instance = dg.DagsterInstance.from_config(str(state.dagster))
    instance.reindex()  # Asks each storage for something, and so makes it.
    return instance


def wait_for_port(port: int, check: Callable[[], None]) -> None:
    """Wait until something listens on a port of the loopback interface."""
    while True:
        check()
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.connect(("127.0.0.1", port))
            return
        time.sleep(0.1)


@contextlib.contextmanager
def reserved_port(preferred: int) -> Iterator[int]:
    """A port of the loopback interface: the preferred one if it is free, else any.

    What we start binds seconds later. Until then, and as long as it runs, a lock keeps other hitl processes away.
    """
    with (Path(tempfile.gettempdir()) / f"hitl_port_{preferred}_{os.getuid()}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            preferred = 0
        yield free_port(preferred)


def free_port(preferred: int) -> int:
    """The preferred port of the loopback interface if it is free now, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("No free port on 127.0.0.1.")
