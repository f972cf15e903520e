"""`hitl status` where nothing but variables says where the services are."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hitl_assets.cli import main

VARIABLES = ("DAGSTER_HOME", "HITL_PROJECTS", "TOLOKA_URL", "TOLOKA_TOKEN", "PACHD_ADDRESS", "PACHD_TOKEN")
ELSEWHERE = """
run_launcher:
  module: dagster._core.launcher.sync_in_memory_run_launcher
  class: SyncInMemoryRunLauncher
"""


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place without a state directory; its DAGSTER_HOME has the dagster.yaml of a cluster."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text(ELSEWHERE)
    return tmp_path


def run(*words: str, **environment: str) -> Result:
    """What `hitl` answers, on a screen of 100 columns."""
    return CliRunner().invoke(main, list(words), env={"COLUMNS": "100", **environment})


@pytest.mark.slow
def test_status_in_a_pod_names_the_variable_of_the_service(pod: Path, toloka_url: str) -> None:
    """What is not named is not asked: an emulator that happens to be there is somebody else's."""
    variables = {"DAGSTER_HOME": str(pod / "home"), "TOLOKA_URL": toloka_url, "TOLOKA_TOKEN": "any"}
    said = run("status", **variables)
    assert said.exit_code == 0, said.output
    assert "! PACHD_ADDRESS is not set here, and runs are started elsewhere: Pachyderm was not" in said.output
    told = json.loads(run("status", "--json", **variables).stdout)
    assert told["pachyderm"]["address"] is None
    assert told["toloka"]["answers"]
    del variables["TOLOKA_TOKEN"]
    assert "! TOLOKA_TOKEN is not set here" in run("status", **variables).output


@pytest.mark.slow
def test_status_in_a_pod_finds_both_by_their_variables(pod: Path, toloka_url: str, pachyderm_address: str) -> None:
    """No state directory is needed, and none is made."""
    variables = {"TOLOKA_URL": toloka_url, "TOLOKA_TOKEN": "any", "PACHD_ADDRESS": pachyderm_address}
    told = json.loads(run("status", "--json", DAGSTER_HOME=str(pod / "home"), **variables).stdout)
    assert (told["toloka"]["answers"], told["pachyderm"]["answers"]) == (True, True)
    assert told["dagster"]["home"] == str(pod / "home")
    assert not (pod / ".hitl").exists()


def test_status_without_an_instance_names_the_variable(pod: Path) -> None:
    """A pod that has the services only, without any file of Dagster's."""
    said = run("status", TOLOKA_URL="http://127.0.0.1:9")
    assert (said.exit_code, "set DAGSTER_HOME to the directory of the dagster.yaml" in said.output) == (1, True)


@pytest.mark.slow
def test_status_doubts_an_instance_that_nobody_configured(pod: Path) -> None:
    """A code server has a DAGSTER_HOME of its own, which is not that of the daemon."""
    (pod / "home" / "dagster.yaml").unlink()
    said = run("status", DAGSTER_HOME=str(pod / "home"), TOLOKA_URL="http://127.0.0.1:9", PACHD_ADDRESS="127.0.0.1:9")
    assert "never ran on this instance, which has no dagster.yaml" in " ".join(said.output.split())
