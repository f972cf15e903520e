"""Who may call: the token."""

from collections.abc import Callable
from typing import Any

import grpc

# pachd answers these without a token, too.
OPEN_TO_ALL = ("/grpc.health.v1.Health/", "/versionpb_v2.API/")
# pachd's texts.
NO_TOKEN = "no authentication token (try logging in)"  # noqa: S105 - no secret
BAD_TOKEN = "provided auth token is corrupted or has expired (try logging in again)"  # noqa: S105 - no secret


class Access(grpc.ServerInterceptor):
    """Stops calls without the right `authn-token`."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        """The real handler, or one that refuses."""
        token = read_token(handler_call_details.invocation_metadata)
        is_open = handler_call_details.method.startswith(OPEN_TO_ALL)
        if self._token is not None and not is_open and token != self._token:
            return refusal(grpc.StatusCode.UNAUTHENTICATED, NO_TOKEN if token is None else BAD_TOKEN)
        return continuation(handler_call_details)


def read_token(metadata: Any) -> str | None:
    """The `authn-token` of a call's metadata."""
    found: str | None = dict(metadata or ()).get("authn-token")
    return found


def refusal(code: grpc.StatusCode, text: str) -> grpc.RpcMethodHandler:
    """A handler that ends every call."""

    def refuse(_: Any, context: grpc.ServicerContext) -> Any:
        context.abort(code, text)

    return grpc.stream_stream_rpc_method_handler(refuse)
