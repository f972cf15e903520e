"""What an open commit keeps others from, and what they see while it comes and goes.

An open commit is our lock. pachd looks a branch's head up and reads the commit in two steps, so whoever lists while
it is dropped may be told NOT_FOUND; nothing else may happen.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import grpc
import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import commit, opened, refused, started

LOOKS = 40


def another(pachd: Pachyderm) -> Pachyderm:
    """Somebody else at the same pachd."""
    return Pachyderm(pachd.address, pachd.client.auth_token)


@contextmanager
def coming_and_going(pachd: Pachyderm, repo: str) -> Iterator[None]:
    """Somebody opens and drops commits on master all the time."""
    over, somebody = threading.Event(), another(pachd)

    def go_on() -> None:
        while not over.is_set():
            somebody.client.drop_commit(started(somebody, repo))

    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(go_on)
        try:
            yield
        finally:
            over.set()
        going.result()


def heads(pachd: Pachyderm, repo: str, looks: int) -> Iterator[str]:
    """What a list of the newest commit of master says, again and again: an id, or the name of the code."""
    for _ in range(looks):
        try:
            (info,) = pachd.client.list_commit(repo, to_commit=(repo, "master"), number=1, all=True)
            yield str(info.commit.id)
        except grpc.RpcError as error:
            yield str(error.code().name)


def test_a_list_while_commits_are_dropped_is_right_or_not_found(pachd: Pachyderm, repo: str) -> None:
    """NOT_FOUND doesn't mean that there is none: a second look says so."""
    before = commit(pachd, repo, {"/a.csv": b"x"})
    with coming_and_going(pachd, repo):
        told = list(heads(pachd, repo, LOOKS))
    others = {each for each in told if each != before and len(each) == 32}
    assert set(told) - others <= {before, "NOT_FOUND"}
    assert list(heads(pachd, repo, 1)) == [before]


def test_a_branch_is_inspected_while_commits_are_dropped(pachd: Pachyderm, repo: str) -> None:
    """This is one step: it tells whether repo and branch are there."""
    commit(pachd, repo, {"/a.csv": b"x"})
    with coming_and_going(pachd, repo):
        assert all(pachd.client.inspect_branch(repo, "master").head.id for _ in range(LOOKS))


def test_the_head_is_found_while_commits_are_dropped(pachd: Pachyderm, repo: str) -> None:
    """A dataset without what was labeled before would be worse than an error."""
    before = commit(pachd, repo, {"/a.csv": b"x"})
    with coming_and_going(pachd, repo):
        assert {pachd.head(repo) for _ in range(LOOKS)} == {before}


def test_commits_are_handed_out_once_while_others_are_dropped(pachd: Pachyderm, repo: str) -> None:
    """The cursor is there all the time: nothing comes again, and nothing is left out."""
    first, second = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "ab")
    with coming_and_going(pachd, repo):
        for _ in range(LOOKS):
            assert [each.id for each in pachd.commits_since(repo, "master", first)] == [second]


@pytest.mark.slow
def test_only_one_holds_the_lock_and_everybody_gets_it(pachd: Pachyderm, repo: str) -> None:
    """However they take turns, and also while the holder's commit goes."""
    inside, most = [], []

    def hold(name: str) -> None:
        with another(pachd).held(repo, name, is_stale=lambda _: False):
            inside.append(name)
            most.append(len(inside))
            inside.remove(name)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(hold, "abcabc"))
    assert most == [1] * 6


@pytest.mark.parametrize("release", ["drop", "finish"])
def test_a_lock_is_taken_once_and_free_after_its_release(pachd: Pachyderm, repo: str, release: str) -> None:
    """Dropped or finished empty: the next one needn't wait for FINISHED."""
    made = started(pachd, repo, "lock")
    with refused("UNKNOWN", "has not been finished"):
        another(pachd).client.start_commit(repo, "lock")
    if release == "drop":
        pachd.client.drop_commit(made)
    else:
        pachd.client.finish_commit((repo, made))
    assert started(another(pachd), repo, "lock") != made


def test_a_branch_outlives_its_first_commit(pachd: Pachyderm, repo: str) -> None:
    """Dropped, it leaves an empty one of the server."""
    pachd.client.drop_commit(started(pachd, repo, "lock"))
    (info,) = pachd.client.list_commit(repo, to_commit=(repo, "lock"), all=True)
    assert (info.origin.kind, info.HasField("finished")) == (pfs_pb2.AUTO, True)


def test_dropping_what_is_not_there_is_no_error(pachd: Pachyderm, repo: str) -> None:
    """Whoever comes second needn't know."""
    made = opened(pachd, repo, {})
    for gone in (made, made, uuid4().hex):
        pachd.client.drop_commit(gone)


def test_a_commit_with_a_child_is_not_dropped(pachd: Pachyderm, repo: str) -> None:
    """Open or finished child: what was built on it would have no ground."""
    first = commit(pachd, repo, {"/a.csv": b"x"})
    second = opened(pachd, repo, {})
    with refused("UNKNOWN", "cannot drop a commit that has children"):
        pachd.client.drop_commit(first)
    pachd.client.finish_commit((repo, second))
    with refused("UNKNOWN", "cannot drop a commit that has children"):
        pachd.client.drop_commit(first)


def test_a_dropped_commit_is_not_found(pachd: Pachyderm, repo: str) -> None:
    """By its writer, who learns so that it was taken for dead."""
    commit(pachd, repo, {"/a.csv": b"x"})
    gone = opened(pachd, repo, {"/half.csv": b"x"})
    pachd.client.drop_commit(gone)
    for ask in (
        lambda: pachd.client.finish_commit((repo, gone)),
        lambda: pachd.client.put_file_bytes((repo, gone), "/late.csv", b"x"),
        lambda: pachd.client.inspect_commit((repo, gone)),
        lambda: pachd.client.inspect_commit((repo, gone), pfs_pb2.CommitState.FINISHED),
        lambda: list(pachd.client.inspect_commit(gone)),
        lambda: list(pachd.client.list_commit(repo, to_commit=(repo, "master"), from_commit=(repo, gone), all=True)),
    ):
        with refused("NOT_FOUND", gone):
            ask()


def test_somebody_else_may_close_a_commit(pachd: Pachyderm, repo: str) -> None:
    """Then its writer's own closing says so."""
    made = opened(pachd, repo, {"/a.csv": b"x"})
    another(pachd).client.finish_commit((repo, made), error="taken for dead")
    with refused("UNKNOWN", "has already finished"):
        pachd.client.finish_commit((repo, made))
    with refused("UNKNOWN", "has already finished"):
        pachd.client.put_file_bytes((repo, made), "/late.csv", b"x")


@pytest.mark.slow
def test_writers_who_come_all_at_once_each_get_their_commits(pachd: Pachyderm, repo: str) -> None:
    """pachd undoes one of two conflicting changes ("resulted in rollback") and has it done once more."""

    def write(name: str) -> list[str]:
        return [another(pachd).write(repo, {f"/{name}.csv": b"x"}, name, branch=name) for _ in range(3)]

    with ThreadPoolExecutor(6) as pool:
        made = dict(zip("abcdef", pool.map(write, "abcdef"), strict=True))
    assert {name: [each.id for each in pachd.commits_since(repo, name, None)] for name in made} == made
