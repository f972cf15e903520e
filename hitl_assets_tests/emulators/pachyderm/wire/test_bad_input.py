"""Whatever comes in is an error for that call at most: no crash, no stray file, no memory without bounds."""

import os
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.pachyderm.store.trees.edit_log import BATCH
from hitl_assets.pachyderm_protobuf import pfs_pb2

NAMES = ["../x", "/a/../../x", "a\0b", "ünïcode", "x" * 100_000, "/a" * 5_000, "a\nb", "*", ".", "/", "dir/"]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 10_000, b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff"]
)
def test_any_bytes_on_the_port(client: Any, emulator: PachydermEmulator, data: bytes) -> None:
    """The next caller is served."""
    host, port = emulator.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(data + os.urandom(1_000))
    assert client.health_check().status == 1


@pytest.mark.parametrize("data", [b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x02\xff\xfe"])
def test_any_bytes_as_a_message(client: Any, emulator: PachydermEmulator, data: bytes) -> None:
    """An error for the call."""
    with grpc.insecure_channel(emulator.address) as channel, pytest.raises(grpc.RpcError):
        channel.unary_unary("/pfs_v2.API/InspectRepo")(data, timeout=10)
    assert client.health_check().status == 1


@pytest.mark.slow
def test_a_message_that_is_too_large(client: Any, repo: str, emulator: PachydermEmulator) -> None:
    """RESOURCE_EXHAUSTED, and nothing is kept of it."""
    options = [("grpc.max_send_message_length", -1)]
    add = pfs_pb2.AddFile(path="/x")
    add.raw.value = bytes(40 * 1024 * 1024)
    branch = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    requests = [
        pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch)),
        pfs_pb2.ModifyFileRequest(add_file=add),
    ]
    with grpc.insecure_channel(emulator.address, options) as channel:
        call = channel.stream_unary("/pfs_v2.API/ModifyFile", pfs_pb2.ModifyFileRequest.SerializeToString)
        with pytest.raises(grpc.RpcError) as caught:
            call(iter(requests), timeout=20)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert list(client.list_commit(repo)) == []


def test_a_call_that_is_cut_keeps_nothing(client: Any, repo: str, emulator: PachydermEmulator) -> None:
    """gRPC shows the server the end of its messages like that of a complete call; half a write must not be a commit."""
    branch = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    cut = threading.Event()

    def send(received: threading.Event) -> Iterator[Any]:
        yield pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch))
        yield pfs_pb2.ModifyFileRequest(add_file=pfs_pb2.AddFile(path="/x"))
        received.set()
        cut.wait(20)

    calls = []
    with grpc.insecure_channel(emulator.address) as channel:
        modify = channel.stream_unary("/pfs_v2.API/ModifyFile", pfs_pb2.ModifyFileRequest.SerializeToString)
        for _ in range(40):
            received = threading.Event()
            calls.append(modify.future(send(received)))
            assert received.wait(20)
            calls[-1].cancel()
        cut.set()
    # Another write comes after whatever the cut ones left.
    client.put_file_bytes((repo, "master"), "/last", b"x")
    assert len(list(client.list_commit(repo))) == 1


@pytest.mark.parametrize("name", NAMES)
def test_odd_paths(client: Any, repo: str, name: str, tmp_path: Path) -> None:
    """No file is written under such a name, reading one is an error or finds nothing, and the disk stays as it is."""
    before = {path for path in tmp_path.parent.rglob("*") if "chunks" not in path.parts}
    with pytest.raises(grpc.RpcError) as caught:
        client.put_file_bytes((repo, "master"), name, b"x")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    client.create_branch(repo, "master")
    with pytest.raises((ConnectionError, grpc.RpcError)):
        client.get_file((repo, "master"), name)
    assert not list(client.list_file((repo, "master"), name))
    assert {path for path in tmp_path.parent.rglob("*") if "chunks" not in path.parts} == before


@pytest.mark.parametrize("name", ["../x", "a\0b", "ünïcode", "x" * 10_000, "", "a/b"])
def test_odd_names(client: Any, repo: str, name: str) -> None:
    """For repos and branches."""
    with pytest.raises(grpc.RpcError):
        client.create_repo(name)
    with pytest.raises(grpc.RpcError):
        client.create_branch(repo, name)
    assert len(list(client.list_repo())) == 1


@pytest.mark.slow
def test_very_many_edits_and_a_tar_of_them_stay_within_memory(client: Any, repo: str) -> None:
    """Edits wait in a file, and a tar is made while it is sent."""
    files = 2 * BATCH + 10
    with client.modify_file_client((repo, "master")) as edits:
        for number in range(files):
            edits.delete_file(f"/none/{number}")
        for number in range(100):
            edits.put_file_from_bytes(f"/{number}/x", b"1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with client.get_file_tar((repo, "master"), "/**") as tar:
        assert sum(member.isfile() for member in tar) == 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
