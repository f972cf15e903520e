"""ModifyFile: put, append, delete, copy; in an open commit and in one shot."""

import io
from typing import Any

import grpc
import pytest

from hitl_assets_tests.emulators.pachyderm.conftest import copy


def read(client: Any, repo: str, path: str) -> bytes:
    """A file at the head of master."""
    content: bytes = client.get_file((repo, "master"), path).read()
    return content


def listing(client: Any, repo: str, path: str = "/") -> list[str]:
    """The paths of a directory at the head of master."""
    return [info.file.path for info in client.list_file((repo, "master"), path)]


def test_a_one_shot_put_makes_a_finished_commit(client: Any, repo: str) -> None:
    """No id comes back; the branch has it."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    (info,) = client.list_commit(repo)
    assert info.HasField("finished")
    assert read(client, repo, "/a") == b"x"


def test_a_one_shot_put_joins_an_open_commit(client: Any, repo: str) -> None:
    """Whoever holds the head open gets the files of others, too."""
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, "master"), "/a", b"x")
    assert len(list(client.list_commit(repo))) == 1
    client.finish_commit(commit)
    assert read(client, repo, "/a") == b"x"


def test_an_open_commit_shows_what_was_uploaded(client: Any, repo: str) -> None:
    """pachd serves uncommitted data on request."""
    client.start_commit(repo, "master")
    client.put_file_bytes((repo, "master"), "/a", b"x")
    assert read(client, repo, "/a") == b"x"


def test_a_put_replaces_and_an_append_extends(client: Any, repo: str) -> None:
    """Replacing is the client's default."""
    master = (repo, "master")
    client.put_file_bytes(master, "/a", b"one")
    client.put_file_bytes(master, "/a", b"two")
    client.put_file_bytes(master, "/a", b", three", append=True)
    assert read(client, repo, "/a") == b"two, three"


def test_a_call_with_a_bad_path_changes_nothing(client: Any, repo: str) -> None:
    """All edits of one call, or none."""
    with (
        pytest.raises(grpc.RpcError, match="globbing character"),
        client.modify_file_client((repo, "master")) as edits,
    ):
        edits.put_file_from_bytes("/good", b"x")
        edits.put_file_from_bytes("/bad*", b"x")
    assert list(client.list_commit(repo)) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/é", "only printable ASCII characters allowed"),
        ("/a\0b", "only printable ASCII characters allowed"),
        ("/a+b", r"globbing character \(\+\) not allowed in path"),
        ("/a/../b", "relative file paths are not allowed"),
        ("", "invalid"),
    ],
)
def test_a_path_that_pachd_refuses_is_refused(client: Any, repo: str, path: str, text: str) -> None:
    """UNKNOWN, with the reason."""
    with pytest.raises(grpc.RpcError, match=text) as caught:
        client.put_file_bytes((repo, "master"), path, b"x")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN


def test_percent_encoded_paths_are_legal(client: Any, repo: str) -> None:
    """Partition keys are stored that way."""
    client.put_file_bytes((repo, "master"), "/2024%2B01/a.csv", b"x")
    assert listing(client, repo) == ["/2024%2B01/"]


def test_a_missing_slash_is_added(client: Any, repo: str) -> None:
    """Paths are absolute."""
    client.put_file_bytes((repo, "master"), "a//b", b"x")
    assert listing(client, repo, "/a") == ["/a/b"]


def test_deleting_a_file_leaves_the_rest(client: Any, repo: str) -> None:
    """And the older commit as it was."""
    with client.modify_file_client((repo, "master")) as edits:
        edits.put_file_from_bytes("/a", b"x")
        edits.put_file_from_bytes("/b", b"x")
    client.delete_file((repo, "master"), "/a")
    assert listing(client, repo) == ["/b"]
    assert client.get_file((repo, "master^"), "/a").read() == b"x"


def test_a_directory_is_deleted_with_its_slash_only(client: Any, repo: str) -> None:
    """`/d` is a file's name, `/d/` a directory's."""
    with client.modify_file_client((repo, "master")) as edits:
        edits.put_file_from_bytes("/d/a", b"x")
        edits.put_file_from_bytes("/d/e/b", b"x")
        edits.put_file_from_bytes("/da", b"x")
    client.delete_file((repo, "master"), "/d")
    assert listing(client, repo) == ["/d/", "/da"]
    client.delete_file((repo, "master"), "/d/")
    assert listing(client, repo) == ["/da"]


def test_edits_of_one_call_happen_in_order(client: Any, repo: str) -> None:
    """A partition is replaced by deleting and adding in one call."""
    client.put_file_bytes((repo, "master"), "/p/old", b"x")
    with client.modify_file_client((repo, "master")) as edits:
        edits.delete_file("/p/")
        edits.put_file_from_bytes("/p/new", b"x")
    assert listing(client, repo, "/p") == ["/p/new"]


def test_a_file_is_copied_from_another_repo(client: Any, repo: str) -> None:
    """By reference, from any commit."""
    client.create_repo("copies")
    client.put_file_bytes((repo, "master"), "/a", b"x")
    copy(client, (repo, "master"), "/a", ("copies", "master"), "/b")
    assert read(client, "copies", "/b") == b"x"


def test_a_directory_is_copied_with_all_files(client: Any, repo: str) -> None:
    """What was at the destination goes."""
    with client.modify_file_client((repo, "master")) as edits:
        edits.put_file_from_bytes("/d/a", b"x")
        edits.put_file_from_bytes("/d/e/b", b"y")
        edits.put_file_from_bytes("/f/old", b"z")
    copy(client, (repo, "master"), "/d", (repo, "master"), "/f")
    assert [info.file.path for info in client.glob_file((repo, "master"), "/f/**")] == ["/f/a", "/f/e/", "/f/e/b"]


def test_a_file_from_a_url_is_refused(client: Any, repo: str) -> None:
    """The emulator calls nobody."""
    with pytest.raises(grpc.RpcError, match="does not fetch URLs") as caught:
        client.put_file_url((repo, "master"), "/a", "https://example.com/a")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.slow
def test_a_large_file_comes_back_whole(client: Any, repo: str) -> None:
    """More than one message in each direction."""
    content = bytes(range(256)) * 100_000
    client.put_file_bytes((repo, "master"), "/large", io.BytesIO(content))
    assert read(client, repo, "/large") == content
    assert client.get_file((repo, "master"), "/large", offset=25_000_000).read() == content[25_000_000:]
