"""Networks that fail: a TCP proxy that cuts an answer off, and an HTTP proxy that loses or replaces answers."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

LOOPBACK = "127.0.0.1"


@dataclass
class Failing:
    """An HTTP proxy at `url`.

    `lost` are requests (`POST /api/v1/pools`) that reach the server and whose answer doesn't come back, each once.
    `answers` are requests that never reach it and get this status and this body instead.
    """

    target: str
    url: str = ""
    lost: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)


@contextlib.contextmanager
def failing_http(target: str) -> Iterator[Failing]:
    """A proxy before the HTTP server at `target` that passes everything on until it is told otherwise."""
    proxy = Failing(target)

    class Handler(BaseHTTPRequestHandler):
        # toloka-kit can't retry what it gets over HTTP/1.0.
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            """Pass a request on, and its answer back unless that is to be lost."""
            what = f"{self.command} {self.path.partition('?')[0]}"
            proxy.requests.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if what in proxy.answers:
                self.answer(*proxy.answers[what])
                return
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            passed = httpx.request(self.command, target + self.path, content=body, headers=headers, timeout=30)
            if what in proxy.lost:
                proxy.lost.remove(what)
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.answer(passed.status_code, passed.content)

        def answer(self, status: int, body: bytes) -> None:
            """Send an answer."""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{verb}", Handler.handle_any)
    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://{LOOPBACK}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Cutting:
    """A TCP proxy at `address` that closes a connection once `bytes_left` bytes have come back (None: never)."""

    address: str = ""
    bytes_left: int | None = None


@contextlib.contextmanager
def cutting_tcp(target: str) -> Iterator[Cutting]:
    """A proxy before the server at `target` (host:port) that passes everything on until it is told otherwise."""
    proxy = Cutting()
    host, _, port = target.rpartition(":")
    with socket.create_server((LOOPBACK, 0)) as listener, contextlib.ExitStack() as open_sockets:
        proxy.address = f"{LOOPBACK}:{listener.getsockname()[1]}"

        def accept() -> None:
            with contextlib.suppress(OSError):  # the listener is closed: the end
                while True:
                    near, _ = listener.accept()
                    far = socket.create_connection((host, int(port)))
                    for each in (near, far):
                        open_sockets.callback(hang_up, each)
                    threading.Thread(target=pump, args=(near, far, None), daemon=True).start()
                    threading.Thread(target=pump, args=(far, near, proxy), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield proxy


def pump(source: socket.socket, sink: socket.socket, limit: Cutting | None) -> None:
    """Copy bytes until one side ends or the limit is reached."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if limit is not None and limit.bytes_left is not None:
                data = data[: limit.bytes_left]
                limit.bytes_left -= len(data)
            sink.sendall(data)
            if limit is not None and limit.bytes_left == 0:
                break
    hang_up(source)
    hang_up(sink)


def hang_up(connection: socket.socket) -> None:
    """Close a connection, also under a thread that reads from it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
