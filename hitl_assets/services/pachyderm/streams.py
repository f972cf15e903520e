"""Files of this machine as they are sent: opened when it is their turn, a piece at a time."""

from pathlib import Path
from typing import BinaryIO

PIECE = 1024 * 1024


class LazyFile:
    """A file that is open only while it is read: of many, one is open at a time.

    python-pachyderm's own way to send a path sends a message for each line, thousands for a picture.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: BinaryIO | None = None

    def read(self, size: int) -> bytes:
        """The next piece; empty at the end, and then the file is closed."""
        if self.file is None:
            self.file = self.path.open("rb")
        piece = self.file.read(min(size, PIECE))
        if not piece:
            self.file.close()
            self.file = None
        return piece
