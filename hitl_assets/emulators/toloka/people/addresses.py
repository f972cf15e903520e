"""Which addresses of other people's data a page may use."""

from __future__ import annotations

import re

PAGE = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
PICTURE = re.compile(r"data:image/[a-z0-9.+-]+[;,]\S*", re.IGNORECASE)


def page_address(value: object) -> str | None:
    """An http(s) address, or None: `javascript:` and the like are no places to go."""
    text = str(value).strip()
    return text if PAGE.fullmatch(text) else None


def picture_address(value: object) -> str | None:
    """An http(s) address or a `data:` URL of a picture, or None."""
    text = str(value).strip()
    return text if PAGE.fullmatch(text) or PICTURE.fullmatch(text) else None
