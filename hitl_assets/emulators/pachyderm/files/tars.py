"""A tar stream as pachd writes it: absolute names, mode 0, no times, directories with a header of their own."""

import tarfile
from collections.abc import Iterable, Iterator

from hitl_assets.emulators.pachyderm.store.records import Node

END = bytes(2 * tarfile.BLOCKSIZE)


def header(node: Node) -> bytes:
    """The header blocks of a file or directory."""
    info = tarfile.TarInfo(node.path)
    info.mode = 0
    if node.is_directory:
        info.type = tarfile.DIRTYPE
    else:
        info.size = node.size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def member(node: Node, content: Iterable[bytes]) -> Iterator[bytes]:
    """The header, the content, and zeros up to a full block."""
    yield header(node)
    if not node.is_directory:
        yield from content
        yield bytes(-node.size % tarfile.BLOCKSIZE)


def join_pieces(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of about `size`: few messages for many small files, no huge one for a large file."""
    buffer = bytearray()
    for piece in pieces:
        if len(piece) >= size:
            if buffer:
                yield bytes(buffer)
                buffer.clear()
            view = memoryview(piece)
            yield from (bytes(view[at : at + size]) for at in range(0, len(piece), size))
            continue
        buffer += piece
        if len(buffer) >= size:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)
