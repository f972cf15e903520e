"""Servers on loopback that keep what they are sent: a webhook, and a mail server."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Kept:
    """What was sent, and where to send it."""

    url: str = ""
    messages: list[Any] = field(default_factory=list)


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """A server that serves meanwhile."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def webhook(status: int = 200) -> Iterator[Kept]:
    """An incoming webhook that answers with this status."""
    kept = Kept()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        kept.url = f"http://127.0.0.1:{server.server_port}/services/s3cret"
        yield kept


@contextmanager
def mail_server(refuses: bool = False) -> Iterator[Kept]:
    """A mail server without TLS that keeps the text of each message, or refuses all."""
    kept = Kept()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 ready")
            for line in self.rfile:
                word = line.decode().split()[0].upper()
                if word == "DATA":
                    self.say("354 go on")
                    kept.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.say("250 kept")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("550 no" if refuses and word == "RCPT" else "250 ok")

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield kept
