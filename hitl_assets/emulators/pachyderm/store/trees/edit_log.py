"""The edits of one call, in order, however many: those that memory shouldn't hold wait in a file without a name."""

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from hitl_assets.emulators.pachyderm.errors import StorageError
from hitl_assets.emulators.pachyderm.store.trees.edits import Edit

BATCH = 5_000


class EditLog:
    """Append, then iterate. The file is in the state directory and goes with the process."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._recent: list[Edit] = []
        self._file: IO[bytes] | None = None
        self._batches = 0

    def append(self, edit: Edit) -> None:
        """Add one.

        Raises:
            StorageError: the disk is full.
        """
        self._recent.append(edit)
        if len(self._recent) >= BATCH:
            self._spill()

    def __iter__(self) -> Iterator[Edit]:
        """All of them, in order."""
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._batches):
                yield from pickle.load(self._file)  # noqa: S301 - written above, and nobody else can open it
        yield from self._recent

    def _spill(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 - closed with the call
            pickle.dump(self._recent, self._file)
            self._file.flush()
        except OSError as error:
            raise StorageError(
                f"the edits of the call can't be stored in {self._directory}: {error.strerror}"
            ) from error
        self._batches += 1
        self._recent = []
