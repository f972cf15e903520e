"""FINISHING commits of a repo are finished one at a time: one that can't be holds those behind it up."""

from pathlib import Path
from typing import Any

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect


def jammed(client: Any) -> str:
    """The id of a FINISHING commit in the repo `labels` whose parent is open."""
    client.create_repo("labels")
    client.create_repo("source")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name="source", type="user"), name="input")
    client.create_branch("labels", "master", provenance=[upstream])
    client.put_file_bytes(("source", "input"), "/a", b"x")
    newer = client.inspect_branch("labels", "master").head.id
    client.finish_commit(("labels", newer))
    return str(newer)


def is_finished(client: Any, commit: tuple[str, str]) -> bool:
    """Whether it is FINISHED."""
    (info,) = client.inspect_commit(commit)
    return bool(info.HasField("finished"))


def test_a_commit_without_a_finished_base_holds_its_repo_up(client: Any) -> None:
    """pachd's worker tries it again for ever, and takes no other of that repo."""
    newer = jammed(client)
    client.put_file_bytes(("labels", "work"), "/a", b"x")
    client.put_file_bytes(("source", "input"), "/b", b"x")
    assert not is_finished(client, ("labels", newer))
    assert not is_finished(client, ("labels", "work"))
    assert is_finished(client, ("source", "input"))


def test_a_jam_outlasts_the_finish_of_its_base(client: Any) -> None:
    """The base queues behind the commit that waits for it."""
    newer = jammed(client)
    (info,) = client.inspect_commit(("labels", newer))
    client.finish_commit(("labels", info.parent_commit.id))
    assert not is_finished(client, ("labels", newer))
    assert not is_finished(client, ("labels", info.parent_commit.id))


def test_a_jam_ends_when_its_commit_is_dropped(client: Any) -> None:
    """Those behind it are finished."""
    newer = jammed(client)
    client.put_file_bytes(("labels", "work"), "/a", b"x")
    client.drop_commit(newer)
    assert is_finished(client, ("labels", "work"))


def test_commits_of_a_repo_are_finished_one_after_the_other(tmp_path: Path) -> None:
    """In the order of their closing; other repos have workers of their own."""
    with PachydermEmulator(tmp_path, finish_delay=0.2) as emulator:
        client = connect(emulator)
        for repo in ("one", "two"):
            client.create_repo(repo)
        for branch in ("a", "b"):
            client.put_file_bytes(("one", branch), "/a", b"x")
        client.put_file_bytes(("two", "a"), "/a", b"x")
        times = {}
        for commit in (("one", "a"), ("one", "b"), ("two", "a")):
            (info,) = client.inspect_commit(commit, pfs_pb2.CommitState.FINISHED)
            times[commit] = info.finished.ToNanoseconds() - info.finishing.ToNanoseconds()
    assert times["one", "a"] == times["two", "a"] == 200_000_000
    assert times["one", "b"] > 200_000_000
