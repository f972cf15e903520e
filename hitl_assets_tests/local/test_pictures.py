"""How large pictures behind addresses are."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from hitl_assets.labeling.items.pictures import MORE
from hitl_assets.local.pictures import fetch_size

SENT: dict[str, int] = {}


def picture() -> bytes:
    """A picture of 40 x 30 pixels."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "PNG")
    return file.getvalue()


class Pages(BaseHTTPRequestHandler):
    """A server that doesn't know ranges: /picture is one with much behind it, /endless is none and never ends."""

    def do_GET(self) -> None:
        """Answer until nobody listens."""
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        if self.path == "/gone":
            return
        SENT[self.path] = 0
        block = picture() + b"\0" * MORE if self.path == "/picture" else b"\0" * MORE
        try:
            while SENT[self.path] < 50 * MORE:
                SENT[self.path] += self.wfile.write(block)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """The server's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_bytes_of_a_picture_are_fetched(host: str) -> None:
    """It says how large it is in them, whatever follows."""
    assert fetch_size(f"{host}/picture") == (40, 30)


def test_what_is_no_picture_is_not_fetched_to_its_end(host: str) -> None:
    """An address may lead anywhere."""
    assert fetch_size(f"{host}/endless") is None
    assert SENT["/endless"] < 50 * MORE


@pytest.mark.parametrize(
    "address", ["{host}/gone", "http://127.0.0.1:9/a.png", "a.png", "file:///etc/hosts", "http://["]
)
def test_an_address_without_a_picture_has_no_size(host: str, address: str) -> None:
    """Whoever exports is told of it with all others."""
    assert fetch_size(address.format(host=host)) is None
