"""A program of pachyderm_sdk 2.12: `python pachyderm_sdk_program.py HOST PORT REPO`, token in PACH_TOKEN.

It runs in an environment of its own (see test_pachyderm_clients.py), and prints `done` when all answers were right.
"""

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pachyderm_sdk import Client
from pachyderm_sdk.api import pfs

DEFAULT, NOWHERE = pfs.Project(name="default"), pfs.Project(name="no-such-project")


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """Code and text of a call that fails."""
    try:
        call()
    except grpc.RpcError as error:
        return error.code().name, error.details()
    raise AssertionError("the call succeeds")


@contextmanager
def empty_repo(client: Client, name: str) -> Iterator[pfs.Repo]:
    """A repo that is deleted in the end."""
    repo = pfs.Repo(name=name, type="user", project=DEFAULT)
    client.pfs.create_repo(repo=repo, description="a contract test of hitl_assets; can be deleted")
    try:
        yield repo
    finally:
        assert client.pfs.delete_repo(repo=repo, force=True).deleted
        assert not client.pfs.delete_repo(repo=repo).deleted


def check_server(client: Client) -> None:
    """Version, cluster and projects."""
    assert client.get_version().major == 2
    assert client.admin.inspect_cluster().warnings_ok
    assert client.pfs.project_exists(DEFAULT)
    assert not client.pfs.project_exists(NOWHERE)
    assert "default" in [info.project.name for info in client.pfs.list_project()]
    assert client.pfs.inspect_project_v2(project=DEFAULT).info.project.name == "default"


def check_repos(client: Client, repo: pfs.Repo) -> None:
    """Repos of the default project."""
    assert client.pfs.repo_exists(repo)
    assert not client.pfs.repo_exists(pfs.Repo(name=f"{repo.name}_none", type="user", project=DEFAULT))
    assert refusal(lambda: client.pfs.create_repo(repo=repo))[0] == "ALREADY_EXISTS"
    assert repo.name in [info.repo.name for info in client.pfs.list_repo(type="user", projects=[DEFAULT])]
    assert not list(client.pfs.list_repo(projects=[NOWHERE]))


def write(client: Client, repo: pfs.Repo) -> pfs.Commit:
    """A commit in which everything is put that can be."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "deep").mkdir()
        (Path(name) / "deep" / "file.txt").write_text("deep")
        with client.pfs.commit(branch=pfs.Branch(repo=repo, name="master")) as commit:
            commit.put_file_from_bytes("/a.txt", b"a")
            commit.put_file_from_bytes("/a.txt", b"b", append=True)
            commit.put_file_from_file(path="/d/b.txt", file=io.BytesIO(b"c" * 3_000_000))
            commit.put_files(source=name, path="/tree")
    assert commit.wait().error == ""
    return commit


def check_files(client: Client, commit: pfs.Commit) -> None:
    """What was written is read, by all ways."""
    at = lambda path: pfs.File(commit=commit, path=path)  # noqa: E731 - short
    assert client.pfs.pfs_file(at("/a.txt")).read() == b"ab"
    with client.pfs.pfs_file(at("/d/b.txt")) as file:
        assert len(file.read()) == 3_000_000
    assert client.pfs.path_exists(at("/a.txt"))
    assert not client.pfs.path_exists(at("/none"))
    assert [one.file.path for one in client.pfs.list_file(file=at("/"))] == ["/a.txt", "/d/", "/tree/"]
    assert [one.file.path for one in client.pfs.list_file(file=at("/"), number=1, reverse=True)] == ["/tree/"]
    assert [one.file.path for one in client.pfs.walk_file(file=at("/tree"))][-1] == "/tree/deep/file.txt"
    assert [one.file.path for one in client.pfs.glob_file(commit=commit, pattern="/*.txt")] == ["/a.txt"]
    assert "d/b.txt" in [one.name for one in client.pfs.pfs_tar_file(at("/d"))]


def check_edits(client: Client, repo: pfs.Repo, first: pfs.Commit) -> None:
    """Edits of a branch, each a commit of its own; copies; commits that are dropped and squashed."""
    head = pfs.Commit(repo=repo, branch=pfs.Branch(repo=repo, name="master"))
    client.pfs.put_file_from_bytes(commit=head, path="/new.txt", data=b"new")
    client.pfs.copy_file(commit=head, src=pfs.File(commit=first, path="/a.txt"), dst="/copy.txt")
    client.pfs.delete_file(commit=head, path="/a.txt")
    client.pfs.wait_commit(head)
    files = [one.file.path for one in client.pfs.list_file(file=pfs.File(commit=head, path="/"))]
    assert files == ["/copy.txt", "/d/", "/new.txt", "/tree/"]
    commits = [info.commit for info in client.pfs.list_commit(repo=repo)]
    assert commits[-1].id == first.id
    found = client.pfs.find_commits(start=head, file_path="/new.txt")
    assert next(found).found_commit.id == commits[2].id
    client.pfs.squash_commit(commit=commits[1])
    client.pfs.drop_commit(commit=commits[0])
    assert [info.commit.id for info in client.pfs.list_commit(repo=repo)] == [one.id for one in commits[2:]]
    assert refusal(lambda: client.pfs.inspect_commit(commit=commits[0]))[0] == "NOT_FOUND"


def check_branches(client: Client, repo: pfs.Repo, first: pfs.Commit) -> None:
    """Branches and transactions."""
    client.pfs.create_branch(branch=pfs.Branch(repo=repo, name="dev"), head=first)
    assert client.pfs.branch_exists(pfs.Branch(repo=repo, name="dev"))
    assert not client.pfs.branch_exists(pfs.Branch(repo=repo, name="none"))
    with client.transaction.transaction():
        made = client.pfs.start_commit(branch=pfs.Branch(repo=repo, name="tx"))
        client.pfs.finish_commit(commit=made)
    assert client.pfs.commit_exists(made)
    client.pfs.delete_branch(branch=pfs.Branch(repo=repo, name="dev"))
    assert sorted(one.branch.name for one in client.pfs.list_branch(repo=repo)) == ["master", "tx"]


def main(host: str, port: str, name: str) -> None:
    """Everything, one after the other."""
    client = Client(host=host, port=int(port), auth_token=os.environ.get("PACH_TOKEN") or None)
    check_server(client)
    with empty_repo(client, name) as repo:
        check_repos(client, repo)
        first = write(client, repo)
        check_files(client, first)
        check_edits(client, repo, first)
        check_branches(client, repo, first)
    print("done")  # noqa: T201 - what the test looks for


if __name__ == "__main__":
    main(*sys.argv[1:])
