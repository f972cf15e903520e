"""A file on its way to somebody: never faster than they read, and no longer than they are there."""

from typing import Any

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Send

from hitl_assets.labeling.media.links import Exhibit
from hitl_assets.labeling.media.ranges import Part
from hitl_assets.media.library import Library
from hitl_assets.services.errors import TransientServiceError

# What is handed on at once, and how long that may take somebody (seconds).
PIECE = 256 * 1024
SLOWEST = 30.0


class Delivery(StreamingResponse):
    """A part of a file. starlette calls it off when the client goes away."""

    def __init__(self, library: Library, exhibit: Exhibit, part: Part, status: int, headers: dict[str, str]) -> None:
        super().__init__(nothing(), status, {**headers, "Content-Length": str(len(part))})
        self.library, self.exhibit, self.part = library, exhibit, part

    async def stream_response(self, send: Send) -> None:
        """Read and send. Before the first byte is there, what goes wrong is still an answer of its own."""
        async with self.library.turn(), self.library.pieces(self.exhibit, self.part) as pieces:
            first = await anext(pieces, b"")
            beginning = b"" if self.part.start else first
            self.headers["Content-Type"] = await self.library.media_type(self.exhibit, beginning)
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self.pass_on(first, send)
            async for piece in pieces:
                await self.pass_on(piece, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def pass_on(self, content: bytes, send: Send) -> None:
        """Send a message of pachd's in pieces.

        Raises:
            TransientServiceError: the client takes nothing.
        """
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            try:
                with anyio.fail_after(SLOWEST):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except TimeoutError as error:
                raise TransientServiceError(f"Nobody took {self.exhibit} for {SLOWEST:.0f} seconds.") from error


async def nothing() -> Any:
    """No body but that of `stream_response`."""
    return
    yield
