"""Small pictures in every form, as bytes."""

import io
from typing import Any

from PIL import Image


def draw(
    form: str = "PNG", size: tuple[int, int] = (30, 20), colour: Any = "red", mode: str = "RGB", **how: Any
) -> bytes:
    """A picture of one colour."""
    content = io.BytesIO()
    Image.new(mode, size, colour).save(content, form, **how)
    return content.getvalue()


def turned(orientation: int) -> Image.Exif:
    """What a camera writes that was held so."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif
