"""Commits: start, finish, inspect, list, name."""

from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2


def put(client: Any, repo: str, count: int) -> list[str]:
    """The ids of that many new commits on master, oldest first."""
    ids = []
    for number in range(count):
        with client.commit(repo, "master", description=f"number {number}") as commit:
            client.put_file_bytes(commit, f"/{number}", b"x")
        ids.append(commit.id)
    return ids


def inspect(client: Any, commit: Any) -> Any:
    """The one CommitInfo."""
    (info,) = client.inspect_commit(commit)
    return info


def test_a_commit_id_is_a_uuid4_without_dashes(client: Any, repo: str) -> None:
    """The client tells ids from branches by that."""
    (commit_id,) = put(client, repo, 1)
    assert len(commit_id) == 32
    assert commit_id[12] == "4"


def test_only_the_old_profile_sends_the_branch(client: Any, repo: str, emulator: PachydermEmulator) -> None:
    """pachd erases it since 2.11."""
    commit = client.start_commit(repo, "master")
    has_branch = client.get_remote_version().minor == 10
    assert commit.branch.repo.name == (repo if has_branch else "")
    assert commit.branch.name == ("master" if has_branch else "")


def test_a_received_commit_can_be_sent_back(client: Any, repo: str) -> None:
    """Its repo travels in a field that the client doesn't know, and keeps."""
    commit = client.start_commit(repo, "master")
    client.put_file_bytes(commit, "/a", b"x")
    client.finish_commit(commit)
    assert inspect(client, commit).commit.id == commit.id


def test_states_follow_start_and_finish(client: Any, repo: str) -> None:
    """Open: no finishing time. Finished: all three times, and the size."""
    commit = client.start_commit(repo, "master", description="first")
    opened = inspect(client, (repo, "master"))
    assert (opened.HasField("started"), opened.HasField("finishing")) == (True, False)
    client.put_file_bytes(commit, "/a", b"12345")
    client.finish_commit(commit)
    finished = inspect(client, (repo, commit.id))
    assert finished.HasField("finished")
    assert (finished.description, finished.details.size_bytes) == ("first", 5)


def test_waiting_for_a_commit_returns_it_finished(client: Any, repo: str) -> None:
    """The client waits for the whole set."""
    (commit_id,) = put(client, repo, 1)
    (info,) = client.wait_commit(commit_id)
    assert info.HasField("finished")
    assert info.error == ""


def test_a_description_at_the_end_replaces_the_first(client: Any, repo: str) -> None:
    """finish_commit has the last word."""
    commit = client.start_commit(repo, "master", description="before")
    client.finish_commit(commit, description="after")
    assert inspect(client, (repo, commit.id)).description == "after"


def test_parents_and_children_are_linked(client: Any, repo: str) -> None:
    """Both ways."""
    first, second = put(client, repo, 2)
    assert inspect(client, (repo, second)).parent_commit.id == first
    assert [child.id for child in inspect(client, (repo, first)).child_commits] == [second]


def test_a_second_open_commit_is_refused(client: Any, repo: str) -> None:
    """The parent must be closed."""
    commit = client.start_commit(repo, "master")
    with pytest.raises(
        grpc.RpcError, match=f"parent commit default/{repo}@{commit.id} has not been finished"
    ) as caught:
        client.start_commit(repo, "master")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN


def test_a_finished_commit_takes_no_more_files(client: Any, repo: str) -> None:
    """It is immutable."""
    (commit_id,) = put(client, repo, 1)
    with pytest.raises(grpc.RpcError, match="has already finished"):
        client.put_file_bytes((repo, commit_id), "/b", b"x")


def test_a_commit_can_start_from_another_branch(client: Any, repo: str) -> None:
    """The parent may be named by its branch."""
    (commit_id,) = put(client, repo, 1)
    commit = client.start_commit(repo, "review", parent="master")
    assert inspect(client, (repo, commit.id)).parent_commit.id == commit_id


@pytest.mark.parametrize(("expression", "index"), [("master^", 2), ("master~2", 1), ("master^^^", 0), ("master.2", 1)])
def test_ancestors_have_expressions(client: Any, repo: str, expression: str, index: int) -> None:
    """`^` and `~n` count back, `.n` counts from the root."""
    ids = put(client, repo, 4)
    assert inspect(client, (repo, expression)).commit.id == ids[index]


def test_commits_are_listed_newest_first(client: Any, repo: str) -> None:
    """`reverse` turns it round, `number` cuts it."""
    ids = put(client, repo, 3)
    assert [info.commit.id for info in client.list_commit(repo)] == ids[::-1]
    assert [info.commit.id for info in client.list_commit(repo, reverse=True)] == ids
    assert [info.commit.id for info in client.list_commit(repo, number=1)] == ids[2:]


def test_a_listing_from_a_cursor_leaves_the_cursor_out(client: Any, repo: str) -> None:
    """That is how a sensor asks for what is new."""
    ids = put(client, repo, 4)
    found = client.list_commit(repo, to_commit=(repo, "master"), from_commit=(repo, ids[1]))
    assert [info.commit.id for info in found] == [ids[3], ids[2]]


def test_from_without_to_is_refused(client: Any, repo: str) -> None:
    """As by pachd."""
    (commit_id,) = put(client, repo, 1)
    with pytest.raises(grpc.RpcError, match="cannot use `from` commit without `to` commit"):
        list(client.list_commit(repo, from_commit=(repo, commit_id)))


def test_auto_commits_are_listed_only_on_request(client: Any, repo: str) -> None:
    """The client asks for USER commits by default."""
    client.create_branch(repo, "empty")
    assert list(client.list_commit(repo)) == []
    assert len(list(client.list_commit(repo, all=True))) == 1
    assert len(list(client.list_commit(repo, origin_kind=pfs_pb2.OriginKind.AUTO))) == 1


def test_a_missing_commit_is_not_found(client: Any, repo: str) -> None:
    """NOT_FOUND, for an id and for a branch."""
    for name in ("a" * 12 + "4" + "b" * 19, "missing"):
        with pytest.raises(
            grpc.RpcError, match=r"default/headlines.* not found|not found in repo default/headlines"
        ) as caught:
            inspect(client, (repo, name))
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_colliding_paths_end_in_a_commit_with_an_error(client: Any, repo: str) -> None:
    """A path can't be a file and a directory; the next commit doesn't inherit it."""
    with client.commit(repo, "master") as commit:
        client.put_file_bytes(commit, "/a", b"x")
        client.put_file_bytes(commit, "/a/b", b"x")
    assert inspect(client, (repo, commit.id)).error == "file / directory path collision (/a/b)"
    client.put_file_bytes((repo, "master"), "/c", b"x")
    assert [info.file.path for info in client.list_file((repo, "master"), "/")] == ["/c"]


def test_two_datums_on_one_path_end_in_a_commit_with_an_error(client: Any, repo: str) -> None:
    """Deleting one datum's file leaves the other's."""
    with client.commit(repo, "master") as commit:
        client.put_file_bytes(commit, "/a", b"x", datum="one")
        client.put_file_bytes(commit, "/a", b"y", datum="two")
    assert inspect(client, (repo, commit.id)).error.startswith("duplicate path output by different datums")


def test_a_long_bad_expression_is_refused_quickly(client: Any, repo: str) -> None:
    """No expression may cost more than its length."""
    client.start_commit(repo, "master")
    for text in (f"master{'^' * 5000}!", f"master~{'9' * 5000}", f"master.{'9' * 5000}"):
        with pytest.raises(grpc.RpcError, match="invalid ancestry format"):
            client.inspect_file((repo, text), "/a")


def test_a_missing_repo_shows_beside_the_commit(client: Any) -> None:
    """Whatever was asked for in it."""
    for name in ("master", "0123456789ab4cdef0123456789abcde"):
        with pytest.raises(grpc.RpcError, match="repo default/no not found") as caught:
            client.inspect_file(("no", name), "/a")
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND
