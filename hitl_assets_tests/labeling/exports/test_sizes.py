"""How large a picture is."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image

from hitl_assets.labeling.exports.sizes import read_size


def picture(form: str, mode: str = "RGB", **options: Any) -> bytes:
    """A picture of 40 x 30 pixels."""
    file = io.BytesIO()
    Image.new(mode, (40, 30)).save(file, form, **options)
    return file.getvalue()


def turned(orientation: int) -> Image.Exif:
    """EXIF that says how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB"), ("BMP", "L")]
)
def test_the_beginning_of_a_picture_is_enough(form: str, mode: str) -> None:
    """The rest is not read."""
    content = picture(form, mode)
    assert read_size(content) == (40, 30)
    assert read_size(content + b"\0" * 1000) == (40, 30)


def test_a_picture_that_breaks_off_behind_its_header_has_a_size() -> None:
    """Only the first bytes of a large one are fetched."""
    noise = Image.effect_noise((400, 300), 50)
    for form in ("PNG", "JPEG"):
        file = io.BytesIO()
        noise.save(file, form)
        assert read_size(file.getvalue()[:2000]) == (400, 300)


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_a_photo_is_turned_as_browsers_show_it(orientation: int, size: tuple[int, int]) -> None:
    """People drew on what they saw."""
    assert read_size(picture("JPEG", exif=turned(orientation))) == size


@pytest.mark.parametrize("content", [b"", b"no picture", picture("PNG")[:20], picture("JPEG")[:10]])
def test_what_is_no_picture_has_no_size(content: bytes) -> None:
    """Nor does one that broke off too early."""
    assert read_size(content) is None


def test_a_bomb_costs_nothing() -> None:
    """A picture of 50,000 x 50,000 pixels is not decoded, and has a size."""
    content = bytearray(picture("PNG"))
    header = b"IHDR" + (50_000).to_bytes(4, "big") * 2 + content[24:29]
    content[12:33] = header + zlib.crc32(header).to_bytes(4, "big")
    assert read_size(bytes(content)) in (None, (50_000, 50_000))
