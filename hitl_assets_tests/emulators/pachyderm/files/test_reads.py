"""Reading: get, tar, inspect, list, walk, glob, diff."""

from typing import Any

import grpc
import pytest


@pytest.fixture
def master(client: Any, repo: str) -> tuple[str, str]:
    """A branch with a small tree."""
    with client.modify_file_client((repo, "master")) as edits:
        for path in ("/a.txt", "/a/one.csv", "/a/two.csv", "/a/.hidden", "/b/c/deep.csv"):
            edits.put_file_from_bytes(path, path.encode())
        edits.put_file_from_bytes("/empty", b"")
    return repo, "master"


def names(infos: Any) -> list[str]:
    """The paths of FileInfos."""
    return [info.file.path for info in infos]


def test_listing_a_directory_shows_its_children(client: Any, master: tuple[str, str]) -> None:
    """In byte order, directories with their slash."""
    assert names(client.list_file(master, "/")) == ["/a.txt", "/a/", "/b/", "/empty"]
    assert names(client.list_file(master, "/a/")) == ["/a/.hidden", "/a/one.csv", "/a/two.csv"]


def test_listing_a_file_shows_it_and_a_missing_path_nothing(client: Any, master: tuple[str, str]) -> None:
    """No error either way."""
    assert names(client.list_file(master, "/a.txt")) == ["/a.txt"]
    assert names(client.list_file(master, "/missing")) == []


def test_walking_includes_the_directory_itself(client: Any, master: tuple[str, str]) -> None:
    """Depth first."""
    assert names(client.walk_file(master, "/b")) == ["/b/", "/b/c/", "/b/c/deep.csv"]


def test_walking_a_missing_path_is_an_error(client: Any, master: tuple[str, str]) -> None:
    """NOT_FOUND; only the root may be empty."""
    with pytest.raises(grpc.RpcError, match=r"does not contain item: \(/missing\)"):
        list(client.walk_file(master, "/missing"))


def test_walking_an_empty_commit_shows_nothing(client: Any, repo: str) -> None:
    """Not even the root."""
    client.create_branch(repo, "empty")
    assert names(client.walk_file((repo, "empty"), "/")) == []


def test_inspecting_a_directory_adds_it_up(client: Any, master: tuple[str, str]) -> None:
    """With or without the slash."""
    info = client.inspect_file(master, "/a")
    assert (info.file.path, info.size_bytes) == ("/a/", len("/a/one.csv/a/two.csv/a/.hidden"))


def test_inspecting_a_missing_file_is_an_error(client: Any, master: tuple[str, str]) -> None:
    """NOT_FOUND with the text that the client's `path_exists` reads."""
    with pytest.raises(grpc.RpcError, match=r"file /x not found in repo default/headlines at commit ") as caught:
        client.inspect_file(master, "/x")
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    commit = client.inspect_branch(*master).head.id
    assert not client.path_exists((master[0], commit), "/x")


def test_getting_a_directory_is_refused(client: Any, master: tuple[str, str]) -> None:
    """The text names the call to use."""
    with pytest.raises(ConnectionError) as caught:
        client.get_file(master, "/a")
    assert "Use GetFileTAR instead" in caught.value.__cause__.details()


def test_a_glob_that_matches_one_file_gets_it(client: Any, master: tuple[str, str]) -> None:
    """Several are an error."""
    assert client.get_file(master, "/b/*/d*").read() == b"/b/c/deep.csv"
    with pytest.raises(ConnectionError) as caught:
        client.get_file(master, "/a/*.csv")
    assert "matched multiple files" in caught.value.__cause__.details()


def test_an_empty_file_has_no_message(client: Any, master: tuple[str, str]) -> None:
    """The client stumbles over it, as with pachd."""
    with pytest.raises(StopIteration):
        client.get_file(master, "/empty")


def test_a_tar_brings_the_whole_tree(client: Any, master: tuple[str, str]) -> None:
    """Directories have members of their own."""
    with client.get_file_tar(master, "/") as tar:
        found = {member.name: tar.extractfile(member).read() if member.isfile() else None for member in tar}
    assert list(found) == ["", "a.txt", "a", "a/.hidden", "a/one.csv", "a/two.csv", "b", "b/c", "b/c/deep.csv", "empty"]
    assert found["a/one.csv"] == b"/a/one.csv"


def test_a_tar_brings_a_match_once(client: Any, master: tuple[str, str]) -> None:
    """A glob that matches a directory and its files."""
    with client.get_file_tar(master, "/b/**") as tar:
        assert [member.name for member in tar] == ["b/c", "b/c/deep.csv"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/*", ["/a.txt", "/a/", "/b/", "/empty"]),
        ("*", ["/a.txt", "/a/", "/b/", "/empty"]),
        ("/a/*.csv", ["/a/one.csv", "/a/two.csv"]),
        ("/a/*", ["/a/.hidden", "/a/one.csv", "/a/two.csv"]),
        ("**.csv", ["/a/one.csv", "/a/two.csv", "/b/c/deep.csv"]),
        ("/a/t?o.csv", ["/a/two.csv"]),
        ("/a/[o-p]*", ["/a/one.csv"]),
        ("/a/[!o.]*", ["/a/two.csv"]),
        ("/a/[[:alpha:]]*", ["/a/one.csv", "/a/two.csv"]),
        ("/a/{one,two}.csv", ["/a/one.csv", "/a/two.csv"]),
        ("/a/@(one|three).csv", ["/a/one.csv"]),
        ("/a/!(one).csv", ["/a/two.csv"]),
        ("/none*", []),
    ],
)
def test_globs_match_as_in_pachd(client: Any, master: tuple[str, str], pattern: str, expected: list[str]) -> None:
    """Dot files count; directories match without their slash."""
    assert names(client.glob_file(master, pattern)) == expected


def test_a_diff_against_the_parent_shows_what_changed(client: Any, master: tuple[str, str]) -> None:
    """Added, changed and deleted files, and every directory above them."""
    with client.modify_file_client(master) as edits:
        edits.put_file_from_bytes("/a/new.csv", b"x")
        edits.put_file_from_bytes("/a/one.csv", b"changed")
        edits.delete_file("/empty")
    pairs = [(one.new_file.file.path, one.old_file.file.path) for one in client.diff_file(master, "/")]
    assert pairs == [
        ("/", "/"),
        ("/a/", "/a/"),
        ("/a/new.csv", ""),
        ("/a/one.csv", "/a/one.csv"),
        ("", "/empty"),
    ]


def test_a_diff_of_the_first_commit_shows_everything_as_new(client: Any, master: tuple[str, str]) -> None:
    """There is no parent."""
    assert not any(one.HasField("old_file") for one in client.diff_file(master, "/"))


def test_a_diff_between_named_commits_may_look_at_different_paths(client: Any, master: tuple[str, str]) -> None:
    """Both sides are named."""
    client.put_file_bytes(master, "/a/one.csv", b"changed")
    repo, _ = master
    pairs = list(client.diff_file(master, "/a/one.csv", (repo, "master^"), "/a/one.csv"))
    assert [(one.new_file.size_bytes, one.old_file.size_bytes) for one in pairs] == [(7, 10)]


def test_a_file_stays_readable_far_back_in_a_long_history(client: Any, repo: str) -> None:
    """Levels merge what commits say; the newest word counts, deletions too."""
    client.put_file_bytes((repo, "master"), "/first", b"1")
    for number in range(40):
        client.put_file_bytes((repo, "master"), f"/{number % 7}", str(number).encode())
    client.delete_file((repo, "master"), "/first")
    assert names(client.list_file((repo, "master"), "/")) == [f"/{number}" for number in range(7)]
    assert client.get_file((repo, "master"), "/4").read() == b"39"
    assert client.get_file((repo, "master~30"), "/first").read() == b"1"
