"""Commit sets: inspect, list, drop, squash."""

from typing import Any

import grpc
import pytest


def put(client: Any, repo: str, path: str) -> str:
    """The id of a new commit on master with one more file."""
    with client.commit(repo, "master") as commit:
        client.put_file_bytes(commit, path, path.encode())
    return str(commit.id)


def listing(client: Any, repo: str) -> list[str]:
    """The files of the head."""
    return [info.file.path for info in client.list_file((repo, "master"), "/")]


def test_sets_are_listed_newest_first(client: Any, repo: str) -> None:
    """One set per transaction."""
    ids = [put(client, repo, path) for path in ("/a", "/b")]
    assert [info.commit_set.id for info in client.list_commit()] == ids[::-1]


def test_a_missing_set_is_not_found(client: Any) -> None:
    """NOT_FOUND when the stream is read."""
    with pytest.raises(grpc.RpcError, match="no commits found for commitset") as caught:
        list(client.inspect_commit("a" * 12 + "4" + "b" * 19))
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_dropping_the_head_moves_the_branch_back(client: Any, repo: str) -> None:
    """The parent is the head again, with its files only."""
    first, second = put(client, repo, "/a"), put(client, repo, "/b")
    client.drop_commit(second)
    assert client.inspect_branch(repo, "master").head.id == first
    assert listing(client, repo) == ["/a"]


def test_an_open_commit_can_be_dropped(client: Any, repo: str) -> None:
    """That is how a writer gives up without a trace."""
    put(client, repo, "/a")
    commit = client.start_commit(repo, "master")
    client.put_file_bytes(commit, "/half", b"x")
    client.drop_commit(commit.id)
    assert listing(client, repo) == ["/a"]


def test_dropping_the_only_commit_leaves_an_empty_head(client: Any, repo: str) -> None:
    """A branch always has a head."""
    client.drop_commit(put(client, repo, "/a"))
    assert listing(client, repo) == []
    assert len(list(client.list_commit(repo, all=True))) == 1


def test_a_commit_with_children_is_not_dropped(client: Any, repo: str) -> None:
    """It would take the children's data away."""
    first, _ = put(client, repo, "/a"), put(client, repo, "/b")
    with pytest.raises(grpc.RpcError, match="cannot drop a commit that has children"):
        client.drop_commit(first)


def test_a_squashed_commit_leaves_its_files_in_the_child(client: Any, repo: str) -> None:
    """Only the step disappears from the history."""
    ids = [put(client, repo, path) for path in ("/a", "/b", "/c")]
    client.squash_commit(ids[1])
    assert [info.commit.id for info in client.list_commit(repo)] == [ids[2], ids[0]]
    assert listing(client, repo) == ["/a", "/b", "/c"]


def test_the_head_is_not_squashed(client: Any, repo: str) -> None:
    """Its data would be lost."""
    with pytest.raises(grpc.RpcError, match="cannot squash a commit that has no children"):
        client.squash_commit(put(client, repo, "/a"))


@pytest.mark.slow
def test_squashing_anywhere_in_a_long_history_keeps_the_files(client: Any, repo: str) -> None:
    """Also where the commit holds the merge of many before it."""
    ids = [put(client, repo, f"/{number:02}") for number in range(40)]
    for number in (0, 15, 16, 20, 31, 38):
        client.squash_commit(ids[number])
    assert listing(client, repo) == [f"/{number:02}" for number in range(40)]
    before = [info.file.path for info in client.list_file((repo, ids[19]), "/")]
    assert before == [f"/{number:02}" for number in range(20)]
