"""The numbers of pictures in every form, and pictures that are decoded one by one."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hitl_assets.labeling.model.decoding import Pictures, find_fault
from hitl_assets.labeling.model.picture_numbers import COUNT, describe
from hitl_assets_tests.labeling.items.drawings import draw, turned


def written(folder: Path, content: bytes, name: str = "picture.png") -> str:
    """The path of a file with this content."""
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.mark.parametrize(
    "content",
    [
        draw(),
        draw("JPEG"),
        draw("JPEG", mode="CMYK", colour=(0, 255, 255, 0)),
        draw("GIF"),
        draw("WEBP"),
        draw(mode="L", colour=80),
        draw(mode="RGBA", colour=(255, 0, 0, 128)),
        draw(size=(1, 1)),
        draw(size=(3000, 2)),
    ],
)
def test_any_picture_has_as_many_numbers(tmp_path: Path, content: bytes) -> None:
    """From 0 to 1 each, whatever its form, size and colours."""
    numbers = describe(written(tmp_path, content))
    assert numbers.shape == (COUNT,)
    assert 0 <= numbers.min() <= numbers.max() <= 1


def test_what_is_alike_has_numbers_alike(tmp_path: Path) -> None:
    """The same picture in another form and size is nearer than another picture."""
    slope = Image.fromarray(np.tile(np.arange(0, 240, 4, dtype=np.uint8), (40, 1)))
    slope.save(tmp_path / "one.png")
    slope.resize((120, 80)).save(tmp_path / "other.jpg")
    slope.rotate(90, expand=True).save(tmp_path / "upright.png")
    one, other, upright = (describe(str(tmp_path / name)) for name in ("one.png", "other.jpg", "upright.png"))
    assert np.linalg.norm(one - other) < 0.3 * np.linalg.norm(one - upright)


def test_pictures_are_seen_as_a_browser_shows_them(tmp_path: Path) -> None:
    """Turned by their EXIF, and on white where one sees through."""
    lying = written(tmp_path, draw("JPEG", exif=turned(6)), "a.jpg")
    clear = written(tmp_path, draw(mode="RGBA", colour=(0, 0, 0, 0)), "b.png")
    pictures = Pictures([lying, clear])
    assert pictures[0].shape == (30, 20, 3)
    assert (pictures[1] == 255).all()


def test_pictures_are_chosen_as_from_an_array(tmp_path: Path) -> None:
    """Cross-validation does it by bools; each is decoded when it is asked for."""
    paths = [written(tmp_path, draw(size=(size, 2)), f"{size}.png") for size in (1, 2, 3)]
    pictures = Pictures(paths)
    assert [each.shape[1] for each in pictures[np.array([True, False, True])]] == [1, 3]
    assert (len(pictures[1:]), pictures[-1].shape) == (2, (2, 3, 3))
    Path(paths[0]).unlink()
    assert len(pictures) == 3


@pytest.mark.parametrize(
    ("name", "content", "is_strict", "is_bad"),
    [
        ("a.png", draw(), False, False),
        ("a.png", draw(size=(90, 90), colour="red")[:-30], False, True),
        ("a.png", b"\x89PNG\r\n\x1a\n", False, True),
        ("a.wav", b"RIFF", False, False),
        ("a.wav", b"RIFF", True, True),
        ("a", draw(), True, False),
    ],
)
def test_what_cannot_be_decoded_is_said(
    tmp_path: Path, name: str, content: bytes, is_strict: bool, is_bad: bool
) -> None:
    """Also a picture whose end is missing, which intake does not find out; other files are what they are."""
    fault = find_fault(Path(written(tmp_path, content, name)), is_strict)
    assert bool(fault) == is_bad
    assert str(tmp_path) not in fault
