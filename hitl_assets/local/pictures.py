"""How large pictures behind addresses are: their first bytes are fetched, and no more."""

from hitl_assets.labeling.exports.dataset import Size
from hitl_assets.labeling.items.pictures import MORE, find_size

# Seconds without an answer.
TIMEOUT = 20
STEP = 1 << 16


def fetch_size(address: str) -> Size | None:
    """Width and height of the picture behind an address; None if there is none, or it does not say how large it is."""
    import httpx

    if not address.startswith(("http://", "https://")):
        return None
    head = {"Range": f"bytes=0-{MORE - 1}"}
    try:
        with httpx.stream("GET", address, headers=head, timeout=TIMEOUT, follow_redirects=True) as answer:
            blocks, content = answer.iter_bytes(STEP), bytearray()

            def read(most: int) -> bytes:
                while len(content) < most and (block := next(blocks, b"")):
                    content.extend(block)
                return bytes(content[:most])

            # How much there is nobody says: a server that knows no ranges sends all of it.
            return find_size(MORE + 1, read) if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
