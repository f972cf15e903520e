"""python-pachyderm's client as we use it: a deadline for each call, and one channel.

What it imports is for those who talk to a pachd: import it in the function that makes a client.
"""

from collections.abc import Callable
from typing import Any

import grpc

from hitl_assets.pachyderm_protobuf import python_pachyderm


class Deadlines(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """A deadline for each call: python-pachyderm sets none, and a pachd that doesn't answer would be waited for."""

    def __init__(self, seconds: float, stream_seconds: float) -> None:
        self.seconds, self.stream_seconds = seconds, stream_seconds

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """One question, one answer."""
        return continuation(details._replace(timeout=self.seconds), request)

    def intercept_unary_stream(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """A listing, or the content of files."""
        return continuation(details._replace(timeout=self.stream_seconds), request)

    def intercept_stream_unary(self, continuation: Callable[..., Any], details: Any, requests: Any) -> Any:
        """Files to be written."""
        return continuation(details._replace(timeout=self.stream_seconds), requests)


class TimedClient(python_pachyderm.Client):
    """python-pachyderm's client, with deadlines, and one channel for all of pachd's services."""

    def __init__(self, host: str, port: int, tls: bool, token: str | None, deadlines: Deadlines) -> None:
        super().__init__(host=host, port=port, tls=tls, auth_token=token)
        self._deadlines = deadlines
        self._channel: Any = None

    def _req(self, grpc_service: Any, *args: Any, **kwargs: Any) -> Any:
        """Ask one of pachd's services."""
        if grpc_service not in self._stubs:
            self._channel = self._channel or grpc.intercept_channel(self._connect(grpc_service), self._deadlines)
            self._stubs[grpc_service] = grpc_service.stub(self._channel)
        return super()._req(grpc_service, *args, **kwargs)

    def _connect(self, grpc_service: Any) -> Any:
        """A channel as the client makes them."""
        if self.root_certs:
            credentials = grpc.ssl_channel_credentials(root_certificates=self.root_certs)
            return grpc.secure_channel(self.address, credentials, options=grpc_service.options)
        return grpc.insecure_channel(self.address, options=grpc_service.options)
