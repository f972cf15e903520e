"""How large pictures behind addresses are: their first bytes are fetched, and no more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hitl_assets.labeling.exports.dataset import Size
from hitl_assets.labeling.items.pictures import MORE, find_size

if TYPE_CHECKING:
    import httpx

# Seconds without an answer.
TIMEOUT = 20
STEP = 1 << 16


def fetch_size(address: str) -> Size | None:
    """Width and height of the picture behind an address; None if there is none, or it does not say how large it is."""
    import httpx

    if not address.startswith(("http://", "https://")):
        return None
    try:
        with fetching(address, MORE, TIMEOUT) as (answer, read):
            # How much there is nobody says: a server that knows no ranges sends all of it.
            return find_size(MORE + 1, read) if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


@contextmanager
def fetching(address: str, most: int, timeout: float) -> "Iterator[tuple[httpx.Response, Callable[[int], bytes]]]":
    """An answer that is asked for so many of its first bytes, and what reads some of these.

    Raises:
        httpx.HTTPError: there is none, or it breaks off.
    """
    import httpx

    head = {"Range": f"bytes=0-{most - 1}"}
    with httpx.stream("GET", address, headers=head, timeout=timeout, follow_redirects=True) as answer:
        blocks, content = answer.iter_bytes(STEP), bytearray()

        def read(wanted: int) -> bytes:
            while len(content) < wanted and (block := next(blocks, b"")):
                content.extend(block)
            return bytes(content[:wanted])

        yield answer, read
