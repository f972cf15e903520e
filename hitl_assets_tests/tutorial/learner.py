"""Somebody who goes through a page in an empty directory, with two terminals and a clean environment."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.whereabouts import find_services

from .page import Step
from .people import Person

# A machine may be busy; nothing of this is waited for in vain.
PATIENCE = 600
DATASET = "reviews_concatenated_dataset"


class Learner:
    """`folder` is where they begin; what they don't see is beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: subprocess.Popen[bytes] | None = None
        self.log = folder.parent / "another_terminal.log"
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        self.environment = {"PATH": path, "HOME": str(folder.parent), "LANG": "C.UTF-8"}

    def __enter__(self) -> "Learner":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.interrupt()

    def take(self, step: Step) -> None:
        """Do what a step says, and see what it says one sees."""
        deed = {
            "console": self.type,
            "diff": self.edit,
            "html": self.write,
            "python": self.write,
            "answers": self.answer,
            "waits": self.wait,
        }
        deed[step.kind](step)

    def write(self, step: Step) -> None:
        """Write a file."""
        (self.folder / step.title).write_text(step.text)

    def edit(self, step: Step) -> None:
        """Change lines of a file, each of which is there once."""
        path = self.folder / step.title
        for old, new in re.findall(r"^-(.*\n)\+(.*\n)", step.text, re.MULTILINE):
            before = path.read_text()
            assert before.count(old) == 1, old
            path.write_text(before.replace(old, new))

    def type(self, step: Step) -> None:
        """Type commands into the first terminal, or start what goes on in the other one."""
        for command, printed in step.commands():
            if step.title:
                self.interrupt()
                self.start(command)
                look(self.other_terminal, lambda text, printed=printed: matches(printed, text))
                (ui,) = re.findall(r"^Dagster's UI +(\S+)$", self.other_terminal(), re.MULTILINE)
                assert httpx.get(ui, timeout=PATIENCE).is_success
            elif rows := re.search(r"^Dataset +(\d+) rows", printed, re.MULTILINE):
                look(self.count_rows, int(rows[1]).__eq__)
                look(lambda: self.run(command), lambda text: matches(printed, text))  # noqa: B023 - at once
            else:
                told = self.run(command)
                assert matches(printed, told), f"$ {command}\n{told}\n--- instead of\n{printed}"

    def run(self, command: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            ["/bin/bash", "-c", command], cwd=self.folder, env=self.environment, text=True, timeout=PATIENCE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        return done.stdout

    def start(self, command: str) -> None:
        """Start what goes on."""
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(
                ["/bin/bash", "-c", f"exec {command}"], cwd=self.folder, env=self.environment, stdout=log,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def other_terminal(self) -> str:
        """What the other terminal shows; what was started there goes on."""
        shown = self.log.read_text()
        assert self.server is not None, shown
        assert self.server.poll() is None, shown
        return shown

    def interrupt(self) -> None:
        """Press Ctrl-C in the other terminal."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(PATIENCE)
        self.server = None

    def answer(self, _: Step) -> None:
        """Work in the page until nothing is left."""
        truth: dict[str, str] = {}
        for path in self.folder.glob("*.csv"):
            with path.open(newline="") as file:
                truth |= {row["review"]: row["sentiment"] for row in csv.DictReader(file) if "sentiment" in row}
        person = Person(find_services(self.folder / ".hitl")["TOLOKA_URL"])
        look(person.offered, bool)
        person.work(truth.__getitem__)

    def wait(self, _: Step) -> None:
        """Wait until a model is approved."""
        look(lambda: self.read("reviews_evaluation", "/evaluation/evaluation.json"), is_approved)

    def count_rows(self) -> int:
        """How many rows the dataset has."""
        return len(list(csv.DictReader(self.read(DATASET, "/concatenated_dataset/dataset.csv").splitlines())))

    def read(self, repo: str, path: str) -> str:
        """A file of Pachyderm; empty if there is none yet."""
        pachyderm = Pachyderm(find_services(self.folder / ".hitl")["PACHD_ADDRESS"])
        head = pachyderm.head(repo)
        return pachyderm.read_matching(repo, head, path).get(path, b"").decode() if head else ""


def look(read: Callable[[], Any], is_it: Callable[[Any], bool]) -> None:
    """Read until it is so. Each look costs a command or a request, so that there are two in a second at most."""
    deadline = time.monotonic() + PATIENCE
    while not is_it(value := read()):
        assert time.monotonic() < deadline, f"not so after {PATIENCE} seconds: {value}"
        time.sleep(0.5)  # between two looks, never instead of one


def is_approved(evaluation: str) -> bool:
    """Whether it approves a classifier; there may be no evaluation yet."""
    return bool(evaluation and json.loads(evaluation)["approved"])


def matches(expected: str, told: str) -> bool:
    """Whether this is what the page shows: `...` stands for anything, and white space is white space."""
    return OutputChecker().check_output(expected, told, ELLIPSIS | NORMALIZE_WHITESPACE)
