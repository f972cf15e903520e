"""Whether people would see the pictures: addresses that answer, and last as long as a pool."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.sections import RawSource
from hitl_assets.local.check.pictures import find_fault, of_expiry, of_pictures
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.labeling.items.drawings import draw


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and writes no log."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[str]:
    """The address of a few files."""
    files = {
        "a b.png": draw(),
        "page.png": b"<html>Sign in</html>",
        "empty.mp3": b"",
        "large.bmp": draw("BMP", (900, 900)),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with serving(tmp_path) as address:
        yield address


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a%20b.png", ""),
        ("large.bmp", ""),
        ("page.png", "is no picture"),
        ("empty.mp3", "holds nothing"),
        ("none.png", "answers 404"),
    ],
)
def test_what_is_no_picture_at_its_address_is_named(bucket: str, name: str, fault: str) -> None:
    """As a browser would find it."""
    found = find_fault(f"{bucket}/{name}", f"/{name}")
    assert found.startswith(fault) if fault else found == ""


def test_a_server_that_is_not_there_is_named(bucket: str) -> None:
    """Nobody listens."""
    with serving(Path(__file__).parent) as gone:
        pass
    assert find_fault(f"{gone}/a.png", "/a.png").startswith("does not answer (")


def test_the_newest_files_are_tried(
    shipped_project: Project, prefix: str, bucket: str, pachyderm: Pachyderm, pachyderm_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Three of them, where the environment names a Pachyderm."""
    pachyderm.write(prefix, {"/a b.png": draw(), "/page.png": draw(), "/none.png": draw()}, "pictures")
    source = RawSource(repo=prefix, glob="/**.png", items="files", field="image")
    changes = {"source": source, "pictures": Link(link=f"{bucket}/{{path}}")}
    project = replace(shipped_project, configuration=shipped_project.configuration.model_copy(update=changes))
    monkeypatch.delenv("PACHD_ADDRESS", raising=False)
    assert list(of_pictures(project)) == []
    monkeypatch.setenv("PACHD_ADDRESS", pachyderm_address)
    found = list(of_pictures(project))
    assert [(each.severity, each.kind) for each in found] == [("warning", "picture_unseen")] * 2
    assert f"{bucket}/none.png answers 404: people would not see {prefix}@" in found[0].what


@pytest.mark.parametrize(("days", "problems"), [(1, 1), (8, 0)])
def test_a_signature_must_outlive_a_pool(shipped_project: Project, days: int, problems: int) -> None:
    """A picture that is gone can't be labeled."""
    now = datetime(2026, 12, 1, tzinfo=timezone.utc)
    assert len(list(of_expiry(now + timedelta(days=days), now, shipped_project, "defs.yaml"))) == problems
