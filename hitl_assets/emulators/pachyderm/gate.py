"""Who may call: the token."""

from collections.abc import Callable
from typing import Any

import grpc

# pachd answers these without a token, too.
OPEN_TO_ALL = ("/grpc.health.v1.Health/", "/versionpb_v2.API/")


class Gate(grpc.ServerInterceptor):
    """Stops calls without the right `authn-token`."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        """The real handler, or one that refuses."""
        metadata: dict[str, Any] = dict(handler_call_details.invocation_metadata or ())
        is_open = handler_call_details.method.startswith(OPEN_TO_ALL)
        if self._token is not None and not is_open and metadata.get("authn-token") != self._token:
            problem = "no" if "authn-token" not in metadata else "another"
            return refusal(
                grpc.StatusCode.UNAUTHENTICATED,
                f"the call brought {problem} authn-token. Use the one that the emulator was started with.",
            )
        return continuation(handler_call_details)


def refusal(code: grpc.StatusCode, text: str) -> grpc.RpcMethodHandler:
    """A handler that ends every call."""

    def refuse(_: Any, context: grpc.ServicerContext) -> Any:
        context.abort(code, text)

    return grpc.stream_stream_rpc_method_handler(refuse)
