"""What newer clients may ask for and the emulator refuses: it says so, and does not do half of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.pachyderm.wire.protocol import pfs_pb2, transaction_pb2
from hitl_assets.pachyderm_protobuf import pfs_pb2 as client_pfs
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.contract.newer_calls import NewerCalls, commit_of, file_of, repo_of
from hitl_assets_tests.contract.pachyderm_commits import refused


@pytest.fixture
def calls(emulator: PachydermEmulator, client: Any, repo: str) -> Iterator[NewerCalls]:
    """Newer calls to an emulator with one file."""
    client.put_file_bytes((repo, "master"), "/a.csv", b"x")
    made = NewerCalls(Pachyderm(emulator.address))
    yield made
    made.close()


def test_there_is_one_project(calls: NewerCalls) -> None:
    """Others can't be made, and it can't be changed or deleted."""
    default, other = (pfs_pb2.Project(name=name) for name in ("default", "other"))
    for call in (
        lambda: calls.CreateProject(project=other),
        lambda: calls.CreateProject(project=default, description="ours", update=True),
        lambda: calls.DeleteProject(project=default),
    ):
        with refused("UNIMPLEMENTED", "has the project default only"):
            call()


def test_a_branch_with_a_clock_is_refused(calls: NewerCalls, client: Any, repo: str) -> None:
    """It would never move. Nor is there a branch that commits don't reach."""
    branch = pfs_pb2.Branch(repo=repo_of(repo), name="late")
    never = pfs_pb2.BranchPropagationSpec(branch=branch, propagation_spec=pfs_pb2.PropagationSpec(never=True))
    for fields in (
        {"trigger": pfs_pb2.Trigger(branch="master", schedule="@daily")},
        {"branch_propagation_specs": [never]},
    ):
        with refused("UNIMPLEMENTED", "no triggers by the clock"):
            calls.CreateBranch(branch=branch, **fields)
    assert [info.branch.name for info in client.list_branch(repo)] == ["master"]


def test_a_range_of_paths_is_refused(calls: NewerCalls, repo: str) -> None:
    """All files would be too many."""
    part = pfs_pb2.PathRange(lower="/a", upper="/b")
    for call in (
        lambda: calls.GetFile(file=file_of(repo, "/a.csv"), path_range=part),
        lambda: calls.GetFileTAR(file=file_of(repo, "/"), path_range=part),
        lambda: calls.GlobFile(commit=commit_of(repo, "master"), pattern="/*", path_range=part),
    ):
        with refused("UNIMPLEMENTED", "no ranges of paths"):
            call()


def test_repos_come_page_by_page(calls: NewerCalls, client: Any, repo: str) -> None:
    """In the order of their names; a page beyond the last is empty."""
    client.create_repo("another")
    pages = [calls.ListRepo(page=pfs_pb2.RepoPage(page_size=1, page_index=index)) for index in range(3)]
    assert [[info.repo.name for info in page] for page in pages] == [["another"], [repo], []]


def test_all_repos_are_deleted_in_one_call(calls: NewerCalls, client: Any, repo: str) -> None:
    """It tells which; without a project or `all` it is none. That one depends on another is no reason to refuse."""
    client.create_repo("another")
    upstream = client_pfs.Branch(repo=client_pfs.Repo(name=repo, type="user"), name="master")
    client.create_branch("another", "master", provenance=[upstream])
    assert list(calls.DeleteRepos().repos) == []
    deleted = calls.DeleteRepos(projects=[pfs_pb2.Project(name="default")])
    assert [one.name for one in deleted.repos] == ["another", repo]
    assert list(client.list_repo()) == []


def test_a_batch_of_a_newer_client_starts_commits(calls: NewerCalls, repo: str) -> None:
    """The older one names no project, and pachd stumbles over it (see test_transactions.py)."""
    started = pfs_pb2.StartCommitRequest(branch=pfs_pb2.Branch(repo=repo_of(repo), name="new"))
    info = calls.BatchTransaction(requests=[transaction_pb2.TransactionRequest(start_commit=started)])
    assert calls.InspectCommit(commit=commit_of(repo, "new")).commit.id == info.responses[0].commit.id


@pytest.mark.parametrize(("glob", "expected"), [("/(a).csv", True), ("/(a|b).csv", True), ("/(b).csv", False)])
def test_a_group_of_a_glob_needs_no_sign(client: Any, repo: str, glob: str, expected: bool) -> None:
    """As in pachd."""
    client.put_file_bytes((repo, "master"), "/a.csv", b"x")
    assert [info.file.path for info in client.glob_file((repo, "master"), glob)] == ["/a.csv"] * expected
