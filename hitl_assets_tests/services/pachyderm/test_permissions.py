"""What a token may do, told before anything depends on it; and that the least roles are enough for everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import auth_pb2
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.permissions import DEFAULT_PROJECT, PROJECT

ROLES = {
    "root token": {"name": "pach:root", "cluster": ["clusterAdmin"]},
    "our token": {"name": "robot:hitl", "repos": {"source": ["repoReader"], "given": ["repoWriter"]}},
    "new token": {"name": "robot:new"},
}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """`host:port` of a pachd that asks for roles. The repos `source` and `given` are there."""
    with PachydermEmulator(tmp_path / "state", roles={"tokens": ROLES}) as emulator:
        root = Pachyderm(emulator.address, "root token")
        root.write("source", {"/a.csv": b"x"}, "data")
        root.ensure_repo("given")
        yield emulator.address


@pytest.fixture
def ours(address: str) -> Pachyderm:
    """The product's client: `repoReader` on `source`, `repoWriter` on `given`, nothing else."""
    return Pachyderm(address, "our token", sleep=lambda _: None)


def close_project(address: str) -> None:
    """Let nobody make repos without a role of their own."""
    project = auth_pb2.Resource(type=PROJECT, name=DEFAULT_PROJECT)
    Pachyderm(address, "root token").client.modify_role_binding(project, "allClusterUsers", [])


def test_least_roles_are_enough(ours: Pachyderm) -> None:
    """Repos that it makes are its own."""
    assert ours.missing_permissions(["source", "not there yet"], ["given", "ours"]) == []


def test_each_missing_role_is_told(address: str) -> None:
    """With the repo, who needs it, and the command."""
    assert Pachyderm(address, "new token").missing_permissions(["source"], ["given", "ours"]) == [
        "robot:new needs the role repoReader on the repo source: pachctl auth set repo source repoReader robot:new.",
        "robot:new needs the role repoWriter on the repo given: pachctl auth set repo given repoWriter robot:new.",
    ]


def test_a_repo_that_may_not_be_made_is_told(address: str, ours: Pachyderm) -> None:
    """Both ways are: give a role, or make the repo."""
    close_project(address)
    (sentence,) = ours.missing_permissions(["source"], ["given", "ours"])
    assert "ours isn't there, and robot:hitl needs the role projectWriter on the project default: " in sentence
    assert "pachctl create repo ours" in sentence


def test_a_wrong_token_is_told(address: str) -> None:
    """It is no question of roles."""
    with pytest.raises(TransientServiceError, match="Check PACHD_TOKEN"):
        Pachyderm(address, "another token").missing_permissions(["source"], [])


@pytest.mark.parametrize("repo", ["given", "ours"])
def test_everything_works_with_the_least_roles(ours: Pachyderm, repo: str) -> None:
    """Lock after lock, also of a dead run; a write after a failed one, and over one that a dead run left."""
    assert ours.read("source", str(ours.head("source")), "/a.csv") == b"x"
    for number in range(2):
        with ours.held(repo, f"publication {number}", lambda _: False) as lock:
            lock.check()
    ours.client.start_commit(repo, "lock", description="a dead run")
    with ours.held(repo, "ours", lambda text: text == "a dead run"):
        ours.write(repo, {"/p/a.csv": b"x"}, "good")
    with pytest.raises(ServiceError, match="could not write into"):
        ours.write(repo, {"/p/a*": b"x"}, "bad", replace="/p")
    ours.client.start_commit(repo, "master", description="a dead run")
    commit = ours.write(repo, {"/p/b.csv": b"x"}, "better", "/p", lambda text: text == "a dead run")
    assert (ours.head(repo), set(ours.list_files(repo, commit, "/**"))) == (commit, {"/p/b.csv"})


def test_a_role_on_the_cluster_leaves_no_failed_commits(address: str) -> None:
    """Who may drop does."""
    root = Pachyderm(address, "root token")
    good = root.write("given", {"/a.csv": b"x"}, "good")
    with pytest.raises(ServiceError):
        root.write("given", {"/a*": b"x"}, "bad")
    assert [info.commit.id for info in root.client.list_commit("given", all=True)] == [good]


def test_where_nobody_may_make_repos_those_that_are_there_are_written(address: str, ours: Pachyderm) -> None:
    """pachd refuses to make one before it looks whether there is one."""
    close_project(address)
    ours.write("given", {"/a.csv": b"x"}, "good")
    with pytest.raises(TransientServiceError, match="pachctl auth set project default projectWriter robot:hitl"):
        ours.write("ours", {"/a.csv": b"x"}, "good")
