"""Which errors there are, what they say, and what they keep to themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm, parse_address

SECRET = "a-secret-token"
METHODS: dict[str, Callable[[Pachyderm], Any]] = {
    "check": lambda p: p.check(),
    "commits_since": lambda p: p.commits_since("r", "master", None),
    "inspect_commit": lambda p: p.inspect_commit("r", "c"),
    "head": lambda p: p.head("r"),
    "list_files": lambda p: p.list_files("r", "c", "/**"),
    "changed_files": lambda p: p.changed_files("r", "c", "b", "/**"),
    "read": lambda p: p.read("r", "c", "/a"),
    "read_directory": lambda p: p.read_directory("r", "c", "/"),
    "read_matching": lambda p: p.read_matching("r", "c", "/**"),
    "directory_hash": lambda p: p.directory_hash("r", "c", "/"),
    "ensure_repo": lambda p: p.ensure_repo("r"),
    "write": lambda p: p.write("r", {"/a": b"x"}, "ours"),
    "start_commit": lambda p: p.start_commit(("r", "master"), "ours", lambda _: False),
    "put": lambda p: p.put("r", "c", {"/a": b"x"}, None),
}


@pytest.fixture(scope="module")
def guarded_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a pachd that asks for a token."""
    with PachydermEmulator(tmp_path_factory.mktemp("guarded") / "state", token=SECRET) as emulator:
        yield emulator.address


@pytest.mark.parametrize("method", METHODS)
def test_a_dead_server_is_transient(dead_address: str, method: str) -> None:
    """It will come back; and the message says which address was asked."""
    with pytest.raises(TransientServiceError, match=f"Pachyderm at {dead_address} could not .*UNAVAILABLE"):
        METHODS[method](Pachyderm(dead_address))


@pytest.mark.parametrize("method", [name for name in METHODS if name != "check"])
def test_a_wrong_token_is_for_a_person_to_put_right(guarded_address: str, method: str) -> None:
    """What waits goes on afterwards; neither token is in the message. The version is told to anybody."""
    with pytest.raises(TransientServiceError, match="Check PACHD_TOKEN") as refused:
        METHODS[method](Pachyderm(guarded_address, "the-wrong-token"))
    assert "the-wrong-token" not in str(refused.value)


def test_the_right_token_is_let_in(guarded_address: str, prefix: str) -> None:
    """It is sent with every call."""
    pachyderm = Pachyderm(guarded_address, SECRET)
    assert pachyderm.read(prefix, pachyderm.write(prefix, {"/a": b"x"}, "ours"), "/a") == b"x"


def test_no_token_is_in_a_repr(guarded_address: str) -> None:
    """A repr ends in logs."""
    assert repr(Pachyderm(guarded_address, SECRET)) == f"Pachyderm({guarded_address})"


def test_a_refusal_is_not_transient(pachyderm: Pachyderm) -> None:
    """The same name will be refused again."""
    with pytest.raises(ServiceError, match="could not create the repo no such name"):
        pachyderm.ensure_repo("no such name")


def test_the_version_is_told(pachyderm: Pachyderm) -> None:
    """To see that an address is a pachd's."""
    assert pachyderm.check() == "2.12.0"


@pytest.mark.parametrize(
    ("address", "parsed"),
    [
        ("pachd:30650", ("pachd", 30650, False)),
        ("grpc://pachd.local:30650", ("pachd.local", 30650, False)),
        ("grpcs://pachd.local:443/", ("pachd.local", 443, True)),
        ("https://pachd.local:443", ("pachd.local", 443, True)),
    ],
)
def test_addresses_have_host_port_and_perhaps_tls(address: str, parsed: tuple[str, int, bool]) -> None:
    """As `pachctl` and Pachyderm's documentation write them."""
    assert parse_address(address) == parsed


@pytest.mark.parametrize("address", ["", "pachd", "pachd:", "ftp://pachd:1", "pachd:30650/path", "pachd:port", "a b:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """Before anything waits for it, and with the variable to look at."""
    with pytest.raises(ServiceError, match="PACHD_ADDRESS="):
        Pachyderm(address)


def test_a_server_that_comes_back_is_used_again(tmp_path: Path, prefix: str, until: Callable[..., Any]) -> None:
    """One client lives through a restart of pachd."""
    with PachydermEmulator(tmp_path / "state") as emulator:
        pachyderm = Pachyderm(emulator.address)
        commit = pachyderm.write(prefix, {"/a": b"x"}, "before")

    def look() -> str | None:
        try:
            return pachyderm.head(prefix)
        except TransientServiceError:
            return None

    assert look() is None
    with PachydermEmulator(tmp_path / "state", port=int(emulator.address.rpartition(":")[2])):
        assert until(look) == commit
