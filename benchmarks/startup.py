"""What a command and a code server wait for before they do anything, beside Dagster's own: CPU seconds of processes.

    .venv/bin/python -m benchmarks.startup
    .venv/bin/python -m benchmarks.startup --state .hitl      # of a demo: `status` has batches to show

Every round runs all of them, so that a machine that is busy for a while is so for all; the median of the rounds is
printed. `status` is run beside emulators, and once more where no service is: what it takes more is its requests.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from hitl_assets.local.processes import People, emulators, open_instance
from hitl_assets.local.state import State

PYTHON = (sys.executable, "-c")
HITL = (sys.executable, "-m", "hitl_assets.cli")
COMMAND, LOADED, INSTANCE = "dagster --version", "import dagster, dagster.components", "a Dagster instance, opened"
AWAY = {"TOLOKA_URL": "http://127.0.0.1:9", "PACHD_ADDRESS": "127.0.0.1:9"}
# What each is compared with, and the most that it may take of that; None: it is told only.
GOALS: Mapping[str, tuple[str, float | None]] = {
    COMMAND: (COMMAND, None),
    INSTANCE: (COMMAND, None),  # what `status` begins with
    "hitl --version": (COMMAND, None),
    "hitl --help": (COMMAND, None),
    "hitl new": (COMMAND, None),
    "hitl status": (COMMAND, None),
    "hitl status, without its requests": (COMMAND, 1.5),
    LOADED: (LOADED, None),
    "import hitl_assets.definitions": (LOADED, 1.3),
    "import hitl_assets.component": (LOADED, 1.3),
}


def cpu(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """User and system seconds of a process and of what it started.

    Raises:
        RuntimeError: it failed.
    """
    before = os.times()
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    taken = (getattr(after, name) - getattr(before, name) for name in ("children_user", "children_system"))
    return sum(taken)


def commands(state: State, folder: Path, number: int) -> Mapping[str, tuple[Sequence[str], Mapping[str, str]]]:
    """What a round runs, with which environment."""
    status = (*HITL, "status", "--state", str(state.root))
    new = (*HITL, "new", f"fruit_{number}", "--classes", "apple,pear", "--question", "Which fruit is it?")
    return {
        COMMAND: ((sys.executable, "-m", *COMMAND.split()), {}),
        INSTANCE: ((*PYTHON, f"import dagster\ndagster.DagsterInstance.from_config({str(state.dagster)!r})"), {}),
        "hitl --version": ((*HITL, "--version"), {}),
        "hitl --help": ((*HITL, "--help"), {}),
        "hitl new": (new, {"HITL_PROJECTS": str(folder)}),
        "hitl status": (status, {}),
        "hitl status, without its requests": (status, AWAY),
        **{code: ((*PYTHON, code), {}) for code in GOALS if code.startswith("import")},
    }


def measure(state: State, rounds: int) -> Mapping[str, Sequence[float]]:
    """The seconds of each in every round; the first one, that may write byte code, is left out."""
    found: dict[str, list[float]] = {name: [] for name in GOALS}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            for name, (command, environment) in commands(state, Path(folder), number).items():
                found[name].append(cpu(command, environment))
    return {name: times[1:] for name, times in found.items()}


def report(found: Mapping[str, Sequence[float]]) -> None:
    """A row for each, with its ratio to the peer of the same rounds."""
    middle = {name: statistics.median(times) for name, times in found.items()}
    print(f"{'':36} {'CPU':>7}  {'beside':<36} ratio   goal")
    for name, (peer, goal) in GOALS.items():
        ratio = middle[name] / middle[peer]
        beside = f"{peer:<36} {ratio:5.2f}" if peer != name else ""
        print(f"{name:36} {middle[name]:5.2f} s  {beside}   {f'{goal:.1f}' if goal else ''}".rstrip())


def main() -> None:
    """Measure all of it on a state directory: one that is given, or a new one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="what `hitl demo` left; a new one if not given")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        state = State(options.state or Path(folder) / ".hitl")
        state.prepare()
        open_instance(state)
        with emulators(state, People(seed=0, speed=1.0, crowd="none")) as addresses, state.announced(addresses):
            report(measure(state, options.rounds))


if __name__ == "__main__":
    main()
