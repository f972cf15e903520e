"""A network to a pachd on which calls are refused, lost or never answered. It passes bytes on and knows no messages."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc

from .proxies import LOOPBACK

Refusal = tuple[grpc.StatusCode, str]
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass
class Refusing:
    """A gRPC proxy at `address`. Calls go by their names in the protocol: `StartCommit`.

    `refused` never reach the server and get this answer instead, each once. `lost` reach it, and then get this answer,
    each once. `forbidden` never reach it, however often. `silent` never reach it and get no answer. `meanwhile` is done
    once before a call is passed on. `calls` are all that came.
    """

    address: str = ""
    refused: dict[str, list[Refusal]] = field(default_factory=dict)
    lost: dict[str, list[Refusal]] = field(default_factory=dict)
    forbidden: dict[str, Refusal] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)


class Passing(grpc.GenericRpcHandler):  # type: ignore[misc, unused-ignore]  # grpc has no types
    """Passes every call on, unless the proxy says otherwise."""

    def __init__(self, proxy: Refusing, target: grpc.Channel, stopped: threading.Event) -> None:
        self.proxy, self.target, self.stopped = proxy, target, stopped

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """On the wire, a call with one message is a stream of one."""
        method = handler_call_details.method
        return grpc.stream_stream_rpc_method_handler(lambda requests, context: self.answer(method, requests, context))

    def answer(self, method: str, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """The server's messages, or a refusal."""
        name, proxy = method.rpartition("/")[2], self.proxy
        proxy.calls.append(name)
        if name in proxy.silent:
            self.stopped.wait()
        proxy.meanwhile.pop(name, lambda: None)()
        if name in proxy.forbidden:
            context.abort(*proxy.forbidden[name])
        if proxy.refused.get(name):
            context.abort(*proxy.refused[name].pop(0))
        metadata = [each for each in context.invocation_metadata() if not each[0].startswith(("grpc-", "user-agent"))]
        passed = self.target.stream_stream(method)(requests, metadata=metadata)
        try:
            answers = list(passed)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
        if proxy.lost.get(name):
            context.abort(*proxy.lost[name].pop(0))
        yield from answers


@contextlib.contextmanager
def refusing_grpc(target: str) -> Iterator[Refusing]:
    """A proxy before the gRPC server at `target` (host:port) that passes everything on until it is told otherwise."""
    proxy, stopped = Refusing(), threading.Event()
    channel: Any = grpc.insecure_channel(target, options=OPTIONS)
    server = grpc.server(ThreadPoolExecutor(16), handlers=[Passing(proxy, channel, stopped)], options=OPTIONS)
    proxy.address = f"{LOOPBACK}:{server.add_insecure_port(f'{LOOPBACK}:0')}"
    server.start()
    try:
        yield proxy
    finally:
        stopped.set()
        server.stop(0).wait()
        channel.close()
