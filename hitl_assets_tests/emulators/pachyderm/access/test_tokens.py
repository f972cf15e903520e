"""Who may call, and what nobody answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from python_pachyderm.service import Service

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import auth_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect

PFS_MISSING = ("CheckStorage", "RunLoadTest", "RenewFileSet", "ActivateAuth")


def test_without_a_token_every_call_is_answered(emulator: PachydermEmulator) -> None:
    """Any token is as good as none."""
    assert list(connect(emulator, token="anything").list_repo()) == []


def test_another_token_is_refused(tmp_path: Path) -> None:
    """UNAUTHENTICATED, and the text doesn't tell the token."""
    with PachydermEmulator(tmp_path, token="secret") as emulator:
        for token, text in ((None, "no authentication token"), ("wrong", "token is corrupted or has expired")):
            with pytest.raises(grpc.RpcError, match=text) as caught:
                list(connect(emulator, token).list_repo())
            assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
            assert "secret" not in caught.value.details()


def test_the_right_token_is_accepted(tmp_path: Path) -> None:
    """Also for uploads."""
    with PachydermEmulator(tmp_path, token="secret") as emulator:
        client = connect(emulator, "secret")
        client.create_repo("private")
        client.put_file_bytes(("private", "master"), "/a", b"x")
        assert client.get_file(("private", "master"), "/a").read() == b"x"


def test_it_listens_on_loopback_only(emulator: PachydermEmulator) -> None:
    """It has no encryption."""
    assert emulator.address.startswith("127.0.0.1:")


def test_it_listens_for_others_with_a_token_only(tmp_path: Path) -> None:
    """Whoever reaches the machine could rewrite what is kept."""
    with pytest.raises(ValueError, match="with a token only"):
        PachydermEmulator(tmp_path, host="0.0.0.0")  # noqa: S104 - it is refused
    with PachydermEmulator(tmp_path, token="secret", host="0.0.0.0") as emulator:  # noqa: S104 - it asks for a token
        assert emulator.address.startswith("0.0.0.0:")


def test_health_and_version_answer(client: Any) -> None:
    """What scripts ask first."""
    assert client.health_check().status == 1
    assert client.get_remote_version().major == 2


@pytest.mark.parametrize(
    "ask",
    [
        *(lambda client: client.inspect_pipeline("pipeline"), lambda client: client.inspect_job("id", "pipeline")),
        lambda client: client.delete_all_pipelines(),
        *(lambda client: client.get_enterprise_state(), lambda client: client.list_idp_connectors()),
        lambda client: client.list_clusters(),
        lambda client: client.dump(),
        *(lambda client, name=name: client._req(Service.PFS, name) for name in PFS_MISSING),
    ],
)
def test_what_is_not_emulated_says_so(client: Any, ask: Callable[[Any], Any]) -> None:
    """UNIMPLEMENTED with a sentence, never silence. A stream says it when it is read."""
    with pytest.raises(grpc.RpcError, match=r"does not answer /\w+\.\w+/\w+\. Its COVERAGE") as caught:
        list(ask(client))
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_there_are_no_pipelines(client: Any) -> None:
    """Programs that look for them find none, as in a pachd without any."""
    assert [list(client.list_pipeline()), list(client.list_job()), list(client.list_secret())] == [[], [], []]


def test_the_cluster_is_the_state_directory(tmp_path: Path) -> None:
    """Clients remember the id of their cluster; it is the same after a restart, and another one elsewhere."""
    ids = []
    for name in ("a", "a", "b"):
        with PachydermEmulator(tmp_path / name) as emulator:
            ids.append(connect(emulator).inspect_cluster().deployment_id)
    assert ids[0] == ids[1] != ids[2]


def test_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    """The error names the known ones."""
    with pytest.raises(ValueError, match=r"2\.10, 2\.12"):
        PachydermEmulator(tmp_path, profile="1.13")


@pytest.mark.parametrize(
    "ask",
    [
        *(lambda client: client.who_am_i(), lambda client: client.get_auth_configuration()),
        lambda client: client.authorize(auth_pb2.Resource(type=auth_pb2.CLUSTER), []),
        lambda client: client._req(Service.AUTH, "GetPermissions", resource=auth_pb2.Resource(type=auth_pb2.CLUSTER)),
    ],
)
def test_without_tokens_auth_is_not_activated(client: Any, ask: Callable[[Any], Any]) -> None:
    """pachd's words, which programs ask for."""
    with pytest.raises(grpc.RpcError) as caught:
        ask(client)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.details() == "the auth service is not activated"
