"""Parts of files, as RFC 9110 has them."""

import pytest

from hitl_assets.labeling.media.ranges import Part, RangeError, is_named, read_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=2-5", Part(2, 6)),
        ("Bytes = 2 - 5", Part(2, 6)),
        ("bytes=2-", Part(2, 10)),
        ("bytes=2-99", Part(2, 10)),
        ("bytes=-3", Part(7, 10)),
        ("bytes=-99", Part(0, 10)),
        (None, None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=x-", None),
        (f"bytes=0-{'9' * 40}", None),
    ],
)
def test_one_range_is_a_part_and_what_else_is_asked_for_is_everything(header: str | None, part: Part | None) -> None:
    """A server may answer several ranges whole."""
    assert read_range(header, 10) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)])
def test_a_range_without_a_byte_cannot_be_answered(header: str, size: int) -> None:
    """It begins behind the end."""
    with pytest.raises(RangeError):
        read_range(header, size)


@pytest.mark.parametrize(
    ("header", "is_it"), [('"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False), (None, False), ("", False)]
)
def test_a_tag_is_named_alone_or_among_others(header: str | None, is_it: bool) -> None:
    """Weakly compared."""
    assert is_named(header, '"a"') is is_it
