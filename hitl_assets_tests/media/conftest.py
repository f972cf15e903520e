"""A Pachyderm with a batch that is open and one that is over, and the media server before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.labeling.media.links import Exhibit, Links
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.media.application import Media, Settings
from hitl_assets.media.server import serving
from hitl_assets.services.pachyderm import Pachyderm

SECRET, TOKEN = "secret-of-links-0123456789-abcdefgh", "token-of-pachyderm-8f3a"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
# More than one message, and more than what sockets hold.
FILM = b"\0\0\0\x20ftypisom" + b"0123456789abcdef" * 750_000
FILES = {
    "/north side/100% ripe.png": PNG,
    "/film.mp4": FILM,
    "/empty.png": b"",
    "/page.png": b"<html><script>alert(1)</script></html>",
    "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
}
PICTURE = "/north side/100% ripe.png"


@dataclass(frozen=True)
class Gallery:
    """A server, what it shows, and who may read it."""

    emulator: PachydermEmulator
    pachyderm: Pachyderm
    links: Links
    commit: str
    client: httpx.Client

    def link(self, path: str = PICTURE, days: float = 1, **changes: str) -> str:
        """A link to a file of the batch that is open, or of another."""
        exhibit = Exhibit("orchard", "open", "photos", self.commit, path)
        until = datetime.now(timezone.utc) + timedelta(days=days)
        return self.links.write(replace(exhibit, **changes), until)

    def get(self, path: str = PICTURE, method: str = "GET", **headers: str) -> httpx.Response:
        """What a browser gets that asks with these headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, self.link(path), headers=named)


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PachydermEmulator, Pachyderm, str]]:
    """Files in a Pachyderm that asks for a token, and the parts of two batches."""
    with PachydermEmulator(tmp_path_factory.mktemp("pachyderm") / "state", token=TOKEN) as emulator:
        pachyderm = Pachyderm(emulator.address, TOKEN)
        commit = pachyderm.write("photos", FILES, "pictures")
        tasks = {f"/{batch}/tasks.jsonl": b"" for batch in ("open", "over", "resumed")}
        pachyderm.write("orchard_tasks", tasks, "two batches")
        pools = {"/over/pool.json": b'{"pool_id": "1"}', "/resumed/pool.json": b'{"pool_id": "2", "resumed": true}'}
        pachyderm.write("orchard_pools", pools, "two pools")
        labels = {"/over/labels.csv": b"", "/resumed/labels.csv": b""}
        pachyderm.write("orchard_aggregated_labels", labels, "both ended")
        yield emulator, pachyderm, commit


Opened = Callable[..., Settings]


@pytest.fixture(scope="module")
def settings(hung: tuple[PachydermEmulator, Pachyderm, str]) -> Settings:
    """How the server is started."""
    return Settings(hung[0].address, TOKEN, Secrets.from_text(SECRET), origins=["https://people.example"])


@pytest.fixture(scope="module")
def gallery(hung: tuple[PachydermEmulator, Pachyderm, str], settings: Settings) -> Iterator[Gallery]:
    """The server that all tests of a module share."""
    with serving(Media(settings)) as url, httpx.Client() as client:
        yield Gallery(*hung[:2], Links(url, settings.secrets), hung[2], client)
