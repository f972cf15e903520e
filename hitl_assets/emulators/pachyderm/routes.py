"""From RPC to method: handlers built from the protocol's own descriptor, errors to status codes."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass

from hitl_assets.emulators.pachyderm import errors
from hitl_assets.emulators.pachyderm.access.doors import Doors
from hitl_assets.emulators.pachyderm.services.auth import INACTIVE
from hitl_assets.emulators.pachyderm.wire.profiles import Profile

CODES = {
    errors.NotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExistsError: grpc.StatusCode.ALREADY_EXISTS,
    errors.RefusedError: grpc.StatusCode.UNKNOWN,
    errors.BadRequestError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.UnfinishedError: grpc.StatusCode.UNAVAILABLE,
    errors.NotAuthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.NotAuthorizedError: grpc.StatusCode.PERMISSION_DENIED,
    errors.CycleError: grpc.StatusCode.INTERNAL,
    errors.PanicError: grpc.StatusCode.ABORTED,
    errors.UnsupportedError: grpc.StatusCode.UNIMPLEMENTED,
    errors.DamagedError: grpc.StatusCode.DATA_LOSS,
    errors.StorageError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.StoppedError: grpc.StatusCode.UNAVAILABLE,
    errors.TooLargeError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.CutOffError: grpc.StatusCode.CANCELLED,
}
# Lists of what there is none of, and their answers: streams without a message, and an empty message.
NOTHING: dict[str, tuple[bytes, ...]] = {
    "/pps_v2.API/ListPipeline": (),
    "/pps_v2.API/ListJob": (),
    "/pps_v2.API/ListJobSet": (),
    "/pps_v2.API/ListSecret": (b"",),
}
Method = Callable[[Any, grpc.ServicerContext], Any]


def api_handlers(descriptor: Any, services: Sequence[object], doors: Doors) -> grpc.GenericRpcHandler:
    """Handlers for the RPCs of one API. `StartCommit` is answered by the service with a method `start_commit`."""
    service = descriptor.services_by_name["API"]
    handlers = {}
    for rpc in service.methods:
        name = snake_case(rpc.name)
        method = next((getattr(one, name) for one in services if hasattr(one, name)), None)
        if method is not None:
            handlers[rpc.name] = rpc_handler(rpc, method, doors)
    return grpc.method_handlers_generic_handler(service.full_name, handlers)


def snake_case(name: str) -> str:
    """`GetFileTAR` as `get_file_tar`."""
    words = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name.replace("TAR", "Tar"))
    return words.lstrip("_")


def rpc_handler(rpc: Any, method: Method, doors: Doors) -> grpc.RpcMethodHandler:
    """The method as gRPC wants it."""
    streams = {(False, False): "unary_unary", (False, True): "unary_stream", (True, False): "stream_unary"}
    kind = streams[rpc.client_streaming, rpc.server_streaming]
    make = getattr(grpc, f"{kind}_rpc_method_handler")
    wrap = guard_stream if rpc.server_streaming else guard
    guarded = wrap(method, rpc.name, doors)
    return make(
        guarded,
        request_deserializer=GetMessageClass(rpc.input_type).FromString,
        response_serializer=GetMessageClass(rpc.output_type).SerializeToString,
    )


def guard(method: Method, name: str, doors: Doors) -> Method:
    """The method behind the doors, with our errors as status codes."""

    def call(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            doors.enter(name, request, context)
            answer = method(request, context)
            doors.leave(name, context)
        except (errors.PfsError, sqlite3.Error) as error:
            abort(context, error, doors.profile)
        else:
            return answer

    return call


def guard_stream(method: Method, name: str, doors: Doors) -> Method:
    """The same for a method that yields its answers."""

    def call(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            doors.enter(name, request, context)
            yield from method(request, context)
            doors.leave(name, context)
        except (errors.PfsError, sqlite3.Error) as error:
            abort(context, error, doors.profile)

    return call


def abort(context: grpc.ServicerContext, error: Exception, profile: Profile) -> None:
    """End the call with the error's code and text."""
    if isinstance(error, errors.BeyondFirstError) and profile.finds_nothing_before_the_first:
        context.abort(grpc.StatusCode.NOT_FOUND, str(error))
    if isinstance(error, sqlite3.Error):
        context.abort(grpc.StatusCode.INTERNAL, f"the emulator's database state.sqlite failed: {error}")
    context.abort(next(code for kind, code in CODES.items() if isinstance(error, kind)), str(error))


class Refusals(grpc.GenericRpcHandler):
    """Answers every RPC that nothing else answers: UNIMPLEMENTED, with a sentence. Of pipelines it lists none."""

    def __init__(self, has_auth: bool) -> None:
        self._has_auth = has_auth

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """A handler that fits every kind of RPC, since it reads and writes nothing."""
        name = handler_call_details.method

        def list_nothing(_: Any, __: grpc.ServicerContext) -> Iterator[bytes]:
            yield from NOTHING[name]

        def refuse(_: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
            text = f"the Pachyderm emulator does not answer {name}. Its COVERAGE.md lists what it does."
            if name.startswith("/auth_v2.API/") and not self._has_auth:
                text = INACTIVE
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)
            yield b""

        return grpc.stream_stream_rpc_method_handler(list_nothing if name in NOTHING else refuse)
