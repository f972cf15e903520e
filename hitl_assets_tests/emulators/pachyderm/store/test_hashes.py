"""Hashes and chunks: equal to pachd's, and stored once."""

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm.store.chunks.chunking import Chunker


def blake(data: bytes) -> bytes:
    """blake2b-256."""
    return hashlib.blake2b(data, digest_size=32).digest()


def stored(directory: Path) -> int:
    """Bytes of large chunks on disk."""
    return sum(path.stat().st_size for path in (directory / "state" / "chunks").rglob("*") if path.is_file())


def cut(content: bytes, piece: int) -> list[int]:
    """The sizes of the chunks, fed in pieces."""
    chunker = Chunker()
    chunks = [len(one) for at in range(0, len(content), piece) for one in chunker.feed(content[at : at + piece])]
    return chunks + [len(one) for one in chunker.finish()]


def test_a_small_file_hashes_as_one_chunk(client: Any, repo: str) -> None:
    """blake2b of the blake2b of the content."""
    client.put_file_bytes((repo, "master"), "/a", b"content")
    assert client.inspect_file((repo, "master"), "/a").hash == blake(blake(b"content"))


def test_an_empty_file_hashes_as_no_chunk(client: Any, repo: str) -> None:
    """blake2b of nothing."""
    client.put_file_bytes((repo, "master"), "/a", b"")
    assert client.inspect_file((repo, "master"), "/a").hash == blake(b"")


def test_a_directory_hashes_its_children_in_order(client: Any, repo: str) -> None:
    """Equal content has an equal hash, wherever it is."""
    for directory in ("/one", "/two"):
        client.put_file_bytes((repo, "master"), f"{directory}/a", b"1")
        client.put_file_bytes((repo, "master"), f"{directory}/b", b"2")
    expected = blake(blake(blake(b"1")) + blake(blake(b"2")))
    assert client.inspect_file((repo, "master"), "/one").hash == expected
    assert client.inspect_file((repo, "master"), "/two").hash == expected


def test_an_append_hashes_like_the_whole(client: Any, repo: str) -> None:
    """How a file came about doesn't show."""
    client.put_file_bytes((repo, "master"), "/a", b"one")
    client.put_file_bytes((repo, "master"), "/a", b"two", append=True)
    assert client.inspect_file((repo, "master"), "/a").hash == blake(blake(b"onetwo"))


@pytest.mark.slow
def test_zeros_are_cut_at_the_maximum() -> None:
    """The sizes are those of Go's rollinghash v4.0.0 with pachd's limits; the last chunk may be empty."""
    assert cut(bytes(40_000_000), 19 * 1024 * 1024) == [20_000_000, 20_000_000, 0]


@pytest.mark.slow
def test_random_bytes_are_cut_where_go_cuts_them() -> None:
    """Measured with rollinghash v4.0.0 on the same bytes, fed in other pieces."""
    content = random.Random(7).randbytes(60_000_000)  # noqa: S311 - the seed is the point
    expected = [20_000_000, 11_516_738, 6_898_229, 10_101_664, 11_483_369]
    assert cut(content, 999_983) == expected


def test_equal_content_is_stored_once(client: Any, repo: str, tmp_path: Path) -> None:
    """In any file of any commit."""
    content = bytes(300_000)
    client.put_file_bytes((repo, "master"), "/a", content)
    client.put_file_bytes((repo, "other"), "/b", content)
    assert stored(tmp_path) == len(content)
