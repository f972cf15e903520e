"""Where runs are started elsewhere than on this machine, nobody works on an emulator by mistake."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.errors import DagsterResourceFunctionError

from hitl_assets.attempts import RUN_KEY_TAG, is_last
from hitl_assets.cli import main
from hitl_assets.component import project_definitions, project_parts, shared_resources
from hitl_assets.deployment import MissingVariableError, check_variables, launcher_elsewhere, launcher_of_home
from hitl_assets.events import key_of
from hitl_assets.failures import FAILURE_TAG, TRANSIENT
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.state import INSTANCE_FILES
from hitl_assets.local.status.progress import explain_failure
from hitl_assets.notifiers import LogNotifier
from hitl_assets.resources import services_from_environment
from hitl_assets.services.whereabouts import announced

VARIABLES = ("TOLOKA_URL", "TOLOKA_TOKEN", "PACHD_ADDRESS", "PACHD_TOKEN")
KUBERNETES = (
    "run_launcher:\n  module: dagster_k8s\n  class: K8sRunLauncher\n  config: {job_namespace: {env: NAMESPACE}}\n"
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable names a service."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def instance(instance_home: str) -> Iterator[dg.DagsterInstance]:
    """An instance of a cluster: its runs are started elsewhere."""
    launcher = {"module": "dagster._core.launcher.sync_in_memory_run_launcher", "class": "SyncInMemoryRunLauncher"}
    with dg.instance_for_test(temp_dir=instance_home, overrides={"run_launcher": launcher}) as instance:
        yield instance


@pytest.fixture
def own_instance(instance_home: str) -> Iterator[dg.DagsterInstance]:
    """An instance of one machine, as `hitl dev` makes it."""
    launcher = {"module": "hitl_assets.local.launcher", "class": "LocalRunLauncher"}
    with dg.instance_for_test(temp_dir=instance_home, overrides={"run_launcher": launcher}) as instance:
        yield instance


def evaluate(project: Project, instance: dg.DagsterInstance, name: str) -> None:
    """Evaluate a sensor as a code server does: it has the instance's reference and makes the resources itself."""
    resources = {**shared_resources(*services_from_environment()), "notifier": LogNotifier(ui="")}
    definitions = dg.Definitions.merge(project_definitions(project), dg.Definitions(resources=resources))
    repository = definitions.get_repository_def()
    sensor = repository.get_sensor_def(f"{project.name}_{name}")
    resource_defs = {key: repository.get_top_level_resources()[key] for key in sensor.required_resource_keys}
    with dg.build_sensor_context(
        instance_ref=instance.get_ref(), repository_def=repository, resources=resource_defs
    ) as context:
        sensor.evaluate_tick(context)


def run_project(project: Project, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """A run of the asset that asks for the account."""
    return dg.materialize(
        project_parts(project),
        instance=instance,
        resources=shared_resources(*services_from_environment()),
        selection=[key_of(project, "toloka_project")],
        tags={RUN_KEY_TAG: "a sensor's"},
        raise_on_error=False,
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    yield error
    if error.__cause__:
        yield from causes(error.__cause__)


def load(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load what Dagster loads, with nothing else in the environment."""
    code = "from hitl_assets.definitions import defs; print(len(defs.resolve_all_asset_specs()))"
    environment |= {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "DAGSTER_HOME": str(home)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("sensor", "names"), [("commits", "PACHD_ADDRESS is not set"), ("pools", "TOLOKA_URL and TOLOKA_TOKEN are not set")]
)
def test_a_tick_names_what_is_not_set(project: Project, instance: dg.DagsterInstance, sensor: str, names: str) -> None:
    """It does not look for emulators in its own pod."""
    with pytest.raises(DagsterResourceFunctionError) as raised:
        evaluate(project, instance, sensor)
    (found,) = (error for error in causes(raised.value) if isinstance(error, MissingVariableError))
    assert str(found).startswith(names)
    assert "(SyncInMemoryRunLauncher)" in str(found)


@pytest.mark.slow
def test_a_run_names_what_is_not_set(project: Project, instance: dg.DagsterInstance) -> None:
    """And is asked for again: whoever sets the variables need not start anything by hand."""
    result = run_project(project, instance)
    assert not result.success
    said = explain_failure(instance, result.run_id)
    assert "PACHD_ADDRESS is not set" in said
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags[FAILURE_TAG] == TRANSIENT
    assert not is_last(instance, run, 100)


def test_one_machine_works_with_its_emulators(
    project: Project, own_instance: dg.DagsterInstance, toloka_url: str, pachyderm_address: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Nobody needs a variable there: those of the state are found, and no others, whatever listens where."""
    monkeypatch.setenv("HITL_STATE", str(tmp_path))
    missing = [name for each in services_from_environment() for name in each.unset]
    assert missing == ["TOLOKA_URL", "TOLOKA_TOKEN", "PACHD_ADDRESS"]
    check_variables(missing, launcher_elsewhere(own_instance))
    with dg.build_resources(shared_resources(*services_from_environment()), instance=own_instance) as made:
        with pytest.raises(MissingVariableError, match=f"no emulator runs on {tmp_path}.*hitl emulators"):
            made.toloka.client()
        addresses = {"TOLOKA_URL": toloka_url, "PACHD_ADDRESS": pachyderm_address}
        with announced(tmp_path / "emulators", addresses):
            assert made.toloka.client().balance() > 0
            assert not made.pachyderm.client().has_repo("nobody_has_made_it")


@pytest.mark.slow
def test_what_is_set_is_enough(
    project: Project, instance: dg.DagsterInstance, toloka_url: str, pachyderm_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A cluster may ask for no token of Pachyderm's."""
    for name, value in zip(VARIABLES, (toloka_url, "any", pachyderm_address), strict=False):
        monkeypatch.setenv(name, value)
    evaluate(project, instance, "pools")
    evaluate(project, instance, "commits")
    assert run_project(project, instance).success


def test_an_instance_in_memory_starts_nothing_elsewhere() -> None:
    """A notebook and `hitl emulators` need no variable."""
    with dg.DagsterInstance.ephemeral() as instance:
        assert launcher_elsewhere(instance) == ""


@pytest.mark.parametrize("written", ["", "run_launcher: {module: dagster.core.launcher, class: DefaultRunLauncher}\n"])
def test_dagsters_own_launcher_is_that_of_one_machine(tmp_path: Path, written: str) -> None:
    """By default, and by any of its names; so is ours."""
    (tmp_path / "dagster.yaml").write_text(written)
    assert launcher_of_home(str(tmp_path)) == launcher_of_home(str(tmp_path / "none")) == launcher_of_home(None) == ""
    (tmp_path / "dagster.yaml").write_text(next(file for file in INSTANCE_FILES if file.is_file()).read_text())
    assert launcher_of_home(str(tmp_path)) == ""


def test_a_launcher_that_is_not_installed_starts_runs_elsewhere(tmp_path: Path) -> None:
    """A code server needs no client of Kubernetes."""
    (tmp_path / "dagster.yaml").write_text("run_launcher: {module: nowhere, class: TheirRunLauncher}\n")
    assert launcher_of_home(str(tmp_path)) == "TheirRunLauncher"


def test_the_launcher_of_kubernetes_is_not_made(tmp_path: Path) -> None:
    """It would ask for a cluster, and here is none."""
    pytest.importorskip("dagster_k8s", reason="pip install 'hitl-assets[kubernetes]'")
    (tmp_path / "dagster.yaml").write_text(KUBERNETES)
    assert launcher_of_home(str(tmp_path)) == "K8sRunLauncher"


@pytest.mark.slow
def test_a_code_server_with_the_configuration_of_a_cluster_names_all_at_once(tmp_path: Path) -> None:
    """Before any tick; with the variables it loads."""
    (tmp_path / "dagster.yaml").write_text(KUBERNETES)
    refused = load(tmp_path, PACHD_ADDRESS="")
    assert refused.returncode == 1
    assert "TOLOKA_URL, TOLOKA_TOKEN and PACHD_ADDRESS are not set" in refused.stderr
    assert "(K8sRunLauncher)" in refused.stderr
    named = {"TOLOKA_URL": "https://toloka.example", "TOLOKA_TOKEN": "t", "PACHD_ADDRESS": "pachd:30650"}
    assert load(tmp_path, **named).stdout.strip() == "15"


def test_a_command_does_not_look_for_an_emulator_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would read, or commit to, whatever listens there."""
    (tmp_path / "dagster.yaml").write_text(KUBERNETES)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("PACHD_ADDRESS", raising=False)
    said = CliRunner().invoke(main, ["export", "clickbait", "--state", str(tmp_path / "state")])
    assert (said.exit_code, "PACHD_ADDRESS is not set" in said.stderr) == (1, True)
