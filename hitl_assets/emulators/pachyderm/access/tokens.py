"""Who may call: the token."""

from collections.abc import Callable
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import Permissions
from hitl_assets.emulators.pachyderm.errors import NotAuthenticatedError

# pachd answers these without a token, too.
OPEN_TO_ALL = ("/grpc.health.v1.Health/", "/versionpb_v2.API/", "/admin_v2.API/InspectCluster")


class Access(grpc.ServerInterceptor):
    """Stops calls without an `authn-token` that is somebody's, where auth is activated."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        """The real handler, or one that refuses."""
        if not handler_call_details.method.startswith(OPEN_TO_ALL):
            try:
                self._permissions.subject(read_token(handler_call_details.invocation_metadata))
            except NotAuthenticatedError as error:
                return refusal(grpc.StatusCode.UNAUTHENTICATED, str(error))
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
