"""The story: from a commit to the dataset, through the real daemon and the real wire, as a user runs it."""

import re
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

pytestmark = pytest.mark.story

# What a model learns without an error.
EASY = [
    row
    for n in range(20, 75)
    for row in (
        (f"Headline number {n} of a town council", "notclickbait"),
        (f"You never guess what {n} cats did", "clickbait"),
    )
]


def hitl(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "hitl_assets.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)


def still_running(state: Path) -> list[str]:
    """The command lines of processes that have to do with a state directory."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes()
        except OSError:
            continue  # it has ended
        if any(str(state).encode() in text for text in [*words, environment]):
            lines.append(b" ".join(words).decode())
    return lines


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state directory: the second demo finds what the first one left."""
    return tmp_path_factory.mktemp("story") / ".hitl"


def test_the_demo_labels_the_examples(state: Path) -> None:
    """90 headlines, then 30 new ones among 45, then pictures; the sensors drive it, and nothing is left running."""
    done = hitl("demo", "--state", str(state))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "90 new, 0 known, 0 rejected" in done.stdout
    assert "30 new, 15 known, 0 rejected" in done.stdout
    assert "180 rows: 60 labeled before, 120 now" in done.stdout
    agree = re.search(r"Agree with the answer key +([\d.]+)% \(\d+ of 120\)", done.stdout)
    assert agree
    assert float(agree[1]) > 90
    assert re.search(r"Answers paid +600 ", done.stdout)
    found = re.search(r"Agree with the answer key +(\d+) of (\d+) fruit found", done.stdout)
    assert found
    assert int(found[1]) > 0.9 * int(found[2])
    assert f"The labeled pictures          {state / 'orchard.png'}" in done.stdout
    assert (state / "orchard.png").read_bytes().startswith(b"\x89PNG")
    assert still_running(state) == []
    instance = dg.DagsterInstance.from_config(str(state / "dagster"))
    assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}


def test_a_user_brings_files_of_their_own_and_a_model_learns(state: Path, tmp_path: Path) -> None:
    """Columns in Toloka's form, on the state that another demo left; the second file is labeled by people and a
    model."""
    names = ["one.csv", "two.csv"]
    for name, rows in zip(names, (EASY[:50], EASY[50:]), strict=True):
        (tmp_path / name).write_text("\n".join(["INPUT:headline", *(headline for headline, _ in rows)]))
    (tmp_path / "key.csv").write_text("INPUT:headline,GOLDEN:category\n" + "\n".join(",".join(row) for row in EASY))
    (tmp_path / "golden.csv").write_text(
        "INPUT:headline,GOLDEN:category\n"
        + "".join(
            f"You will never guess number {n},clickbait\nCouncil meets on day {n},notclickbait\n" for n in range(9)
        )
    )
    (tmp_path / "dataset.csv").write_text("headline,category\nOld one,clickbait\n")
    options = [f"--{name}={tmp_path / file}" for name, file in FILES.items()]
    options += [f"--items={tmp_path / name}" for name in names]
    done = hitl("demo", "--model", "--state", str(state), *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "learned   from 51 labels: 1 from before, 50 by people" in done.stdout
    assert "111 rows: 1 labeled before, 110 now" in done.stdout
    by_model = re.search(r"^the model +│ (\d+) +│ (\d+) of \1: .*│ 0 ", done.stdout, re.MULTILINE)
    assert by_model
    assert int(by_model[1]) > 0
    assert "People alone                  300 answers, " in done.stdout
    saved = re.search(r"With the model +(\d+) answers, [\d.]+ USD: \d+% less", done.stdout)
    assert saved
    assert int(saved[1]) == (60 - int(by_model[1])) * 5


def test_a_bad_file_ends_the_demo_with_its_place(state: Path, tmp_path: Path) -> None:
    """Exit code 1, one sentence, no traceback."""
    (tmp_path / "items.csv").write_text("title\nOne\n")
    (tmp_path / "key.csv").write_text("headline,category\nOne,clickbait\n")
    done = hitl(
        "demo", "--state", str(state), f"--items={tmp_path / 'items.csv'}", f"--answer-key={tmp_path / 'key.csv'}"
    )
    assert done.returncode == 1
    assert re.search(r"clickbait_headlines@[0-9a-f]{32}:/items.csv has no column headline", done.stderr)
    assert "Traceback" not in done.stderr


FILES = {"answer-key": "key.csv", "golden": "golden.csv", "dataset": "dataset.csv"}
