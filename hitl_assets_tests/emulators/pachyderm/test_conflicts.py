"""Transactions that give way: every k-th call fails as pachd's does now and then, and nothing of it is kept."""

from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator

from .conftest import connect


def attempt(client: Any, branch: str) -> str:
    """What StartCommit says; nothing when it succeeds."""
    try:
        client.start_commit("headlines", branch)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNKNOWN
        return str(error.details())
    return ""


def test_every_kth_start_gives_way(tmp_path: Path) -> None:
    """In the words that were seen; which ones, the seed says."""
    found = {}
    for seed in (0, 1):
        with PachydermEmulator(tmp_path / str(seed), conflicts=1 / 3, seed=seed) as emulator:
            client = connect(emulator)
            client.create_repo("headlines")
            found[seed] = [attempt(client, f"b{number}") for number in range(6)]
    text = "commit unexpectedly resulted in rollback"
    assert found == {0: ["", "", text, "", "", text], 1: ["", text, "", "", text, ""]}


def test_nothing_of_a_start_that_gave_way_is_kept(tmp_path: Path) -> None:
    """The same call succeeds a moment later."""
    with PachydermEmulator(tmp_path, conflicts=0.5, seed=1) as emulator:
        client = connect(emulator)
        client.create_repo("headlines")
        assert attempt(client, "master")
        assert list(client.list_branch("headlines")) == list(client.list_commit("headlines")) == []
        assert not attempt(client, "master")


def test_nothing_of_a_finish_that_gave_way_is_kept(tmp_path: Path) -> None:
    """The commit stays open."""
    with PachydermEmulator(tmp_path, conflicts=0.5) as emulator:
        client = connect(emulator)
        client.create_repo("headlines")
        commit = client.start_commit("headlines", "master")
        client.finish_commit(("headlines", commit.id))
        assert attempt(client, "other")
        other = client.start_commit("headlines", "other")
        with pytest.raises(grpc.RpcError, match="could not serialize access") as caught:
            client.finish_commit(("headlines", other.id), description="done")
        assert caught.value.code() == grpc.StatusCode.UNKNOWN
        (info,) = client.inspect_commit(("headlines", other.id))
        assert (info.HasField("finishing"), info.description) == (False, "")
        client.finish_commit(("headlines", other.id))


@pytest.mark.parametrize("rate", [-0.1, 0.6])
def test_a_share_that_would_never_let_a_call_through_is_refused(tmp_path: Path, rate: float) -> None:
    """Whoever repeats a call at once shall get through."""
    with pytest.raises(ValueError, match=r"share from 0 to 0\.5"):
        PachydermEmulator(tmp_path, conflicts=rate)
