"""A running emulator per test, in both profiles, and the real client to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_pachyderm.service import Service

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2, python_pachyderm


def connect(emulator: PachydermEmulator, token: str | None = None) -> Any:
    """A client to it."""
    host, port = emulator.address.split(":")
    return python_pachyderm.Client(host, int(port), auth_token=token)


def copy(client: Any, source: tuple[str, str], path: str, target: tuple[str, str], destination: str) -> None:
    """Copy a file or directory as newer clients ask for it: with the repo in the Commit itself.

    `source` is a repo with a commit or branch, `target` a repo with a branch.
    """
    place = pfs_pb2.Repo(name=source[0], type="user").SerializeToString()
    commit = pfs_pb2.Commit(id=source[1]) if len(source[1]) == 32 else pfs_pb2.Commit()
    if not commit.id:
        commit.branch.name = source[1]
    commit.MergeFromString(b"\x1a" + bytes([len(place)]) + place)
    branch = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=target[0], type="user"), name=target[1])
    requests = [
        pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch)),
        pfs_pb2.ModifyFileRequest(
            copy_file=pfs_pb2.CopyFile(dst=destination, src=pfs_pb2.File(commit=commit, path=path))
        ),
    ]
    client._req(Service.PFS, "ModifyFile", req=iter(requests))


@pytest.fixture(params=["2.10", "2.12"])
def emulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PachydermEmulator]:
    """An empty emulator."""
    with PachydermEmulator(tmp_path / "state", profile=request.param) as running:
        yield running


@pytest.fixture
def client(emulator: PachydermEmulator) -> Any:
    """A client to the empty emulator."""
    return connect(emulator)


@pytest.fixture
def repo(client: Any) -> str:
    """The name of an empty repo."""
    client.create_repo("headlines", "what people write")
    return "headlines"
