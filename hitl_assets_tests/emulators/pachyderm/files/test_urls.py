"""Files from URLs: only where the emulator was told so."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets_tests.emulators.pachyderm.conftest import connect

CONTENT = bytes(range(256)) * 10_000
MASTER = ("headlines", "master")


class Site(BaseHTTPRequestHandler):
    """One file, a redirect to the file system, and nothing else."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        self.send_response(200 if self.path == "/data" else 404)
        self.end_headers()
        if self.path == "/data":
            self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a web server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Any]:
    """A client to an emulator that fetches, with a repo."""
    with PachydermEmulator(tmp_path / "state", urls=True) as emulator:
        client = connect(emulator)
        client.create_repo("headlines")
        yield client


def test_urls_are_refused_by_default(client: Any, repo: str, site: str) -> None:
    """UNIMPLEMENTED, with what to do instead."""
    with pytest.raises(grpc.RpcError, match=r"does not fetch URLs .* put the bytes") as caught:
        client.put_file_url((repo, "master"), "/a", f"{site}/data")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_web_page_is_fetched(fetching: Any, site: str) -> None:
    """Replacing what was there, as any put does."""
    fetching.put_file_bytes(MASTER, "/a", b"before")
    fetching.put_file_url(MASTER, "/a", f"{site}/data")
    assert fetching.get_file(MASTER, "/a").read() == CONTENT


def test_a_file_of_the_server_is_fetched(fetching: Any, tmp_path: Path) -> None:
    """A file URL."""
    (tmp_path / "local file").write_bytes(CONTENT)
    fetching.put_file_url(MASTER, "/a", (tmp_path / "local file").as_uri())
    assert fetching.get_file(MASTER, "/a").read() == CONTENT


@pytest.mark.parametrize("path", ["/missing", "/away"])
def test_what_cant_be_fetched_changes_nothing(fetching: Any, site: str, path: str) -> None:
    """Not even the files of the same call that could be."""
    with (
        pytest.raises(grpc.RpcError, match="error retrieving content") as caught,
        fetching.modify_file_client(MASTER) as edits,
    ):
        edits.put_file_from_bytes("/good", b"x")
        edits.put_file_from_url("/a", site + path)
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert list(fetching.list_commit("headlines")) == []


@pytest.mark.parametrize(
    "url", ["file:///", "file:///dev/zero", "file:///no/such/file", "s3://bucket/key", "http://[", "x"]
)
def test_odd_urls_are_refused(fetching: Any, url: str) -> None:
    """Directories, devices, buckets, nonsense."""
    with pytest.raises(grpc.RpcError):
        fetching.put_file_url(MASTER, "/a", url)
    assert list(fetching.list_commit("headlines")) == []
