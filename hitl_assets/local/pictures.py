"""How large pictures behind addresses are: their first bytes are fetched, and no more."""

from hitl_assets.labeling.exports.dataset import Size
from hitl_assets.labeling.exports.sizes import ENOUGH, read_size

# Seconds without an answer; so many bytes are looked at first, then all that are fetched at most.
TIMEOUT = 20
STEP = 1 << 16


def fetch_size(address: str) -> Size | None:
    """Width and height of the picture behind an address; None if there is none, or it does not say how large it is."""
    import httpx

    if not address.startswith(("http://", "https://")):
        return None
    head = {"Range": f"bytes=0-{ENOUGH - 1}"}
    content = b""
    try:
        with httpx.stream("GET", address, headers=head, timeout=TIMEOUT, follow_redirects=True) as answer:
            if answer.is_success:
                for block in answer.iter_bytes(STEP):
                    content += block
                    size = read_size(content[:ENOUGH])
                    if size or len(content) >= ENOUGH:
                        return size
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    return None
