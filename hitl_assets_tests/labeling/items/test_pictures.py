"""What the first bytes of a picture say, and what is no picture."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hitl_assets.labeling.items.pictures import FIRST, NoPictureError, Picture, is_picture, read_picture

from .drawings import draw, turned


def look(content: bytes) -> Picture:
    """The picture that is in these bytes."""
    return read_picture(len(content), lambda most: content[:most])


def refusal(content: bytes) -> str:
    """Why it is none."""
    with pytest.raises(NoPictureError) as refused:
        look(content)
    return str(refused.value)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_form_that_browsers_show_is_taken(form: str) -> None:
    """With its size."""
    assert look(draw(form))[1:] == (30, 20)


def test_a_webp_without_loss_is_taken() -> None:
    """Its size is written in other bits."""
    assert look(draw("WEBP", lossless=True)) == Picture("WebP", 30, 20)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_size_is_that_of_the_picture_as_it_is_shown(form: str, orientation: int) -> None:
    """Marks are shares of what people see: a quarter turn swaps width and height."""
    expected = (30, 20) if orientation < 5 else (20, 30)
    assert look(draw(form, exif=turned(orientation)))[1:] == expected


def test_cmyk_is_taken() -> None:
    """Browsers show it."""
    assert look(draw("JPEG", mode="CMYK", colour=(0, 0, 0, 0))) == Picture("JPEG", 30, 20)


@pytest.mark.slow
def test_a_bomb_is_refused_by_its_header() -> None:
    """400 million pixels in 50 kB: nobody decompresses them."""
    content = draw("PNG", (20_000, 20_000), 0, "1")
    assert len(content) < 100_000
    assert refusal(content) == "has 20000 x 20000 pixels, more than 100,000,000: make it smaller"


def test_long_notes_before_the_size_are_read_over() -> None:
    """A colour profile of 200 kB; its picture is read on to, and no further."""
    profile = random.Random(7).randbytes(200_000)  # noqa: S311 - the seed is the point
    for form in ("JPEG", "PNG"):
        assert look(draw(form, icc_profile=profile))[1:] == (30, 20)


def test_no_more_is_read_than_is_needed() -> None:
    """Of a picture of a megabyte."""
    asked = []
    content = draw("BMP", (600, 600))

    def read(most: int) -> bytes:
        asked.append(most)
        return content[:most]

    read_picture(len(content), read)
    assert asked == [FIRST]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has 0 bytes"),
        (b"hello", "is no picture: neither PNG, JPEG, GIF, BMP nor WebP"),
        (b"<html>" * 20_000, "is no picture"),
        (b"RIFF....WAVEfmt ", "is no picture: RIFF, but no WebP"),
        (draw("TIFF"), "is TIFF, which browsers do not show: make it PNG or JPEG"),
        (draw("PNG")[:20], "is a PNG that is damaged, or breaks off"),
        (draw("JPEG")[:60], "is a JPEG that is damaged, or breaks off"),
        (draw("WEBP")[:20], "is a WebP that breaks off"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200_000), "is a PNG that is damaged"),
        (b"\xff\xd8\xff" + b"\xff\xe1\xff\xff" * 1_000_000, "does not say its size in its first 1048576 bytes"),
        (b"BM" + bytes(60), "is a BMP that is damaged"),
    ],
)
def test_what_is_no_picture_says_why(content: bytes, reason: str) -> None:
    """People would see a broken one."""
    assert refusal(content).startswith(reason)


@given(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]), st.integers(0, 800), st.binary(max_size=40))
def test_damage_is_named_or_does_no_harm(form: str, at: int, damage: bytes) -> None:
    """Whatever stands in a header, nothing else is raised."""
    whole = draw(form)
    content = whole[: at % len(whole)] + damage + whole[at % len(whole) + len(damage) :]
    try:
        assert look(content).width > 0
    except NoPictureError as error:
        assert str(error)


def test_pillow_is_left_as_it_was() -> None:
    """Its limit is the whole process's."""
    before = Image.MAX_IMAGE_PIXELS
    look(draw())
    assert before == Image.MAX_IMAGE_PIXELS


def test_names_tell_what_is_looked_at() -> None:
    """A sound is an item as it is."""
    assert is_picture("/a/B.JPEG")
    assert not is_picture("/a/b.mp3")
