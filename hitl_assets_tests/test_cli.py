"""`hitl` as one types it."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.pachyderm_protobuf import python_pachyderm
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

pytestmark = pytest.mark.slow  # each of them starts processes

HITL = (sys.executable, "-m", "hitl_assets.cli")


@contextlib.contextmanager
def emulators(state: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Both emulators in the foreground of a process; the first line that they print."""
    command = [*HITL, "emulators", "--state", str(state), "--pachd-port", "0", "--toloka-port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline(), process
        finally:
            process.kill()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run([*HITL, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_emulators_say_when_both_answer(tmp_path: Path) -> None:
    """Programs wait for this line."""
    with emulators(tmp_path) as (line, _):
        match = re.fullmatch(r"ready pachd=(127\.0\.0\.1:\d+) toloka=(http://127\.0\.0\.1:\d+)\n", line)
        assert match
        assert Pachyderm(match[1]).check().startswith("2.")
        assert Toloka(match[2], "any").balance() > 0


def test_the_emulated_pachyderm_can_be_an_older_one(tmp_path: Path) -> None:
    """For people whose cluster is."""
    with emulators(tmp_path, "--profile", "2.10") as (line, _):
        assert Pachyderm(line.split()[1].removeprefix("pachd=")).check() == "2.10.0"


def test_emulators_end_when_they_are_told_to(tmp_path: Path) -> None:
    """Exit code 0, and the state can be used again."""
    with emulators(tmp_path) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with emulators(tmp_path) as (line, _):
        assert line.startswith("ready ")


def test_two_emulators_do_not_share_a_state(tmp_path: Path) -> None:
    """The second one says which directory is in use."""
    with emulators(tmp_path):
        second = run("emulators", "--state", str(tmp_path), "--pachd-port", "0", "--toloka-port", "0")
    assert second.returncode == 1
    assert str(tmp_path) in second.stderr
    assert "Traceback" not in second.stderr


def test_emulators_ask_for_the_token_of_their_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a wrong token can be rehearsed."""
    monkeypatch.setenv("TOLOKA_TOKEN", "the right one")
    with emulators(tmp_path) as (line, _):
        url = line.split("toloka=")[1].strip()
        statuses = [
            httpx.get(f"{url}/api/v1/requester", headers={"Authorization": f"OAuth {token}"}).status_code
            for token in ("the right one", "a wrong one")
        ]
    assert statuses == [200, 401]


def test_emulators_for_other_machines_need_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is missing is named; with both, or with one for both, they start."""
    everywhere = ("--host", "0.0.0.0")  # noqa: S104 - it asks for a token
    monkeypatch.delenv("PACHD_TOKEN", raising=False)
    monkeypatch.setenv("TOLOKA_TOKEN", "t")
    refused = run("emulators", "--state", str(tmp_path), *everywhere)
    assert (refused.returncode, "set PACHD_TOKEN, or give --token" in refused.stderr) == (2, True)
    with emulators(tmp_path, *everywhere, "--token", "both") as (line, _):
        pachd, url = re.fullmatch(r"ready pachd=0.0.0.0:(\d+) toloka=http://0.0.0.0:(\d+)\n", line).groups()  # type: ignore[union-attr]
        assert Pachyderm(f"127.0.0.1:{pachd}", "both").head("nothing") is None
        assert Toloka(f"http://localhost:{url}", "both").balance() > 0


def test_the_emulated_pachyderm_can_be_strict_about_roles(tmp_path: Path) -> None:
    """So the least roles can be rehearsed; a file that is none is said in a sentence."""
    roles = tmp_path / "roles.yaml"
    roles.write_text("tokens: {ours: {name: 'robot:hitl'}}\neverybody: {default: []}\n")
    with emulators(tmp_path / "state", "--roles", str(roles), "--finish-delay", "0.1") as (line, _):
        address = line.split()[1].removeprefix("pachd=")
        with pytest.raises(TransientServiceError, match="robot:hitl needs the role projectWriter"):
            Pachyderm(address, "ours").ensure_repo("fruit")
    roles.write_text("tokens: 5\n")
    refused = run("emulators", "--state", str(tmp_path / "state"), "--roles", str(roles))
    assert (refused.returncode, "roles are a mapping" in refused.stderr) == (1, True)


def test_the_emulated_pachyderm_fetches_urls_if_told_to(tmp_path: Path) -> None:
    """With the option that its refusal names."""
    file = tmp_path / "items.csv"
    file.write_text("headline\nOne\n")
    with emulators(tmp_path / "state", "--urls", "--close-delay", "60") as (line, _):
        client = python_pachyderm.Client.new_from_pachd_address(line.split()[1].removeprefix("pachd="))
        client.create_repo("fruit")
        client.put_file_url(("fruit", "master"), "/items.csv", file.as_uri())
        assert client.get_file(("fruit", "master"), "/items.csv").read() == file.read_bytes()


def test_a_commit_is_one_command(tmp_path: Path) -> None:
    """What `pachctl put file` does, for those who have no pachctl."""
    file = tmp_path / "items.csv"
    file.write_text("headline\nOne\n")
    with emulators(tmp_path / "state") as (line, _):
        address = line.split()[1].removeprefix("pachd=")
        done = run("commit", str(file), "--pachd", address, "--state", str(tmp_path / "none"))
        repo, commit = done.stdout.strip().split("@")
        assert Pachyderm(address).read(repo, commit, "/items.csv") == file.read_bytes()


def test_the_dataset_is_exported_exactly_or_safe_for_spreadsheets(tmp_path: Path) -> None:
    """The stored file stays as it is; what a spreadsheet would run is counted."""
    rows = (LabeledRow({"headline": text}, "clickbait", "crowd", "b", "k", 1.0) for text in ("=1+1", "a,b", "-1"))
    stored = StoredDataset(tuple(rows), "category").to_files()["dataset.csv"]
    with emulators(tmp_path / "state") as (line, _):
        address = line.split()[1].removeprefix("pachd=")
        missing = run("export", "fruit", "--pachd", address)
        Pachyderm(address).write("fruit_concatenated_dataset", {"/concatenated_dataset/dataset.csv": stored}, "x")
        exact = run("export", "fruit", "--pachd", address)
        safe = run("export", "fruit", "--pachd", address, "--spreadsheet", "--output", str(tmp_path / "safe.csv"))
        lines = run("export", "fruit", "--pachd", address, "--format", "jsonl")
    assert (missing.returncode, "Commit items: hitl commit FILE --project fruit." in missing.stderr) == (1, True)
    assert exact.stdout.encode() == stored
    assert safe.stdout == ""
    assert "1 cell has an apostrophe" in safe.stderr
    assert "\n'=1+1,clickbait" in (tmp_path / "safe.csv").read_text()
    assert [json.loads(each)["headline"] for each in lines.stdout.splitlines()] == ["=1+1", "a,b", "-1"]


def test_items_need_an_answer_key(tmp_path: Path) -> None:
    """Simulated workers would guess, and the result would mislead."""
    items = tmp_path / "items.csv"
    items.write_text("headline\nOne\n")
    done = run("demo", "--items", str(items))
    assert (done.returncode, "--answer-key" in done.stderr) == (2, True)


def test_a_demo_does_not_disturb_another_one(tmp_path: Path) -> None:
    """The state directory is held by one process at a time."""
    first = subprocess.Popen([*HITL, "demo", "--state", str(tmp_path)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "logs" / "emulators.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)  # between two looks
        second = run("demo", "--state", str(tmp_path))
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(60)
    assert second.returncode == 1
    assert "in use" in second.stderr
