"""Starting and ending the server."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn

from hitl_assets.media.application import Media, build_application

# Of so many connections at once, the next one is told to come again.
MOST_CONNECTIONS = 1000
# What is on its way at the end may take so long (seconds).
GRACE = 10


def make_server(media: Media) -> uvicorn.Server:
    """uvicorn, for one process. Its own log would have the links in it."""
    config = uvicorn.Config(
        build_application(media), log_config=None, access_log=False, lifespan="on", server_header=False,
        limit_concurrency=MOST_CONNECTIONS, timeout_graceful_shutdown=GRACE, timeout_keep_alive=30,
    )  # fmt: skip
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A socket that waits for people."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def address_of(listener: socket.socket) -> str:
    """Where it is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def serving(media: Media, port: int = 0) -> Iterator[str]:
    """The server on loopback beside what else this process does; its address."""
    listener = listen("127.0.0.1", port)
    server = make_server(media)
    thread = threading.Thread(target=server.run, args=([listener],), name="media")
    thread.start()
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join()
