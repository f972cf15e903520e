"""How large a picture is, from its first bytes."""

import io

from hitl_assets.labeling.exports.dataset import Size

# Before that many bytes every usual picture has said it, also behind a preview and a colour profile.
ENOUGH = 1 << 20
# The tag of EXIF for how a camera was held, and those of its values that lie on their side.
ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
# In these EXIF stands before the picture, and browsers turn them by it.
TURNED = ("JPEG", "MPO", "WEBP")


def read_size(beginning: bytes) -> Size | None:
    """Width and height in pixels as a browser shows it, turned as the camera was held; None if these bytes do not say.

    The picture itself is not decoded: one that is far too large costs nothing.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(beginning)) as picture:
            width, height = picture.size
            is_sideways = picture.format in TURNED and picture.getexif().get(ORIENTATION) in SIDEWAYS
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError):
        return None
    return (height, width) if is_sideways else (width, height)
