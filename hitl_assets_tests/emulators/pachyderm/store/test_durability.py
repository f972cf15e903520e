"""What survives: a restart, a kill, a second process, a newer format, a damaged file."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator, StateError
from hitl_assets.pachyderm_protobuf import python_pachyderm
from hitl_assets_tests.emulators.pachyderm.conftest import connect

pytestmark = pytest.mark.slow

CONTENT = bytes(100_000)


def start_process(state: Path) -> tuple[subprocess.Popen[str], Any]:
    """An emulator in a process of its own, and a client to it."""
    command = [sys.executable, "-m", "hitl_assets.emulators.pachyderm", "--state", str(state), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    host, port = process.stdout.readline().strip().split(":")
    return process, python_pachyderm.Client(host, int(port))


def write_until_killed(client: Any, acknowledged: list[str], enough: threading.Event) -> None:
    """Commit two files at a time, which must appear together or not at all."""
    try:
        for number in range(10_000):
            name = f"/{os.urandom(8).hex()}"
            with client.modify_file_client(("load", "master")) as edits:
                edits.put_file_from_bytes(f"{name}/small", name.encode())
                edits.put_file_from_bytes(f"{name}/large", name.encode() + CONTENT)
            acknowledged.append(name)
            if number == 10:
                enough.set()
    except grpc.RpcError:
        enough.set()


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    """Repos, commits, files, small and large."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.create_repo("kept")
        with client.commit("kept", "master") as commit:
            client.put_file_bytes(commit, "/small", b"x")
            client.put_file_bytes(commit, "/large", CONTENT)
    with PachydermEmulator(tmp_path, profile="2.10") as emulator:
        client = connect(emulator)
        assert client.get_file(("kept", commit.id), "/large").read() == CONTENT
        assert client.get_file(("kept", "master"), "/small").read() == b"x"


def test_an_open_commit_survives_a_restart(tmp_path: Path) -> None:
    """Whoever held it can go on."""
    with PachydermEmulator(tmp_path) as emulator:
        connect(emulator).create_repo("kept")
        commit = connect(emulator).start_commit("kept", "master")
        connect(emulator).put_file_bytes(commit, "/a", b"x")
    with PachydermEmulator(tmp_path) as emulator:
        connect(emulator).finish_commit(("kept", commit.id))
        assert connect(emulator).get_file(("kept", "master"), "/a").read() == b"x"


@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_kills_under_load_lose_no_acknowledged_commit(tmp_path: Path, kills: int) -> None:
    """And show no half one: every name has both files, whole."""
    acknowledged: list[str] = []
    for cycle in range(kills):
        process, client = start_process(tmp_path)
        client.create_repo("load", update=True)
        enough = threading.Event()
        writer = threading.Thread(target=write_until_killed, args=(client, acknowledged, enough))
        writer.start()
        enough.wait(30)
        process.send_signal(signal.SIGKILL)
        process.wait()
        writer.join()
        assert len(acknowledged) > cycle
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        master = ("load", "master")
        found = {info.file.path.rstrip("/") for info in client.list_file(master, "/")}
        assert found.issuperset(acknowledged)
        for name in found:
            assert client.get_file(master, f"{name}/small").read() == name.encode()
            assert client.get_file(master, f"{name}/large").read() == name.encode() + CONTENT
        assert list(client.fsck()) == []


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """The error names the holder; its death frees the directory."""
    process, _ = start_process(tmp_path)
    with pytest.raises(StateError, match=f"in use by process {process.pid}"):
        PachydermEmulator(tmp_path).start()
    process.kill()
    process.wait()
    with PachydermEmulator(tmp_path) as emulator:
        assert connect(emulator).health_check().status == 1


def test_a_state_directory_of_the_first_format_opens(tmp_path: Path) -> None:
    """What later formats added is added, and nothing else is touched."""
    with PachydermEmulator(tmp_path) as emulator:
        connect(emulator).create_repo("kept")
    with sqlite3.connect(tmp_path / "state.sqlite") as db:
        db.executescript("DROP TABLE transactions; DROP TABLE transaction_requests; DROP TABLE triggers;")
        db.execute("PRAGMA user_version = 1")
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        with client.transaction():
            client.start_commit("kept", "master")
        assert len(list(client.list_commit("kept"))) == 1


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """With a sentence, and without touching it."""
    with PachydermEmulator(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "state.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="has format 99"):
        PachydermEmulator(tmp_path).start()


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "state.sqlite").write_bytes(b"this is no database, however long it may go on" * 100)
    with pytest.raises(StateError, match=r"state\.sqlite can't be opened"):
        PachydermEmulator(tmp_path).start()


def test_a_truncated_chunk_is_an_error_for_its_file_only(tmp_path: Path) -> None:
    """The error names the chunk file, and fsck finds it."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.create_repo("hurt")
        client.put_file_bytes(("hurt", "master"), "/good", b"x")
        client.put_file_bytes(("hurt", "master"), "/bad", CONTENT)
        (chunk,) = (path for path in (tmp_path / "chunks").rglob("*") if path.is_file())
        os.truncate(chunk, 10)
        with pytest.raises(ConnectionError) as caught:
            client.get_file(("hurt", "master"), "/bad")
        assert str(chunk) in caught.value.__cause__.details()
        assert [chunk.name in one.error for one in client.fsck()] == [True]
        assert client.get_file(("hurt", "master"), "/good").read() == b"x"


def test_sigterm_stops_the_process_cleanly(tmp_path: Path) -> None:
    """Exit code 0 and the directory is free."""
    process, _ = start_process(tmp_path)
    process.terminate()
    assert process.wait(10) == 0
