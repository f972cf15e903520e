"""Tokens stay in the environment: whatever happens, nothing that is written holds them."""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._serdes import serialize_value

import hitl_assets.definitions
from hitl_assets.component import shared_resources
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.resources import PachydermResource, TolokaResource
from hitl_assets.services.errors import TransientServiceError

TOLOKA_TOKEN, PACHD_TOKEN, WRONG_TOKEN = "secret-toloka-8f3a", "secret-pachd-77c1", "secret-wrong-02be"
ASSETS = "key:clickbait/golden_tasks or key:clickbait/toloka_project"
UNREACHABLE = "127.0.0.1:9"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a run needs to know: emulators that ask for the tokens; what they keep is below `tmp_path`."""
    with (
        PachydermEmulator(tmp_path / "pachyderm", token=PACHD_TOKEN) as pachyderm,
        TolokaEmulator(tmp_path / "toloka", token=TOLOKA_TOKEN, speed=1e-3) as toloka,
    ):
        yield {
            "PACHD_ADDRESS": pachyderm.address,
            "PACHD_TOKEN": PACHD_TOKEN,
            "TOLOKA_URL": toloka.url,
            "TOLOKA_TOKEN": TOLOKA_TOKEN,
        }


def start(environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """Materialize what needs both services, in a process of Dagster's own; its DAGSTER_HOME and output are in a folder
    of its own."""
    folder.mkdir()
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "hitl_assets.definitions"]
    with (folder / "output.log").open("wb") as output:
        return subprocess.Popen(
            [*command, "--select", ASSETS], env={**os.environ, **environment, "DAGSTER_HOME": str(folder)},
            stdout=output, stderr=output,
        )  # fmt: skip


def search(folder: Path) -> list[str]:
    """The files that hold a token, and where."""
    tokens = [token.encode() for token in (TOLOKA_TOKEN, PACHD_TOKEN, WRONG_TOKEN)]
    files = [(path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) > 10
    return [f"{path}: {content[at - 200 : at + 100]!r}" for path, content in files for token in tokens
            if (at := content.find(token)) >= 0]  # fmt: skip


@pytest.mark.slow
def test_no_token_is_in_anything_that_is_written(environment: dict[str, str], tmp_path: Path) -> None:
    """A run that is good, and runs that fail: another token, nobody there, a token that no header can carry."""
    changes = {
        "good": {},
        "refused": {"TOLOKA_TOKEN": WRONG_TOKEN, "PACHD_TOKEN": WRONG_TOKEN},
        "nobody": {"TOLOKA_URL": f"http://{UNREACHABLE}", "PACHD_ADDRESS": UNREACHABLE},
        "unsendable": {"TOLOKA_TOKEN": f"{WRONG_TOKEN}\n{WRONG_TOKEN}", "PACHD_TOKEN": f"{WRONG_TOKEN}\té"},
    }
    processes = {name: start({**environment, **change}, tmp_path / name) for name, change in changes.items()}
    try:
        is_good = {name: process.wait(300) == 0 for name, process in processes.items()}
    finally:
        for process in processes.values():
            process.kill()
    assert is_good == {"good": True, "refused": False, "nobody": False, "unsendable": False}
    assert search(tmp_path) == []
    assert "Check PACHD_TOKEN" in (tmp_path / "refused" / "output.log").read_text()


@pytest.mark.slow
def test_what_the_ui_shows_of_resources_has_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resources page gets this; it says which variable holds the token."""
    for name, token in {"TOLOKA_TOKEN": TOLOKA_TOKEN, "PACHD_TOKEN": PACHD_TOKEN}.items():
        monkeypatch.setenv(name, token)
    definitions: dg.Definitions = runpy.run_path(hitl_assets.definitions.__file__)["defs"]
    shown = serialize_value(RepositorySnap.from_def(definitions.get_repository_def()))
    assert "TOLOKA_TOKEN" in shown
    assert TOLOKA_TOKEN not in shown
    assert PACHD_TOKEN not in shown


def test_no_token_is_in_a_repr() -> None:
    """Tracebacks with local variables, debuggers and log lines show these."""
    toloka = TolokaResource(url=f"http://{UNREACHABLE}", token=TOLOKA_TOKEN)
    pachyderm = PachydermResource(address=UNREACHABLE, token=PACHD_TOKEN)
    account, cluster = toloka.client(), pachyderm.client()
    each = [toloka, pachyderm, shared_resources(toloka, pachyderm), account, account.reader, cluster, cluster.client]
    text = "".join(f"{one!r} {one}" for one in each)
    assert UNREACHABLE in text
    assert TOLOKA_TOKEN not in text
    assert PACHD_TOKEN not in text


@pytest.mark.parametrize("token", [f"{WRONG_TOKEN}\n{WRONG_TOKEN}", f"{WRONG_TOKEN}é", f"{WRONG_TOKEN}\0"])
def test_a_token_that_no_header_can_carry_is_not_quoted(token: str) -> None:
    """HTTP clients quote a bad header in their complaint, token and all."""
    for resource in (TolokaResource(url="http://x", token=token), PachydermResource(address="x:1", token=token)):
        with pytest.raises(TransientServiceError, match=r"_TOKEN holds characters that no token has") as refused:
            resource.client()
        assert WRONG_TOKEN not in repr(refused.value)


def test_a_line_end_behind_a_token_is_no_part_of_it(environment: dict[str, str]) -> None:
    """Files and `echo` leave one there."""
    assert TolokaResource(url=environment["TOLOKA_URL"], token=f"{TOLOKA_TOKEN}\n").client().balance() > 0
    assert (
        PachydermResource(address=environment["PACHD_ADDRESS"], token=f"{PACHD_TOKEN}\r\n").client().head("x") is None
    )
