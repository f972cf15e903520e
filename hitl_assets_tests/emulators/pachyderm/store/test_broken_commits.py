"""Commits that are open, or that ended with an error: what they read as, and who builds on them."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import copy


@pytest.fixture
def broken(client: Any, repo: str) -> str:
    """The id of a commit that was finished with an error, after a good one."""
    client.put_file_bytes((repo, "master"), "/good", b"x")
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/bad", b"x")
    client.put_file_bytes((repo, commit.id), "/good", b"changed")
    client.finish_commit((repo, commit.id), error="the disk was full")
    return str(commit.id)


def listing(client: Any, repo: str, commit: str) -> list[str]:
    """The files at the top of a commit."""
    return [info.file.path for info in client.list_file((repo, commit), "/")]


def test_a_commit_tells_its_error(client: Any, repo: str, broken: str) -> None:
    """Waiting for it raises nothing."""
    (info,) = client.wait_commit(broken)
    assert info.error == "the disk was full"
    assert info.HasField("finished")


def test_a_commit_with_an_error_reads_as_what_was_written(client: Any, repo: str, broken: str) -> None:
    """By id and as the head of its branch."""
    assert listing(client, repo, broken) == ["/bad", "/good"]
    assert client.get_file((repo, "master"), "/good").read() == b"changed"


def test_descendants_skip_the_data_of_a_commit_with_an_error(client: Any, repo: str, broken: str) -> None:
    """They build on what it was built on; it stays their parent."""
    client.put_file_bytes((repo, "master"), "/next", b"x")
    assert listing(client, repo, "master") == ["/good", "/next"]
    assert client.get_file((repo, "master"), "/good").read() == b"x"
    (info,) = client.inspect_commit((repo, "master"))
    assert (info.parent_commit.id, info.details.size_bytes) == (broken, 2)


def test_descendants_skip_several_commits_with_errors(client: Any, repo: str, broken: str) -> None:
    """However many follow each other."""
    for number in range(20):
        commit = client.start_commit(repo, "master")
        client.put_file_bytes((repo, commit.id), f"/{number}", b"x")
        client.finish_commit((repo, commit.id), error="no")
    client.put_file_bytes((repo, "master"), "/next", b"x")
    assert listing(client, repo, "master") == ["/good", "/next"]


def test_a_difference_to_a_commit_with_an_error_is_to_what_it_reads_as(client: Any, repo: str, broken: str) -> None:
    """The parent's files are gone again."""
    client.put_file_bytes((repo, "master"), "/next", b"x")
    pairs = [(one.new_file.file.path, one.old_file.file.path) for one in client.diff_file((repo, "master"), "/")]
    assert ("", "/bad") in pairs
    assert ("/next", "") in pairs


def test_a_copy_from_a_commit_with_an_error_is_possible(client: Any, repo: str, broken: str) -> None:
    """Saving what can be saved."""
    copy(client, (repo, broken), "/bad", (repo, "master"), "/saved")
    assert listing(client, repo, "master") == ["/good", "/saved"]


def test_a_commit_with_an_error_can_be_dropped(client: Any, repo: str, broken: str) -> None:
    """The branch goes back."""
    client.drop_commit(broken)
    assert listing(client, repo, "master") == ["/good"]


def test_a_squashed_commit_with_an_error_leaves_nothing(client: Any, repo: str, broken: str) -> None:
    """Its child never had its data."""
    client.put_file_bytes((repo, "master"), "/next", b"x")
    client.squash_commit(broken)
    assert listing(client, repo, "master") == ["/good", "/next"]
    assert client.get_file((repo, "master"), "/good").read() == b"x"


def test_an_open_commit_reads_as_its_base_and_what_came_since(client: Any, repo: str) -> None:
    """In every way of reading."""
    client.put_file_bytes((repo, "master"), "/before", b"x")
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/new", b"x")
    head = (repo, commit.id)
    assert listing(client, repo, commit.id) == ["/before", "/new"]
    assert [info.file.path for info in client.glob_file(head, "/n*")] == ["/new"]
    assert [one.new_file.file.path for one in client.diff_file(head, "/")] == ["/", "/new"]
    assert not client.inspect_file(head, "/new").HasField("committed")
    with client.get_file_tar(head, "/") as archive:
        assert [member.name for member in archive][1:] == ["before", "new"]


def test_an_open_commit_on_an_open_base_is_not_read(client: Any, repo: str) -> None:
    """Downstream commits pile up like this; what is in them isn't known yet."""
    client.create_repo("labels")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    client.create_branch("labels", "master", provenance=[upstream])
    client.put_file_bytes((repo, "master"), "/a", b"x")
    with pytest.raises(grpc.RpcError, match=r"base commit .* for commit .* unfinished") as caught:
        listing(client, "labels", "master")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    client.finish_commit(("labels", "master^"))
    assert listing(client, "labels", "master") == []


def test_a_downstream_commit_of_a_broken_one_still_comes(client: Any, repo: str) -> None:
    """pachd opens it when the upstream commit starts."""
    client.create_repo("labels")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    client.create_branch("labels", "master", provenance=[upstream])
    client.finish_commit(("labels", "master"))
    commit = client.start_commit(repo, "master")
    client.finish_commit((repo, commit.id), error="no")
    assert client.inspect_branch("labels", "master").head.id == commit.id


@pytest.fixture
def colliding(client: Any, repo: str) -> str:
    """The id of a commit that ended with a path that is both a file and a directory, after a good one."""
    client.put_file_bytes((repo, "master"), "/ok", b"x")
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/p", b"x")
    client.put_file_bytes((repo, commit.id), "/p/q", b"x")
    client.finish_commit((repo, commit.id))
    return str(commit.id)


COLLISION = r"file / directory path collision \(/p/q\)"
READS: dict[str, Callable[[Any, tuple[str, str]], Any]] = {
    "list": lambda client, commit: list(client.list_file(commit, "/")),
    "glob": lambda client, commit: list(client.glob_file(commit, "/*")),
    "walk": lambda client, commit: list(client.walk_file(commit, "/")),
    "inspect": lambda client, commit: client.inspect_file(commit, "/p"),
    "diff": lambda client, commit: list(client.diff_file(commit, "/")),
    "diff from it": lambda client, commit: list(client.diff_file((commit[0], "master"), "/", commit, "/")),
    "diff from the parent": lambda client, commit: list(client.diff_file((commit[0], "master"), "/")),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_colliding_paths_are_not_read_since_2_11(
    emulator: PachydermEmulator, client: Any, repo: str, colliding: str, read: Callable[[Any, tuple[str, str]], Any]
) -> None:
    """Neither side of a difference: the good commit after it can't be compared with its parent."""
    client.put_file_bytes((repo, "master"), "/next", b"x")
    if client.get_remote_version().minor < 11:
        read(client, (repo, colliding))
        return
    with pytest.raises(grpc.RpcError, match=COLLISION) as caught:
        read(client, (repo, colliding))
    assert caught.value.code() == grpc.StatusCode.UNKNOWN


def test_what_does_not_collide_can_be_read(client: Any, repo: str, colliding: str) -> None:
    """pachd looks at the paths that a call is about, and no others."""
    assert client.get_file((repo, colliding), "/ok").read() == b"x"
    assert client.inspect_file((repo, colliding), "/p/q").size_bytes == 1
    client.put_file_bytes((repo, "master"), "/next", b"x")
    assert listing(client, repo, "master") == ["/next", "/ok"]


def test_an_open_commit_with_colliding_paths_is_not_read_since_2_11(client: Any, repo: str) -> None:
    """And once the file is gone, it is."""
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/p", b"x")
    client.put_file_bytes((repo, commit.id), "/p/q", b"x")
    if client.get_remote_version().minor < 11:
        assert listing(client, repo, commit.id) == ["/p", "/p/"]
    else:
        with pytest.raises(grpc.RpcError, match=COLLISION):
            listing(client, repo, commit.id)
    client.delete_file((repo, commit.id), "/p")
    assert listing(client, repo, commit.id) == ["/p/"]


def test_what_two_datums_wrote_is_not_read_since_2_11(client: Any, repo: str) -> None:
    """The text names both, with their paths."""
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/b", b"1", datum="x")
    client.put_file_bytes((repo, commit.id), "/b", b"2", datum="y")
    client.finish_commit((repo, commit.id))
    text = "duplicate path output by different datums (/b from x and /b from y)"
    (info,) = client.inspect_commit((repo, commit.id))
    assert info.error == text
    if client.get_remote_version().minor < 11:
        assert listing(client, repo, commit.id) == ["/b", "/b"]
        return
    with pytest.raises(grpc.RpcError) as caught:
        listing(client, repo, commit.id)
    assert caught.value.details() == text
