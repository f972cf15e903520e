"""What a file is by its bytes."""

import pytest

from hitl_assets.labeling.media.media_types import UNKNOWN, media_type


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"OggS", "application/ogg"),
    ],
)
def test_pictures_sounds_and_films_are_known_by_their_bytes(beginning: bytes, found: str) -> None:
    """Names say nothing."""
    assert media_type(beginning) == found


@pytest.mark.parametrize(
    "beginning", [b"", b"\xff", b"<html><script>", b"<svg onload=x>", b"<?xml version='1.0'?><svg>", b"12345678WEBP"]
)
def test_what_could_be_a_program_is_mere_bytes(beginning: bytes) -> None:
    """A browser runs none of them."""
    assert media_type(beginning) == UNKNOWN
