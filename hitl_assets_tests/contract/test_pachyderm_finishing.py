"""What works, waits and is refused while a commit is closed and not finished yet.

A repo's closed commits are finished one after the other. One whose parent is open holds all others back until it is
dropped: so FINISHING lasts as long as a test needs it, on every pachd, without a clock.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import (
    changes,
    closed,
    commit,
    finished,
    opened,
    paths,
    patiently,
    refused,
    remove,
    ways_to_read,
)

UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Jam:
    """A repo in which no commit is finished until `let_go`. `before` is one that is."""

    pachd: Pachyderm
    repo: str
    before: str
    jammed: str

    def let_go(self) -> None:
        """From now on its commits are finished."""
        patiently(lambda: self.pachd.client.drop_commit(self.jammed))


@pytest.fixture
def jam(pachd: Pachyderm, repo: str) -> Iterator[Jam]:
    """A repo whose branch `output` follows another repo; of two commits there, the newer one is closed first."""
    client, source = pachd.client, f"{repo}_source"
    before = commit(pachd, repo, {"/before.csv": b"x"})
    patiently(lambda: client.create_repo(source, "a contract test of hitl_assets; can be deleted"))
    patiently(lambda: client.create_branch(source, "input"))
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=source, type="user"), name="input")
    patiently(lambda: client.create_branch(repo, "output", provenance=[upstream]))
    closed(pachd, source, {}, "input")
    (newer, *_) = client.list_commit(repo, to_commit=(repo, "output"), all=True)
    patiently(lambda: client.finish_commit((repo, newer.commit.id)))
    yield Jam(pachd, repo, before, newer.commit.id)
    remove(pachd, repo)
    remove(pachd, source)


def is_finished(pachd: Pachyderm, repo: str, commit_id: str) -> bool:
    """Whether a commit is finished by now."""
    (info,) = pachd.client.inspect_commit((repo, commit_id))
    return bool(info.HasField("finished"))


def test_a_closed_commit_is_the_head_before_it_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """The list shows it; whoever reads takes the finished one before it."""
    made = closed(pachd, jam.repo, {"/a.csv": b"x"})
    (info,) = pachd.client.list_commit(jam.repo, to_commit=(jam.repo, "master"), number=1, all=True)
    assert (info.commit.id, info.HasField("finishing"), info.HasField("finished")) == (made, True, False)
    assert pachd.head(jam.repo) == jam.before
    assert [each.id for each in pachd.commits_since(jam.repo, "master", None)] == [jam.before]


def test_the_next_commit_starts_before_the_last_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """Files are put, single ones deleted, and it is closed as well."""
    parent = closed(pachd, jam.repo, {"/a.csv": b"x", "/b.csv": b"x"})
    child = opened(pachd, jam.repo, {"/c.csv": b"x"})
    pachd.client.delete_file((jam.repo, child), "/a.csv")
    pachd.client.finish_commit((jam.repo, child))
    assert not is_finished(pachd, jam.repo, parent)
    jam.let_go()
    assert finished(pachd, jam.repo, child).parent_commit.id == parent
    assert set(pachd.list_files(jam.repo, child, "/**")) == {"/before.csv", "/b.csv", "/c.csv"}


def test_an_open_commit_is_not_read_before_its_parent_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """Neither one file nor all of them; afterwards all of it works."""
    parent, child = closed(pachd, jam.repo, {"/a.csv": b"x"}), opened(pachd, jam.repo, {"/b.csv": b"x"})
    reads = ways_to_read(pachd, jam.repo, child, "/a.csv")
    for read in reads.values():
        with refused("UNKNOWN", UNFINISHED):
            read()
    jam.let_go()
    finished(pachd, jam.repo, parent)
    for read in reads.values():
        assert read()


def test_an_open_commit_is_not_compared_before_its_parent_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """Whatever with."""
    parent, child = closed(pachd, jam.repo, {"/a.csv": b"x"}), opened(pachd, jam.repo, {"/b.csv": b"x"})
    with refused("UNKNOWN", UNFINISHED):
        changes(pachd.client.diff_file((jam.repo, child), "/", (jam.repo, jam.before), "/"))
    jam.let_go()
    finished(pachd, jam.repo, parent)
    difference = changes(pachd.client.diff_file((jam.repo, child), "/", (jam.repo, jam.before), "/"))
    assert difference == [("/a.csv", ""), ("/b.csv", "")]


@pytest.mark.parametrize("directory", ["/d/", "/", "/missing/"])
def test_a_directory_is_not_deleted_before_the_parent_is_finished(pachd: Pachyderm, jam: Jam, directory: str) -> None:
    """pachd has to know what is in it, even if nothing is."""
    parent, child = closed(pachd, jam.repo, {"/d/a.csv": b"x"}), opened(pachd, jam.repo, {})
    with refused("UNKNOWN", UNFINISHED):
        pachd.client.delete_file((jam.repo, child), directory)
    jam.let_go()
    finished(pachd, jam.repo, parent)
    pachd.client.delete_file((jam.repo, child), directory)
    left = {"/d/": ["/before.csv"], "/": [], "/missing/": ["/before.csv", "/d/", "/d/a.csv"]}
    assert paths(pachd.client.glob_file((jam.repo, child), "/**")) == left[directory]


def test_reading_a_closed_commit_waits_until_it_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """No refusal: the server answers later."""
    made = closed(pachd, jam.repo, {"/a.csv": b"x"})
    reads = ways_to_read(pachd, jam.repo, made, "/a.csv")
    with ThreadPoolExecutor(len(reads)) as pool:
        answers = [pool.submit(read) for read in reads.values()]
        assert not is_finished(pachd, jam.repo, made)
        jam.let_go()
        assert all(answer.result() for answer in answers)


def test_a_parent_closed_with_an_error_holds_nobody_up(pachd: Pachyderm, jam: Jam) -> None:
    """It is passed over at once; what counts is the one before it."""
    made = opened(pachd, jam.repo, {"/a.csv": b"x"})
    pachd.client.finish_commit((jam.repo, made), error="given up")
    child = opened(pachd, jam.repo, {"/b.csv": b"x"})
    assert not is_finished(pachd, jam.repo, made)
    assert paths(pachd.client.glob_file((jam.repo, child), "/**")) == ["/b.csv", "/before.csv"]


def test_a_closed_commit_is_dropped_before_it_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """The branch is where it was."""
    pachd.client.drop_commit(closed(pachd, jam.repo, {"/a.csv": b"x"}))
    assert pachd.client.inspect_branch(jam.repo, "master").head.id == jam.before


def test_a_commit_is_not_squashed_before_its_child_is_finished(pachd: Pachyderm, jam: Jam) -> None:
    """Its data goes over into the child."""
    parent, child = closed(pachd, jam.repo, {"/a.csv": b"x"}), closed(pachd, jam.repo, {"/b.csv": b"x"})
    with refused("UNKNOWN", "is finished, consider using WaitCommit"):
        pachd.client.squash_commit(parent)
    jam.let_go()
    finished(pachd, jam.repo, child)
    pachd.client.squash_commit(parent)
    assert set(pachd.list_files(jam.repo, child, "/**")) == {"/before.csv", "/a.csv", "/b.csv"}


def test_two_writers_who_replace_a_directory_both_get_their_commit(pachd: Pachyderm, repo: str) -> None:
    """One comes while the other's commit is closed and not finished."""

    def write(name: str) -> list[str]:
        own = Pachyderm(pachd.address, pachd.client.auth_token)
        return [own.write(repo, {f"/{name}/{number}.csv": b"x"}, name, replace=f"/{name}") for number in range(3)]

    with ThreadPoolExecutor(2) as pool:
        made = {each for written in pool.map(write, ("p", "q")) for each in written}
    assert {each.id for each in pachd.commits_since(repo, "master", None)} == made
    assert set(pachd.list_files(repo, pachd.head(repo) or "", "/**")) == {"/p/2.csv", "/q/2.csv"}
