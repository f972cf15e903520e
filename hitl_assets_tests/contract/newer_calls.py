"""Calls that came after the product's client, as pachctl and pachyderm_sdk make them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass

from hitl_assets.emulators.pachyderm.wire.protocol import admin_pb2, pfs_pb2, transaction_pb2
from hitl_assets.services.pachyderm import Pachyderm


class NewerCalls:
    """`calls.DropCommit(commit=...)`: the answer, or a list where it is a stream."""

    def __init__(self, pachd: Pachyderm) -> None:
        self._metadata = [("authn-token", pachd.client.auth_token)] if pachd.client.auth_token else []
        self._channel = grpc.insecure_channel(pachd.address)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A call of PFS, of the admin service or of transactions."""
        for module in (pfs_pb2, admin_pb2, transaction_pb2):
            service = module.DESCRIPTOR.services_by_name["API"]
            if name in service.methods_by_name:
                return partial(self._ask, service.full_name, service.methods_by_name[name])
        raise AttributeError(name)

    def close(self) -> None:
        """Let the connection go."""
        self._channel.close()

    def _ask(self, service: str, call: Any, **fields: Any) -> Any:
        request = GetMessageClass(call.input_type)
        make = self._channel.unary_stream if call.server_streaming else self._channel.unary_unary
        ask = make(
            f"/{service}/{call.name}",
            request_serializer=request.SerializeToString,
            response_deserializer=GetMessageClass(call.output_type).FromString,
        )
        answer = ask(request(**fields), metadata=self._metadata, timeout=60)
        return list(answer) if call.server_streaming else answer


def repo_of(name: str, project: str = "default") -> Any:
    """A repo, as newer clients name it."""
    return pfs_pb2.Repo(name=name, type="user", project=pfs_pb2.Project(name=project))


def commit_of(repo: str, reference: str) -> Any:
    """A commit by its id or by its branch: newer clients name the repo in it, and again in its branch."""
    place = repo_of(repo)
    if len(reference) == 32:
        return pfs_pb2.Commit(repo=place, id=reference)
    return pfs_pb2.Commit(repo=place, branch=pfs_pb2.Branch(repo=place, name=reference))


def file_of(repo: str, path: str) -> Any:
    """A file at the head of master."""
    return pfs_pb2.File(commit=commit_of(repo, "master"), path=path)
