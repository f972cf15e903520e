"""Pictures in files as they are looked at: turned as a browser turns them, in three colours, on white."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from hitl_assets.labeling.items.pictures import is_picture

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# What Pillow ends with when a picture is damaged, or breaks off.
BROKEN = (EOFError, IndexError, OSError, struct.error, SyntaxError, TypeError, ValueError, zlib.error)


def open_picture(path: Path | str, size: tuple[int, int] | None = None) -> "Picture":
    """The picture of a file, of its first frame; with a `size` it is stretched to that, and a large JPEG decoded
    smaller from the start."""
    from PIL import Image, ImageOps

    with Image.open(path) as file:
        if size is not None:
            file.draft("RGB", (2 * size[0], 2 * size[1]))
        picture = ImageOps.exif_transpose(file)
        if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            white = Image.new("RGBA", picture.size, "white")
            picture = Image.alpha_composite(white, picture)
        picture = picture.convert("RGB")
    return picture.resize(size, Image.Resampling.BILINEAR) if size else picture


def find_fault(path: Path, is_strict: bool) -> str:
    """Why a picture cannot be decoded; empty if it can. Without `is_strict` a file that does not call itself a picture
    may be anything."""
    from PIL import Image

    if not (is_strict or is_picture(path.name)):
        return ""
    try:
        open_picture(path)
    except (*BROKEN, Image.DecompressionBombError) as error:
        return f"cannot be decoded as a picture: {str(error).replace(str(path), 'the file')}"
    return ""


class Pictures(Sequence[np.ndarray]):
    """Pictures in files, each decoded when it is asked for, and then forgotten: height x width x 3, 0 to 255.

    A slice, or an array of positions or of bools, is asked for as of an array, and is `Pictures` again.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = np.asarray(paths, dtype=object)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, at: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, at: Any) -> Any: ...
    def __getitem__(self, at: Any) -> Any:
        chosen = self.paths[at]
        return np.asarray(open_picture(chosen)) if isinstance(chosen, str) else Pictures(chosen)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (np.asarray(open_picture(path)) for path in self.paths)
