"""A running emulator per test, in both profiles, and the real client to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import python_pachyderm


def connect(emulator: PachydermEmulator, token: str | None = None) -> Any:
    """A client to it."""
    host, port = emulator.address.split(":")
    return python_pachyderm.Client(host, int(port), auth_token=token)


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
