"""Repos: create, inspect, list, delete."""

from typing import Any

import grpc
import pytest


def test_a_created_repo_can_be_inspected(client: Any, repo: str) -> None:
    """Name, type and description come back."""
    info = client.inspect_repo(repo)
    assert (info.repo.name, info.repo.type, info.description) == (repo, "user", "what people write")


def test_the_size_of_a_repo_is_that_of_its_master(client: Any, repo: str) -> None:
    """Other branches don't count."""
    client.put_file_bytes((repo, "master"), "/a", b"12345")
    client.put_file_bytes((repo, "other"), "/a", b"1234567890")
    assert client.inspect_repo(repo).details.size_bytes == 5


def test_creating_a_repo_twice_is_refused(client: Any, repo: str) -> None:
    """ALREADY_EXISTS, with the name as pachd prints it."""
    with pytest.raises(grpc.RpcError, match="repo default/headlines already exists") as caught:
        client.create_repo(repo)
    assert caught.value.code() == grpc.StatusCode.ALREADY_EXISTS


def test_updating_a_repo_changes_its_description(client: Any, repo: str) -> None:
    """`update` is the way to run the same script twice."""
    client.create_repo(repo, "changed", update=True)
    assert client.inspect_repo(repo).description == "changed"


def test_repos_are_listed_by_type(client: Any, repo: str) -> None:
    """The client asks for user repos only."""
    assert [info.repo.name for info in client.list_repo()] == [repo]
    assert list(client.list_repo("spec")) == []


def test_a_missing_repo_is_not_found(client: Any) -> None:
    """NOT_FOUND is what callers match on."""
    with pytest.raises(grpc.RpcError, match="repo default/missing not found") as caught:
        client.inspect_repo("missing")
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_an_illegal_repo_name_is_refused(client: Any) -> None:
    """The text says which characters are legal."""
    with pytest.raises(grpc.RpcError, match="only alphanumeric characters, underscores, and dashes"):
        client.create_repo("no spaces")


def test_deleting_a_missing_repo_is_no_error(client: Any) -> None:
    """pachd is that lenient, too."""
    client.delete_repo("missing")


def test_a_deleted_repo_is_gone_with_its_commits(client: Any, repo: str) -> None:
    """A repo with the same name starts empty."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    client.delete_repo(repo)
    client.create_repo(repo)
    assert list(client.list_commit(repo)) == []


def test_deleting_all_repos_leaves_none(client: Any, repo: str) -> None:
    """DeleteAll."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    client.delete_all_repos()
    assert list(client.list_repo()) == []
