"""The least that a token needs: it is enough for the loop, and what is missing of it is said."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from hitl_assets.cli import main
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.permissions import fold, of_permissions
from hitl_assets.local.permissions import missing_permissions, repos_read, repos_written
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.loop.loops import Loop, collect, commit, failures, headlines

ROBOT = "robot:hitl"
Cluster = Callable[..., AbstractContextManager[PachydermEmulator]]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """Makes a cluster with authentication, where the token `worker` has the least roles, less those that are taken;
    an administrator has made all repos, and lets nobody else make one."""

    @contextmanager
    def make(project: Project, *taken: str) -> Iterator[PachydermEmulator]:
        readable, writable = repos_read(project), repos_written(project)
        roles = {name: ["repoReader"] for name in readable} | {name: ["repoWriter"] for name in writable}
        tokens = {
            "admin": {"cluster": ["clusterAdmin"]},
            "worker": {"name": ROBOT, "repos": {name: role for name, role in roles.items() if name not in taken}},
        }
        with PachydermEmulator(tmp_path / "pachd", roles={"everybody": {"default": []}, "tokens": tokens}) as emulator:
            for name in (*readable, *writable):
                Pachyderm(emulator.address, "admin").ensure_repo(name)
            yield emulator

    return make


def run(command: str, emulator: PachydermEmulator, *words: str, **environment: str) -> Result:
    """What `hitl` answers about the shipped project, on a screen of 100 columns."""
    known = {"PACHD_ADDRESS": emulator.address, "PACHD_TOKEN": "worker", "COLUMNS": "100", **environment}
    return CliRunner().invoke(main, [command, *words], env=known)


@pytest.mark.slow
def test_the_least_roles_are_enough_from_the_commit_to_the_dataset(
    cluster: Cluster, project: Project, instance: dg.DagsterInstance, toloka_url: str
) -> None:
    """To read what others write, and to write what is the project's own; nothing on the whole cluster."""
    with cluster(project) as emulator:
        assert missing_permissions(Pachyderm(emulator.address, "worker"), project) == []
        loop = Loop(project, instance, emulator.address, toloka_url, "worker")
        for number in range(2):
            commit(Pachyderm(emulator.address, "admin"), project, headlines(f"One {number}", f"Two {number}"))
            assert [failures(result) for result in loop.publish()] == ["[]"]
            for request in collect(loop):
                assert failures(loop.run(request)) == "[]"
        admin = Pachyderm(emulator.address, "admin")
        written = [name for name in repos_written(project) if admin.head(name) or admin.head(name, "lock")]
        assert written == repos_written(project)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "role"), [("source", "repoReader"), ("pools", "repoWriter")])
def test_check_names_the_role_that_is_missing(cluster: Cluster, shipped_project: Project, kind: str, role: str) -> None:
    """With the command that gives it; such a project cannot work."""
    repo = shipped_project.configuration.source.repo if kind == "source" else "clickbait_pools"
    with cluster(shipped_project, repo) as emulator:
        told = run("check", emulator, "clickbait", "--json")
        (error,) = json.loads(told.stdout)["errors"]
    assert (told.exit_code, error["kind"]) == (1, "permissions")
    assert error["change"] == f"pachctl auth set repo {repo} {role} {ROBOT}"


def test_repos_that_are_not_there_are_one_problem() -> None:
    """One command lets the token make all of them; each other role is a problem with a command of its own."""
    absent = "{} isn't there, and r needs the role projectWriter: pachctl auth set project p projectWriter r. Or..."
    roles = ["u:a@b.c needs the role repoReader on s: pachctl auth set repo s repoReader u:a@b.c.", "Something else."]
    found = list(fold([roles[0], *(absent.format(name) for name in "abc"), roles[1]]))
    assert [each.change for each in found] == [
        "pachctl auth set repo s repoReader u:a@b.c", "pachctl auth set project p projectWriter r", "",
    ]  # fmt: skip
    assert found[1].what.startswith("a isn't there, and r needs the role projectWriter. Or...")
    assert found[1].what.endswith("2 other repos are not there, either.")


def test_check_says_when_it_could_not_try(shipped_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning: whoever writes a project needs no cluster. Without an address none is asked."""
    monkeypatch.setenv("PACHD_ADDRESS", "127.0.0.1:9")
    (told,) = of_permissions(shipped_project)
    assert (told.severity, told.kind) == ("warning", "permissions")
    monkeypatch.delenv("PACHD_ADDRESS")
    assert list(of_permissions(shipped_project)) == []


@pytest.mark.slow
def test_status_names_the_first_role_that_is_missing(
    cluster: Cluster, shipped_project: Project, toloka_url: str, tmp_path: Path
) -> None:
    """And how many more there are: a list belongs to `hitl check`."""
    (tmp_path / "home").mkdir()
    places = {"DAGSTER_HOME": str(tmp_path / "home"), "TOLOKA_URL": toloka_url, "TOLOKA_TOKEN": "any"}
    with cluster(shipped_project, "clickbait_pools", "clickbait_tasks") as emulator:
        told = json.loads(run("status", emulator, "--project", "clickbait", "--json", **places).stdout)
        shown = run("status", emulator, "--project", "clickbait", **places).output
    (note,) = told["projects"][0]["notes"]
    assert f"pachctl auth set repo clickbait_pools repoWriter {ROBOT}" in note
    assert note.endswith("1 more are missing: hitl check clickbait lists them.")
    assert "! robot:hitl needs the role repoWriter" in shown


def test_the_repos_of_a_model_are_the_projects_too(shipped_project: Project) -> None:
    """Everything that is stored has a repo, and what somebody brings is only read."""
    assert set(repos_read(shipped_project)) == {"clickbait_headlines", "clickbait_labeled"}
    assert "clickbait_pools" in repos_written(shipped_project)
    assert "clickbait_toloka_project" not in repos_written(shipped_project)
