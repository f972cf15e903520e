"""Somebody else's Dagster project, with the package installed from a wheel: `dg` finds, scaffolds, checks and loads."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEFINITIONS = """
from pathlib import Path

import dagster as dg


@dg.definitions
def defs():
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
"""
GIVEN = """
import dagster as dg
from hitl_assets.component import shared_resources
from hitl_assets.notifiers import LogNotifier
from hitl_assets.resources import PachydermResource, TolokaResource


@dg.definitions
def services():
    pachyderm = PachydermResource(address="127.0.0.1:1")
    toloka = TolokaResource(url="http://127.0.0.1:1", token="none")
    return dg.Definitions(resources=shared_resources(toloka, pachyderm, LogNotifier(ui="")))
"""
Dg = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("own project")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Dagster project as `create-dagster project` lays it out, and an environment beside it: what we depend on is
    that of these tests, the package comes from its wheel."""
    folder = tmp_path_factory.mktemp("somebody")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *wheel], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    own = folder / "ours"
    # A directory that a .pth file names is searched, but its own .pth files, such as that of our checkout, are not.
    (Path(site) / "shared.pth").write_text(f"{sysconfig.get_path('purelib')}\n{own / 'src'}\n")
    (built,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(built)], check=True)
    (own / "src" / "ours" / "defs").mkdir(parents=True)
    for module in ("__init__.py", "defs/__init__.py"):
        (own / "src" / "ours" / module).touch()
    (own / "src" / "ours" / "definitions.py").write_text(DEFINITIONS)
    table = '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\nroot_module = "ours"\n'
    (own / "pyproject.toml").write_text(f'[project]\nname = "ours"\nversion = "0.1.0"\n{table}')
    return own


@pytest.fixture(scope="module")
def dg(project: Path) -> Dg:
    """Run `dg` in the project, with nothing of ours in the environment."""
    binaries = project.parent / "venv" / "bin"
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(project.parent), "LANG": "C.UTF-8"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(binaries / "python"), "-m", "dagster_dg_cli.cli", *words]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def scaffolded(project: Path, dg: Dg) -> Path:
    """The folder of definitions, with a project in it."""
    words = ["--classes", "apple,pear", "--question", "Which fruit is it?"]
    done = dg("scaffold", "defs", "hitl_assets.component.LabelingProject", "fruit", *words)
    assert done.returncode == 0, done.stderr
    return project / "src" / "ours" / "defs"


def test_the_component_is_listed(dg: Dg) -> None:
    """By the entry point of the wheel: nobody has to name our module anywhere."""
    listed = json.loads(dg("list", "components", "--json").stdout)
    assert "hitl_assets.component.LabelingProject" in {each["key"] for each in listed["items"]}


def test_a_scaffolded_project_is_valid_and_loads(scaffolded: Path, dg: Dg) -> None:
    """With its resources, from the environment: a project in a folder is all that there is to write."""
    assert "Which fruit is it?" in (scaffolded / "fruit" / "defs.yaml").read_text()
    for words in (("check", "yaml"), ("check", "defs")):
        done = dg(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_two_projects_share_services_and_give_them_up(scaffolded: Path, dg: Dg) -> None:
    """Each brings the same resources, once; where the Dagster project has its own, the YAML says so."""
    done = dg("scaffold", "defs", "hitl_assets.component.LabelingProject", "vegetables")
    assert done.returncode == 0, done.stderr
    listed = json.loads(dg("list", "defs", "--json").stdout)
    assert {"fruit_failures", "fruit_commits", "vegetables_failures"} <= {each["name"] for each in listed["sensors"]}
    assert {"fruit/raw_data", "vegetables/raw_data"} <= {each["asset_key"] for each in listed["assets"]}
    assert {"toloka", "pachyderm", "notifier"} <= {each["name"] for each in listed["resources"]}
    (scaffolded / "services.py").write_text(GIVEN)
    clash = dg("check", "defs")
    assert clash.returncode != 0
    for name in ("fruit", "vegetables"):
        file = scaffolded / name / "defs.yaml"
        file.write_text(file.read_text() + "\n  resources: given\n")
    done = dg("check", "defs")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_cannot_be_used_is_refused(project: Path, dg: Dg) -> None:
    """With the reason, and nothing stays behind that would not load."""
    done = dg("scaffold", "defs", "hitl_assets.component.LabelingProject", "Fruit")
    assert done.returncode != 0
    assert "attributes.name" in done.stdout + done.stderr or "field name" in done.stdout + done.stderr
    assert not (project / "src" / "ours" / "defs" / "Fruit").exists()
