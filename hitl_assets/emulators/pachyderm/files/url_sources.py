"""Content that the server fetches itself: http, https and file URLs, where the emulator was told to allow it."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from hitl_assets.emulators.pachyderm.errors import RefusedError, UnsupportedError

PIECE_BYTES = 1024 * 1024
SILENCE_SECONDS = 60.0


def read_url(url: str, recursive: bool) -> Iterator[bytes]:
    """What the URL leads to, in pieces.

    Raises:
        RefusedError: it can't be fetched.
        UnsupportedError: pachd could fetch it, the emulator can't.
    """
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError as error:
        raise RefusedError(f"URL {url!r} is malformed: {error}") from error
    if parts.scheme not in ("http", "https", "file"):
        raise UnsupportedError(f"the Pachyderm emulator fetches http, https and file URLs, not {url!r}")
    if recursive and parts.scheme == "file":
        raise UnsupportedError(f"the Pachyderm emulator fetches single files, not the directory {url!r}")
    if parts.scheme == "file" and not Path(urllib.request.url2pathname(parts.path)).is_file():
        # Neither directories nor devices, which may never end.
        raise RefusedError(f"{url!r} is not a regular file")
    try:
        with urllib.request.urlopen(url, timeout=SILENCE_SECONDS) as answer:  # noqa: S310 - the scheme was checked
            while piece := answer.read(PIECE_BYTES):
                yield piece
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise RefusedError(f'error retrieving content from "{url}": {error}') from error
