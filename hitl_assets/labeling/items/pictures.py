"""What the first bytes of a picture say: its form and size, as a browser shows it. Nothing is ever decompressed."""

import io
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

# So much of a file is read to know it; more only where long notes stand before what is looked for.
FIRST, MORE = 64 * 1024, 1024 * 1024
# More is a bomb, or nothing that a browser on a phone shows.
MOST_PIXELS = 100_000_000
# What is looked at; other files (sound, video, documents) are items as they are.
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".webp", ".tif", ".tiff")
ORIENTATION, QUARTER_TURNS = 0x0112, (5, 6, 7, 8)


class Picture(NamedTuple):
    """A picture's form, and its width and height in pixels, turned as a browser turns it."""

    form: str
    width: int
    height: int


class NoPictureError(ValueError):
    """A file that people would not see as a picture. The message says why."""


class CutError(ValueError):
    """What was read ends before the size is told, or is damaged."""


def is_picture(path: str) -> bool:
    """Whether a file calls itself a picture."""
    return path.lower().endswith(SUFFIXES)


def read_picture(size: int, read: Callable[[int], bytes]) -> Picture:
    """The picture of a file of this size. `read` gives its first bytes, at most so many.

    Raises:
        NoPictureError: it is none, or too large to be shown.
    """
    if size == 0:
        raise NoPictureError("has 0 bytes")
    for most in (FIRST, MORE):
        try:
            found = parse_picture(read(most))
            break
        except CutError as error:
            if size <= most:
                raise NoPictureError(str(error)) from error
    else:
        raise NoPictureError(f"does not say its size in its first {MORE} bytes")
    if found.width * found.height > MOST_PIXELS:
        has = f"has {found.width} x {found.height} pixels"
        raise NoPictureError(f"{has}, more than {MOST_PIXELS:,}: make it smaller")
    if not (found.width and found.height):
        raise NoPictureError(f"has {found.width} x {found.height} pixels")
    return found


def find_size(size: int, read: Callable[[int], bytes]) -> tuple[int, int] | None:
    """Width and height of the picture of a file, as `read_picture` reads it; None if it is none."""
    try:
        return read_picture(size, read)[1:]
    except NoPictureError:
        return None


def parse_picture(start: bytes) -> Picture:
    """The picture that begins with these bytes.

    Raises:
        NoPictureError: they are no picture's.
        CutError: more of them are needed, or they are damaged.
    """
    form = next((name for magic, name in FORMS if start.startswith(magic)), "")
    if form:
        own = {"WebP": parse_webp, "GIF": parse_gif}
        return Picture(form, *(own[form](start) if form in own else parse_by_pillow(start, form)))
    if start.startswith((b"II*\0", b"MM\0*")):
        raise NoPictureError("is TIFF, which browsers do not show: make it PNG or JPEG")
    raise NoPictureError("is no picture: neither PNG, JPEG, GIF, BMP nor WebP")


def parse_by_pillow(start: bytes, form: str) -> tuple[int, int]:
    """Width and height by Pillow's reader of headers."""
    from PIL import BmpImagePlugin, Image, JpegImagePlugin, PngImagePlugin

    # Not Image.open: what it warns of, and tries, depends on what else this process has loaded.
    readers: dict[str, Any] = {
        "PNG": PngImagePlugin.PngImageFile,
        "JPEG": JpegImagePlugin.JpegImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
    }
    try:
        with readers[form](io.BytesIO(start)) as image:
            width, height = image.size
            exif = Image.Exif()
            exif.load(image.info.get("exif") or b"")
    except (EOFError, IndexError, OSError, struct.error, SyntaxError, TypeError, ValueError) as error:
        raise CutError(f"is a {form} that is damaged, or breaks off: {error}") from error
    return (height, width) if exif.get(ORIENTATION) in QUARTER_TURNS else (width, height)


def parse_gif(start: bytes) -> tuple[int, int]:
    """Of a GIF: of its canvas. Pillow's reader goes on to its pictures."""
    if len(start) < 13:
        raise CutError("is a GIF that breaks off")
    width, height = struct.unpack("<HH", start[6:10])
    return width, height


def parse_webp(start: bytes) -> tuple[int, int]:
    """Of a WebP (RFC 9649): Pillow's reader wants the whole file. Browsers do not turn it, whatever EXIF says."""
    if start[8:12] != b"WEBP":
        raise NoPictureError("is no picture: RIFF, but no WebP")
    if len(start) < 30:
        raise CutError("is a WebP that breaks off")
    chunk, body = start[12:16], start[20:]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise NoPictureError("is a damaged WebP")


# How each form begins. In which of them a file is says its content, not its name: browsers do it so.
FORMS = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"RIFF", "WebP"))
