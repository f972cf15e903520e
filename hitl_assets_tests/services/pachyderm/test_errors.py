"""Which errors there are, what they say, and what they keep to themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm, parse_address
from hitl_assets_tests.services.grpc_proxies import Refusing

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


def test_a_text_of_several_lines_is_one_line(far: Pachyderm, refusing: Refusing) -> None:
    """It is shown as a reason, in a list."""
    text = 'pick commit tx: commit default/r@x not found\n  branch "master" not found in repo default/r\n'
    refusing.forbidden["InspectCommit"] = (grpc.StatusCode.NOT_FOUND, text)
    with pytest.raises(ServiceError) as refused:
        far.inspect_commit("r", "x")
    assert str(refused.value).endswith('commit default/r@x not found; branch "master" not found in repo default/r')


def test_an_error_of_a_commit_is_one_line(pachyderm: Pachyderm, repo: str, pachctl: Any) -> None:
    """It becomes part of a message, too."""
    pachyderm.ensure_repo(repo)
    broken = pachctl.start_commit(repo, "master")
    pachctl.finish_commit((repo, broken.id), error="the disk\nwas full")
    assert pachyderm.inspect_commit(repo, broken.id)[0].error == "the disk; was full"


def test_the_stack_of_a_panic_is_cut(far: Pachyderm, refusing: Refusing) -> None:
    """Its first lines say enough."""
    refusing.forbidden["InspectRepo"] = (grpc.StatusCode.ABORTED, "panic: nil\n" + "goroutine 1 [running]:\n" * 200)
    with pytest.raises(TransientServiceError, match="panic: nil; goroutine 1") as failed:
        far.has_repo("r")
    assert len(str(failed.value)) < 1200


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("grpc: received message larger than max (22020115 vs. 20971520)", "Something on the way"),
        ("CLIENT: Received message larger than max (22020115 vs. 20971520)", "Something on the way"),
        ("received metadata size exceeds soft limit (9000 vs. 8192)", "look at its log"),
    ],
)
def test_what_is_too_large_stays_too_large(far: Pachyderm, refusing: Refusing, text: str, advice: str) -> None:
    """It would be repeated for ever."""
    refusing.forbidden["ListCommit"] = (grpc.StatusCode.RESOURCE_EXHAUSTED, text)
    with pytest.raises(ServiceError, match=advice):
        far.head("r")


def test_a_server_that_has_no_room_now_may_have_it_later(far: Pachyderm, refusing: Refusing) -> None:
    """Other limits are passed with time."""
    refusing.forbidden["ListCommit"] = (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many concurrent streams")
    with pytest.raises(TransientServiceError, match="too many"):
        far.head("r")


@pytest.mark.slow
def test_a_file_larger_than_a_message_is_written_in_parts(pachyderm: Pachyderm, repo: str) -> None:
    """pachd takes messages of 20 MiB."""
    content = bytes(range(256)) * (21 * 2**20 // 256)
    assert pachyderm.read(repo, pachyderm.write(repo, {"/large": content}, "large"), "/large") == content
