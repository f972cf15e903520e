"""Waiting and subscribing."""

import threading
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect


def test_a_subscriber_gets_old_commits_first_then_new_ones(client: Any, repo: str) -> None:
    """Oldest first, only those of the branch."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    client.put_file_bytes((repo, "other"), "/a", b"x")
    stream = client.subscribe_commit(repo, "master", state=pfs_pb2.CommitState.FINISHED)
    first = next(stream)
    with client.commit(repo, "master") as commit:
        client.put_file_bytes(commit, "/b", b"x")
    assert next(stream).parent_commit.id == first.commit.id
    stream.cancel()


def test_an_open_commit_holds_the_subscriber_up(client: Any, repo: str) -> None:
    """Commits come in order, each in the state that was asked for."""
    stream = client.subscribe_commit(repo, "master", state=pfs_pb2.CommitState.FINISHED)
    commit = client.start_commit(repo, "master")
    timer = threading.Timer(0.05, client.finish_commit, [(repo, commit.id)])
    timer.start()
    assert next(stream).HasField("finished")
    timer.join()
    stream.cancel()


def test_subscribing_to_a_missing_repo_is_an_error(client: Any) -> None:
    """A missing branch only waits."""
    with pytest.raises(grpc.RpcError, match=r"get repo ID: repo .* name=missing"):
        next(client.subscribe_commit("missing", "master"))


def test_a_dropped_commit_ends_the_wait_for_it(client: Any, repo: str) -> None:
    """Nobody waits for ever."""
    commit = client.start_commit(repo, "master")
    timer = threading.Timer(0.05, client.drop_commit, [commit.id])
    timer.start()
    with pytest.raises(grpc.RpcError, match="was deleted"):
        next(client.inspect_commit((repo, commit.id), pfs_pb2.CommitState.FINISHED))
    timer.join()


def test_finishing_takes_as_long_as_told(tmp_path: Path) -> None:
    """Callers that don't wait find the commit FINISHING; a read waits."""
    with PachydermEmulator(tmp_path, finish_delay=0.3) as emulator:
        client = connect(emulator)
        client.create_repo("slow")
        client.put_file_bytes(("slow", "master"), "/a", b"x")
        (info,) = client.inspect_commit(("slow", "master"))
        assert (info.HasField("finishing"), info.HasField("finished")) == (True, False)
        assert client.get_file(("slow", "master"), "/a").read() == b"x"
        (info,) = client.inspect_commit(("slow", "master"))
        assert info.HasField("finished")


def test_stopping_ends_the_calls_that_wait(tmp_path: Path) -> None:
    """Otherwise the process would hang."""
    emulator = PachydermEmulator(tmp_path)
    emulator.start()
    client = connect(emulator)
    client.create_repo("quiet")
    stream = client.subscribe_commit("quiet", "master")
    timer = threading.Timer(0.05, emulator.stop)
    timer.start()
    with pytest.raises(grpc.RpcError):
        next(stream)
    timer.join()
    emulator.wait()
