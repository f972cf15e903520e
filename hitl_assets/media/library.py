"""Files as people get them: length, content hash, media type, and bytes as a stream. Nothing of a file is kept."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hitl_assets.labeling.media.links import Exhibit
from hitl_assets.labeling.media.media_types import ENOUGH, media_type
from hitl_assets.labeling.media.ranges import Part
from hitl_assets.media.answers import remember
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm.downloads import FileStreams
from hitl_assets.services.pachyderm.files import Entry

# How many files are read at once. Each takes some messages of pachd's (up to 20 MiB each) of memory.
READERS = 4
# How long somebody waits for their turn, in seconds.
PATIENCE = 20.0


class BusyError(TransientServiceError):
    """As many files as we read at once are being read."""


class Library:
    """The files of one pachd."""

    def __init__(self, streams: FileStreams, readers: int = READERS, patience: float = PATIENCE) -> None:
        self.streams, self.patience = streams, patience
        self._turns = asyncio.Semaphore(readers)
        # A file of a commit never changes.
        self._facts: OrderedDict[Exhibit, Entry] = OrderedDict()
        self._types: OrderedDict[Exhibit, str] = OrderedDict()

    async def facts(self, exhibit: Exhibit) -> Entry:
        """Length and hash.

        Raises:
            MissingError: there is no such file.
        """
        known = self._facts.get(exhibit)
        if known is None:
            known = await self.streams.inspect(exhibit.repo, exhibit.commit, exhibit.path)
            remember(self._facts, exhibit, known)
        return known

    async def media_type(self, exhibit: Exhibit, beginning: bytes = b"") -> str:
        """The media type, by its first bytes: those given, or where they are too few those that are read for it."""
        known = self._types.get(exhibit)
        if known is None:
            enough = min(ENOUGH, (await self.facts(exhibit)).size)
            if len(beginning) < enough:
                async with self.pieces(exhibit, Part(0, enough)) as pieces:
                    beginning = b"".join([piece async for piece in pieces])
            known = media_type(beginning[:ENOUGH])
            remember(self._types, exhibit, known)
        return known

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one of the readers is free.

        Raises:
            BusyError: none is for as long as we wait.
        """
        try:
            await asyncio.wait_for(self._turns.acquire(), self.patience)
        except asyncio.TimeoutError as error:
            raise BusyError("Too many files are being read at this moment. Ask again.") from error
        try:
            yield
        finally:
            self._turns.release()

    @asynccontextmanager
    async def pieces(self, exhibit: Exhibit, part: Part) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a part, as they come."""
        at = exhibit.repo, exhibit.commit, exhibit.path
        async with self.streams.open(*at, part.start, len(part)) as pieces:
            yield pieces
