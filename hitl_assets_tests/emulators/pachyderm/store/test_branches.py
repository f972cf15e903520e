"""Branches: heads and provenance. Triggers have a module of their own."""

from typing import Any

import grpc
import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2


def upstream(repo: str, name: str = "master") -> Any:
    """A branch for a provenance list."""
    return pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name=name)


@pytest.fixture
def labels(client: Any, repo: str) -> str:
    """A repo whose master depends on the master of the first one."""
    client.create_repo("labels")
    client.create_branch("labels", "master", provenance=[upstream(repo)])
    return "labels"


def test_a_new_branch_has_an_empty_commit(client: Any, repo: str) -> None:
    """A closed AUTO commit."""
    client.create_branch(repo, "empty")
    info = client.inspect_branch(repo, "empty")
    assert (info.branch.name, len(info.head.id)) == ("empty", 32)


def test_a_branch_can_be_pointed_to_a_commit(client: Any, repo: str) -> None:
    """Publishing what was reviewed: the head moves, no commit is made."""
    client.put_file_bytes((repo, "staging"), "/a", b"x")
    client.create_branch(repo, "master", head_commit=(repo, "staging"))
    assert client.get_file((repo, "master"), "/a").read() == b"x"
    assert len(list(client.list_commit(repo))) == 1


def test_branches_are_listed_newest_first(client: Any, repo: str) -> None:
    """`reverse` turns it round."""
    for name in ("one", "two"):
        client.create_branch(repo, name)
    assert [info.branch.name for info in client.list_branch(repo)] == ["two", "one"]
    assert [info.branch.name for info in client.list_branch(repo, reverse=True)] == ["one", "two"]


def test_a_branch_name_may_not_look_like_a_commit(client: Any, repo: str) -> None:
    """Ids and names share one namespace."""
    with pytest.raises(grpc.RpcError, match="cannot be a UUID V4"):
        client.create_branch(repo, "a" * 12 + "4" + "b" * 19)


def test_deleting_a_branch_keeps_its_commits(client: Any, repo: str) -> None:
    """Only the name goes."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    client.delete_branch(repo, "master")
    assert len(list(client.list_commit(repo))) == 1
    with pytest.raises(grpc.RpcError, match="not found"):
        client.inspect_branch(repo, "master")


def test_provenance_is_shown_on_both_sides(client: Any, repo: str, labels: str) -> None:
    """Upstream as provenance, downstream as subvenance."""
    assert [one.repo.name for one in client.inspect_branch(labels, "master").provenance] == [repo]
    assert [one.repo.name for one in client.inspect_branch(repo, "master").subvenance] == [labels]


def test_a_commit_upstream_opens_one_downstream(client: Any, repo: str, labels: str) -> None:
    """With the same id: one commit set."""
    client.finish_commit((labels, "master"))
    with client.commit(repo, "master") as commit:
        client.put_file_bytes(commit, "/a", b"x")
    found = list(client.inspect_commit(commit.id))
    assert len(found) == 2
    assert found[1].origin.kind == pfs_pb2.OriginKind.AUTO
    assert not found[1].HasField("finishing")


def test_an_open_downstream_commit_can_be_written_and_finished(client: Any, repo: str, labels: str) -> None:
    """Provenance without a pipeline."""
    client.finish_commit((labels, "master"))
    client.put_file_bytes((repo, "master"), "/a", b"x")
    client.put_file_bytes((labels, "master"), "/label", b"yes")
    client.finish_commit((labels, "master"))
    (source,) = client.list_commit(repo)
    assert client.get_file((labels, source.commit.id), "/label").read() == b"yes"


def test_an_output_commit_names_the_input_it_used(client: Any, repo: str, labels: str) -> None:
    """`input@<id of the output>` is the version of the input."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    output = client.inspect_branch(labels, "master").head.id
    assert client.get_file((repo, output), "/a").read() == b"x"


def test_commits_on_an_output_branch_are_refused(client: Any, labels: str) -> None:
    """Only what is upstream starts them."""
    client.finish_commit((labels, "master"))
    with pytest.raises(grpc.RpcError, match="cannot start a commit on an output branch"):
        client.start_commit(labels, "master")


def test_a_branch_that_others_depend_on_is_not_deleted(client: Any, repo: str, labels: str) -> None:
    """Unless forced."""
    with pytest.raises(grpc.RpcError, match="in the direct provenance of"):
        client.delete_branch(repo, "master")
    client.delete_branch(repo, "master", force=True)


def test_a_repo_that_others_depend_on_is_not_deleted(client: Any, repo: str, labels: str) -> None:
    """Unless forced."""
    with pytest.raises(grpc.RpcError, match="in the direct provenance of"):
        client.delete_repo(repo)
    client.delete_repo(repo, force=True)


def test_provenance_may_not_be_a_cycle(client: Any, repo: str, labels: str) -> None:
    """Nothing could ever be finished."""
    with pytest.raises(grpc.RpcError, match="cycle"):
        client.create_branch(repo, "master", provenance=[upstream(labels)])
