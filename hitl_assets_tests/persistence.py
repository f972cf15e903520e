"""A bare client of pachd that repeats what gave way to another transaction, as a person would: for what a test does
besides, and not for what it is about."""

from typing import Any

import grpc

from hitl_assets.pachyderm_protobuf import python_pachyderm

CONFLICTS = ("resulted in rollback", "could not serialize access")
TIMES = 5


class PersistentClient(python_pachyderm.Client):  # type: ignore[misc]
    """The client of `python-pachyderm`, more patient. Streams are what they were."""

    def _req(self, *args: Any, **kwargs: Any) -> Any:
        for _ in range(TIMES - 1):
            try:
                return super()._req(*args, **kwargs)
            except grpc.RpcError as error:
                if not any(text in (error.details() or "") for text in CONFLICTS):
                    raise
        return super()._req(*args, **kwargs)


def connect(address: str) -> PersistentClient:
    """A client of the pachd at `host:port`."""
    host, port = address.split(":")
    return PersistentClient(host, int(port))
