"""A commit that is FINISHING: what waits for it, and what is refused. Time stands still: it never gets FINISHED."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from python_pachyderm.service import Service

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect
from hitl_assets_tests.emulators.pachyderm.store.test_jams import jammed


def file_of(commit: tuple[str, str]) -> Any:
    """A file of the commit, as the protocol names it."""
    branch = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=commit[0], type="user"), name="master")
    return pfs_pb2.File(commit=pfs_pb2.Commit(branch=branch, id=commit[1]), path="/d/a")


def tar_of(commit: tuple[str, str]) -> Any:
    """A request for the file as a tar."""
    return pfs_pb2.GetFileRequest(file=file_of(commit))


Act = Callable[[Any, tuple[str, str]], Any]
READS: dict[str, Act] = {
    "list": lambda client, commit: list(client.list_file(commit, "/")),
    "glob": lambda client, commit: list(client.glob_file(commit, "/*")),
    "walk": lambda client, commit: list(client.walk_file(commit, "/")),
    "diff": lambda client, commit: list(client.diff_file(commit, "/", (commit[0], "first"), "/")),
    "get": lambda client, commit: list(client._req(Service.PFS, "GetFile", file=file_of(commit))),
    "inspect": lambda client, commit: client.inspect_file(commit, "/d/a"),
    "tar": lambda client, commit: list(client._req(Service.PFS, "GetFileTAR", tar_of(commit))),
    "delete a directory": lambda client, commit: client.delete_file(commit, "/d/"),
}
WRITES: dict[str, Act] = {
    "put": lambda client, commit: client.put_file_bytes(commit, "/d/b", b"x"),
    "put over another": lambda client, commit: client.put_file_bytes(commit, "/d/a", b"x"),
    "append": lambda client, commit: client.put_file_bytes(commit, "/d/a", b"x", append=True),
    "delete a file": lambda client, commit: client.delete_file(commit, "/d/a"),
}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state whose branch `master` has one FINISHED commit with the file /d/a."""
    with PachydermEmulator(tmp_path / "state") as emulator:
        client = connect(emulator)
        client.create_repo("headlines")
        client.put_file_bytes(("headlines", "master"), "/d/a", b"x")
        client.create_branch("headlines", "first", head_commit=("headlines", "master"))
    return tmp_path / "state"


@pytest.fixture
def client(state: Path) -> Iterator[Any]:
    """A client of an emulator where no commit gets FINISHED within the hour."""
    with PachydermEmulator(state, finish_delay=3600) as emulator:
        yield connect(emulator)


@pytest.fixture
def child(client: Any) -> tuple[str, str]:
    """An open commit whose parent is FINISHING."""
    client.put_file_bytes(("headlines", "master"), "/d/c", b"x")
    return "headlines", client.start_commit("headlines", "master").id


@pytest.mark.parametrize("act", READS.values(), ids=READS)
def test_an_open_commit_on_a_finishing_one_is_not_read(client: Any, child: tuple[str, str], act: Act) -> None:
    """In pachd's words. Deleting a directory reads it."""
    with pytest.raises(grpc.RpcError) as caught:
        act(client, child)
    (info,) = client.inspect_commit(child)
    parent = info.parent_commit.id
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert caught.value.details() == (
        f"base commit default/headlines@{parent} for commit default/headlines@{child[1]} unfinished"
    )


@pytest.mark.parametrize("act", WRITES.values(), ids=WRITES)
def test_an_open_commit_on_a_finishing_one_takes_files(client: Any, child: tuple[str, str], act: Act) -> None:
    """What needs no look at the parent works."""
    act(client, child)


def test_a_refused_delete_keeps_nothing_of_its_call(tmp_path: Path) -> None:
    """All edits of a call, or none. A jam keeps the parent FINISHING until its commit is dropped."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        jam = jammed(client)
        client.put_file_bytes(("labels", "work"), "/d/a", b"x")
        child = "labels", client.start_commit("labels", "work").id
        with pytest.raises(grpc.RpcError, match="unfinished"), client.modify_file_client(child) as modify:
            modify.put_file_from_bytes("/new", b"x")
            modify.delete_file("/d/")
        client.drop_commit(jam)
        assert [info.file.path for info in client.walk_file(child, "/")] == ["/", "/d/", "/d/a"]


def test_a_commit_on_an_errored_one_needs_the_one_before(client: Any, child: tuple[str, str]) -> None:
    """Errored ancestors are passed over, FINISHING or not."""
    client.finish_commit(child, error="by hand")
    grandchild = "headlines", client.start_commit("headlines", "master").id
    with pytest.raises(grpc.RpcError, match=r"base commit .* unfinished") as caught:
        list(client.list_file(grandchild, "/"))
    (info,) = client.inspect_commit(child)
    assert info.parent_commit.id in caught.value.details()


def test_a_commit_on_an_errored_one_reads_as_the_finished_one_before(client: Any) -> None:
    """An error that was given by hand is known at once."""
    bad = client.start_commit("headlines", "master")
    client.finish_commit(("headlines", bad.id), error="by hand")
    open_one = client.start_commit("headlines", "master")
    assert [info.file.path for info in client.list_file(("headlines", open_one.id), "/d")] == ["/d/a"]


def test_a_one_shot_on_a_finishing_head_needs_only_its_parent(client: Any) -> None:
    """The head itself is put together from its parent and its own changes."""
    client.put_file_bytes(("headlines", "master"), "/d/c", b"x")
    client.delete_file(("headlines", "master"), "/d/")
    with pytest.raises(grpc.RpcError, match=r"base commit .* unfinished"):
        client.delete_file(("headlines", "master"), "/d/")


def test_a_squash_waits_for_no_child(client: Any, child: tuple[str, str]) -> None:
    """It is refused until the child is FINISHED."""
    (info,) = client.inspect_commit(child)
    with pytest.raises(grpc.RpcError, match=f"until child commit default/headlines@{child[1]} is finished"):
        client.squash_commit(info.parent_commit.id)
    client.finish_commit(child)
    with pytest.raises(grpc.RpcError, match=r"is finished, consider using WaitCommit"):
        client.squash_commit(info.parent_commit.id)


def test_colliding_paths_are_known_when_the_commit_is_finished(client: Any) -> None:
    """While it is FINISHING, nobody has looked."""
    commit = client.start_commit("headlines", "master")
    client.put_file_bytes(("headlines", commit.id), "/d", b"x")
    client.finish_commit(("headlines", commit.id))
    (info,) = client.inspect_commit(("headlines", commit.id))
    assert (info.error, info.HasField("finished")) == ("", False)


def test_an_open_commit_is_compared_with_a_finishing_parent_once_that_is_finished(tmp_path: Path) -> None:
    """pachd waits for the old side first; only the new one is refused."""
    with PachydermEmulator(tmp_path, finish_delay=0.3) as emulator:
        client = connect(emulator)
        client.create_repo("headlines")
        client.put_file_bytes(("headlines", "master"), "/a", b"x")
        commit = client.start_commit("headlines", "master")
        client.put_file_bytes(("headlines", commit.id), "/b", b"x")
        found = client.diff_file(("headlines", commit.id), "/")
        assert [one.new_file.file.path for one in found] == ["/", "/b"]
