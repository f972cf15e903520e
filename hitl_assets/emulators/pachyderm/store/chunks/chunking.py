"""Content-defined chunks with pachd's boundaries, so that equal content has pachd's file hash."""

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hitl_assets.emulators.pachyderm.store.chunks.buzhash import TABLE

MIN_CHUNK = 1_000_000
MAX_CHUNK = 20_000_000
WINDOW = 64
# A cut needs the low 23 bits to be zero: 8 MB apart on average.
CUT_MASK = np.uint64((1 << 23) - 1)
# Small blocks stay in the processor's cache: 16 KiB is an order of magnitude faster than 1 MiB.
BLOCK = 16 * 1024

_TABLE: NDArray[np.uint64] = np.array(TABLE, dtype=np.uint64)


def digest(data: bytes | bytearray | memoryview) -> bytes:
    """blake2b-256, pachd's hash for chunks, files and directories."""
    return hashlib.blake2b(data, digest_size=32).digest()


def first_cut(data: memoryview) -> int | None:
    """The index of the first byte whose window of 64 ends a chunk. The first 63 bytes only fill the window."""
    hashes = _TABLE[np.frombuffer(data, dtype=np.uint8)]
    span = 1
    # buzhash of 2k bytes = rotl(buzhash of the older k, k) ^ buzhash of the newer k.
    while span < WINDOW:
        older, newer = hashes[:-span], hashes[span:]
        hashes = ((older << np.uint64(span)) | (older >> np.uint64(64 - span))) ^ newer
        span *= 2
    cuts = np.flatnonzero((hashes & CUT_MASK) == 0)
    return int(cuts[0]) + WINDOW - 1 if cuts.size else None


class Chunker:
    """Cuts one file's bytes, fed in pieces of any size, into chunks. Holds at most one chunk and one piece."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        # The size of the shortest chunk that was not looked at yet.
        self._next = MIN_CHUNK
        self._cut_any = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The chunks that `data` completes."""
        self._buffer += data
        while (size := self._cut()) is not None:
            chunk = bytes(memoryview(self._buffer)[:size])
            del self._buffer[:size]
            self._next = MIN_CHUNK
            self._cut_any = True
            yield chunk

    def finish(self) -> Iterator[bytes]:
        """The last chunk. pachd emits it after a cut even when it is empty; an empty file has no chunk."""
        if self._buffer or self._cut_any:
            yield bytes(self._buffer)
        self._buffer.clear()

    def _cut(self) -> int | None:
        """The size of the chunk at the start of the buffer, or None when its end is not known yet."""
        end = min(len(self._buffer), MAX_CHUNK)
        while self._next <= end:
            stop = min(end, self._next + BLOCK - 1)
            with memoryview(self._buffer)[self._next - WINDOW : stop] as view:
                cut = first_cut(view)
            if cut is not None:
                return self._next - WINDOW + cut + 1
            self._next = stop + 1
        return MAX_CHUNK if len(self._buffer) >= MAX_CHUNK else None
