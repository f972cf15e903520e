"""The front door: folders become definitions, in both of the ways in which Dagster loads them."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from hitl_assets.component import LabelingProject, projects_definitions
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import ConfigurationError
from hitl_assets.resources import PachydermResource, TolokaResource
from hitl_assets.sensors.alerts import PROJECT_TAG, is_about

ROOT = Path(__file__).parent.parent


def copy_project(shipped: Project, folder: Path, name: str, **replaced: str) -> Path:
    """A copy of the shipped project under another name, with texts of its YAML replaced."""
    target = folder / name
    target.mkdir()
    for file in shipped.folder.iterdir():
        if file.is_file():
            (target / file.name).write_bytes(file.read_bytes())
    text = (target / "defs.yaml").read_text().replace("name: clickbait\n", f"name: {name}\n", 1)
    for old, new in replaced.items():
        text = text.replace(old, new)
    (target / "defs.yaml").write_text(text)
    return target / "defs.yaml"


def test_adding_a_project_is_adding_a_folder(shipped_project: Project, tmp_path: Path) -> None:
    """Two folders are two groups of assets, and four sensors."""
    for name in ("first", "second"):
        copy_project(shipped_project, tmp_path, name)
    toloka, pachyderm = TolokaResource(url="http://127.0.0.1:9", token="none"), PachydermResource(address="127.0.0.1:9")
    defs = projects_definitions(tmp_path, toloka, pachyderm)
    groups = {spec.group_name for spec in defs.resolve_all_asset_specs()}
    assert groups == {"first", "second"}
    assert {sensor.name for sensor in defs.sensors or []} == {
        "first_commits",
        "first_pools",
        "second_commits",
        "second_pools",
        "failures",
    }


def test_a_bad_yaml_names_file_field_value_and_what_is_allowed(shipped_project: Project, tmp_path: Path) -> None:
    """Whoever writes YAML reads this message."""
    path = copy_project(shipped_project, tmp_path, "bad", dawid_skene="dawid_sken")
    with pytest.raises(ConfigurationError) as error:
        LabelingProject.from_file(path)
    assert all(part in str(error.value) for part in (str(path), "aggregation.method", "dawid_sken", "majority_vote"))


def test_dagster_finds_the_component_by_itself(shipped_project: Project) -> None:
    """`dg` loads a defs.yaml through the same class."""
    tree = dg.ComponentTree.for_project(ROOT)
    component = tree.load_component(Path("clickbait"), LabelingProject)
    assert component.project.setup_hash == shipped_project.setup_hash


def test_a_project_elsewhere_tells_of_its_own_runs_only() -> None:
    """Somebody's Dagster project has other runs, and people who look after them: by tag, or by what was chosen."""
    key = dg.AssetKey(["fruit", "pools"])
    tagged = dg.DagsterRun(job_name="__ASSET_JOB", tags={PROJECT_TAG: "fruit"})
    by_hand = dg.DagsterRun(job_name="__ASSET_JOB", asset_selection=frozenset({key}))
    assert (is_about(tagged, "fruit"), is_about(by_hand, "fruit")) == (True, True)
    assert not any(is_about(run, "vegetables") for run in (tagged, by_hand, dg.DagsterRun(job_name="nightly")))


@pytest.mark.slow
def test_definitions_load_with_nothing_in_the_environment() -> None:
    """A first look needs no account and no variable."""
    code = "from hitl_assets.definitions import defs; print(len(defs.resolve_all_asset_specs()))"
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "15"


@pytest.mark.slow
def test_secrets_stay_in_the_environment() -> None:
    """What Dagster stores and shows of a resource has the variable's name, not its value."""
    code = (
        "from hitl_assets.resources import services_from_environment as services; import hitl_assets.definitions; "
        "print([(repr(each), vars(each)) for each in services()])"
    )
    environment = {**os.environ, "TOLOKA_TOKEN": "s3cret", "PACHD_TOKEN": "s3cret"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "s3cret" not in done.stdout + done.stderr
    assert "TOLOKA_TOKEN" in done.stdout


def test_the_form_of_before_is_said_in_the_log(
    shipped_project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the project is loaded, in one line; the new form says nothing."""
    path = copy_project(shipped_project, tmp_path, "fruit")
    LabelingProject.from_file(path)
    assert caplog.text == ""
    document = yaml.safe_load(path.read_text())
    document["attributes"] |= document["attributes"].pop("toloka")
    path.write_text(yaml.safe_dump(document))
    LabelingProject.from_file(path)
    (line,) = caplog.text.splitlines()
    assert "toloka: {project: ..., pool: ..." in line
