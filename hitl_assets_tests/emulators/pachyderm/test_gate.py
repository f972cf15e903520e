"""Schedules: a test holds a call at a point, does something else, and lets it go."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from hitl_assets.emulators.gates import NotArrivedError
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2

from .conftest import connect

TIMES = ThreadPoolExecutor(4)


def test_a_held_call_has_done_nothing_yet(emulator: PachydermEmulator, client: Any, repo: str) -> None:
    """It stands at the door."""
    with emulator.gate.hold("StartCommit") as held:
        started = TIMES.submit(client.start_commit, repo, "master")
        held.arrived()
        assert list(client.list_branch(repo)) == []
    commit = started.result(10)
    assert client.inspect_branch(repo, "master").head.id == commit.id


def test_a_call_held_when_done_has_happened(emulator: PachydermEmulator, client: Any, repo: str) -> None:
    """Only its answer is missing."""
    with emulator.gate.hold("StartCommit:done") as held:
        started = TIMES.submit(client.start_commit, repo, "master")
        held.arrived()
        head = client.inspect_branch(repo, "master").head.id
        assert not started.done()
    assert started.result(10).id == head


def test_the_number_counts_calls_of_that_name(emulator: PachydermEmulator, client: Any) -> None:
    """Others and earlier ones pass."""
    client.create_repo("zero")
    held = emulator.gate.hold("CreateRepo", number=2)
    client.create_repo("one")
    list(client.list_repo())
    second = TIMES.submit(client.create_repo, "two")
    held.arrived()
    assert {info.repo.name for info in client.list_repo()} == {"zero", "one"}
    held.release()
    second.result(10)


def test_only_calls_with_the_token_are_held(emulator: PachydermEmulator) -> None:
    """Two runs at once, one of them held."""
    one, other = connect(emulator, "one"), connect(emulator, "other")
    with emulator.gate.hold(token="one") as held:
        waiting = TIMES.submit(one.create_repo, "mine")
        held.arrived()
        other.create_repo("theirs")
        assert [info.repo.name for info in other.list_repo()] == ["theirs"]
    waiting.result(10)


def test_a_run_goes_on_to_its_nth_call_of_any_kind(emulator: PachydermEmulator) -> None:
    """What tests of all pairs of points need."""
    run, watcher = connect(emulator, "run"), connect(emulator, "watcher")

    def steps() -> None:
        run.create_repo("first")
        run.put_file_bytes(("first", "master"), "/a", b"x")
        run.create_repo("third")

    with emulator.gate.hold(token="run", number=3) as held:
        done = TIMES.submit(steps)
        held.arrived()
        assert [info.repo.name for info in watcher.list_repo()] == ["first"]
        assert watcher.get_file(("first", "master"), "/a").read() == b"x"
    done.result(10)
    assert len(list(watcher.list_repo())) == 2


def test_two_holds_stop_two_calls(emulator: PachydermEmulator, client: Any) -> None:
    """Each is released by itself, in any order."""
    first, second = emulator.gate.hold("CreateRepo", number=1), emulator.gate.hold("CreateRepo", number=2)
    one = TIMES.submit(client.create_repo, "one")
    first.arrived()
    two = TIMES.submit(client.create_repo, "two")
    second.arrived()
    second.release()
    two.result(10)
    assert not one.done()
    first.release()
    one.result(10)


def test_a_call_that_does_not_come_is_told_with_what_came(emulator: PachydermEmulator, client: Any) -> None:
    """A misspelled name would be hard to find otherwise."""
    held = emulator.gate.hold("StratCommit")
    everything = emulator.gate.hold(number=3)
    client.create_repo("one")
    client.create_repo("two")
    with pytest.raises(NotArrivedError, match=r"StratCommit number 1 did not come within 0.01"):
        held.arrived(seconds=0.01)
    with pytest.raises(NotArrivedError, match=r"'CreateRepo': 2"):
        everything.arrived(seconds=0.01)


def test_what_is_released_early_is_not_held(emulator: PachydermEmulator, client: Any) -> None:
    """Whoever has seen enough goes."""
    emulator.gate.hold("CreateRepo").release()
    client.create_repo("one")


def test_stopping_lets_all_go(emulator: PachydermEmulator, client: Any) -> None:
    """A failed test leaves no thread behind."""
    held = emulator.gate.hold("CreateRepo")
    waiting = TIMES.submit(client.create_repo, "one")
    held.arrived()
    emulator.stop()
    assert waiting.exception(10) is None or isinstance(waiting.exception(), grpc.RpcError)
    assert held.released.is_set()


def test_a_held_call_whose_caller_went_away_does_nothing(emulator: PachydermEmulator, client: Any) -> None:
    """As in pachd, where the call's context ends its transaction."""
    held = emulator.gate.hold("CreateRepo")
    with grpc.insecure_channel(emulator.address) as channel:
        call = channel.unary_unary(
            "/pfs_v2.API/CreateRepo", pfs_pb2.CreateRepoRequest.SerializeToString, Empty.FromString
        ).future(pfs_pb2.CreateRepoRequest(repo=pfs_pb2.Repo(name="gone", type="user")))
        held.arrived()
        call.cancel()
        assert held.released.wait(10)
    assert list(client.list_repo()) == []


def test_a_commit_dropped_while_its_branch_is_listed_is_not_found(
    emulator: PachydermEmulator, client: Any, repo: str
) -> None:
    """pachd finds the head, then looks it up once more: F1 in the words of the server."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    commit = client.start_commit(repo, "master")
    with emulator.gate.hold("ListCommit:resolved") as held:
        listing = TIMES.submit(lambda: list(client.list_commit(repo, to_commit=(repo, "master"), all=True)))
        held.arrived()
        client.drop_commit(commit.id)
    error = listing.exception(10)
    assert isinstance(error, grpc.RpcError)
    assert error.code() == grpc.StatusCode.NOT_FOUND
    assert error.details() == (
        "list commit: get commit by commit key:"
        f" commit (int_id=0, commit_id=default/headlines.user@{commit.id}) not found"
    )
