"""A full disk, a damaged database, leftovers: the error names the file, and what was acknowledged stays readable."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import python_pachyderm

from .conftest import connect

pytestmark = pytest.mark.slow

LIMITED = (
    "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000));"
    "runpy.run_module('hitl_assets.emulators.pachyderm', run_name='__main__')"
)
MASTER = ("full", "master")


def start_limited(state: Path) -> tuple[subprocess.Popen[str], Any]:
    """An emulator whose files can't grow beyond 2 MB, as on a disk that fills up."""
    command = [sys.executable, "-c", LIMITED, "--state", str(state), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    host, port = process.stdout.readline().strip().split(":")
    return process, python_pachyderm.Client(host, int(port))


@pytest.mark.parametrize(("files", "size", "named"), [(1, 3_000_000, "chunk file"), (60, 60_000, "state.sqlite")])
def test_a_full_disk_is_an_error_for_its_call(tmp_path: Path, files: int, size: int, named: str) -> None:
    """RESOURCE_EXHAUSTED with the file's name; the commit before it is readable, and small ones go on."""
    process, client = start_limited(tmp_path)
    try:
        client.create_repo("full")
        client.put_file_bytes(MASTER, "/kept", b"x")
        with pytest.raises(grpc.RpcError) as caught, client.modify_file_client(MASTER) as edits:
            for number in range(files):
                # Without a place to cut: one chunk.
                edits.put_file_from_bytes(f"/large/{number}", f"{number}".encode() + b"ab" * (size // 2))
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert named in caught.value.details()
        assert client.get_file(MASTER, "/kept").read() == b"x"
        assert [info.file.path for info in client.list_file(MASTER, "/")] == ["/kept"]
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.put_file_bytes(MASTER, "/more", b"y")
        assert client.get_file(MASTER, "/kept").read() == b"x"
        assert list(client.fsck()) == []


def test_a_damaged_database_keeps_intact_commits_readable(tmp_path: Path) -> None:
    """DATA_LOSS with the file's name, and only for what is damaged."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.create_repo("full")
        client.put_file_bytes(MASTER, "/good", b"x")
        client.put_file_bytes(MASTER, "/bad", b"needle" * 9_000)
    database = tmp_path / "state.sqlite"
    content = database.read_bytes()
    # One page in the middle of the content.
    page = content.rindex(b"needle" * 600) // 4096 * 4096
    database.write_bytes(content[:page] + b"\xff" * 4096 + content[page + 4096 :])
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        with pytest.raises(ConnectionError) as caught:
            client.get_file(MASTER, "/bad")
        assert caught.value.__cause__.code() == grpc.StatusCode.DATA_LOSS
        assert str(database) in caught.value.__cause__.details()
        assert client.get_file(MASTER, "/good").read() == b"x"


def test_unused_chunks_go_at_the_next_start(tmp_path: Path) -> None:
    """Rows, files, and what a killed writer left; used ones stay, also those of older commits."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.create_repo("full")
        for number in range(3):
            client.put_file_bytes(MASTER, "/large", os.urandom(100_000 + number))
        client.create_repo("gone")
        client.put_file_bytes(("gone", "master"), "/large", os.urandom(100_000))
        client.put_file_bytes(("gone", "master"), "/small", b"nobody else")
        client.delete_repo("gone")
    (tmp_path / "chunks" / "00").mkdir(exist_ok=True)
    (tmp_path / "chunks" / "00" / "half.tmp").write_bytes(b"x")
    (tmp_path / "chunks" / "00" / ("00" * 32)).write_bytes(b"unknown")
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        kept = [path for path in (tmp_path / "chunks").rglob("*") if path.is_file()]
        assert len(kept) == 3
        for number in range(3):
            assert len(client.get_file(("full", f"master~{number}"), "/large").read()) == 100_002 - number
        assert list(client.fsck()) == []
