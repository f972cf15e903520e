"""One ModifyFile while it streams in: bytes become stored chunks, messages become edits."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.errors import InvalidRequestError, TooLargeError, UnsupportedError
from hitl_assets.emulators.pachyderm.messages import read_commit
from hitl_assets.emulators.pachyderm.store.chunking import Chunker
from hitl_assets.emulators.pachyderm.store.chunks import ChunkWriter
from hitl_assets.emulators.pachyderm.store.edit_log import EditLog
from hitl_assets.emulators.pachyderm.store.edits import DEFAULT_DATUM, Copy, Delete, Put
from hitl_assets.emulators.pachyderm.store.records import CommitRef
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.url_sources import read_url

# The client sends up to 19 MiB per message.
MESSAGE_LIMIT = 32 * 1024 * 1024


class OpenFile:
    """The file that messages are being added to."""

    def __init__(self, path: str, datum: str, writer: ChunkWriter) -> None:
        self.path = path
        self.datum = datum
        self._chunker = Chunker()
        self._writer = writer
        self._size = 0
        self._hashes: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take more content."""
        self._size += len(data)
        self._hashes += [self._writer.add(chunk) for chunk in self._chunker.feed(data)]

    def close(self) -> Put:
        """The edit that adds what was fed."""
        self._hashes += [self._writer.add(chunk) for chunk in self._chunker.finish()]
        return Put(self.path, self.datum, self._size, b"".join(self._hashes))


class Upload:
    """The edits of one call, in order. Memory holds one chunk of content, not a file, and a few thousand edits."""

    def __init__(self, store: Store, urls: bool, check_parent: Callable[[], None]) -> None:
        """Nothing is received yet.

        Args:
            urls: fetch what URLs lead to, instead of refusing them.
            check_parent: raises unless what is in the commit is known; a directory can't be deleted without that.
        """
        self._check_parent = check_parent
        self.edits = EditLog(store.directory)
        self._urls = urls
        self._writer = ChunkWriter(store.database, store.files)
        self._file: OpenFile | None = None

    def receive(self, requests: Iterable[Any]) -> None:
        """Take every message; afterwards all content is stored and `edits` is complete.

        Raises:
            InvalidRequestError: a message in the middle names a commit.
            RefusedError: pachd would refuse a path, or a directory is deleted while the parent is FINISHING.
            TooLargeError: a message brings more than pachd takes.
            UnsupportedError: a file should come from a URL that is not fetched here.
        """
        for request in requests:
            body = request.WhichOneof("body")
            if body == "add_file":
                self._add(request.add_file)
                continue
            self._close_file()
            if body == "delete_file":
                if request.delete_file.path.endswith("/"):
                    self._check_parent()
                self.edits.append(Delete(request.delete_file.path, request.delete_file.datum or DEFAULT_DATUM))
            elif body == "copy_file":
                self._copy(request.copy_file)
            else:
                raise InvalidRequestError("only the first message of ModifyFile may name the commit")
        self._close_file()
        self._writer.flush()

    def _add(self, message: Any) -> None:
        is_url = message.WhichOneof("source") == "url"
        if is_url and not self._urls:
            raise UnsupportedError(
                f"the Pachyderm emulator does not fetch URLs ({message.url.URL}) unless it is started with --urls;"
                " read it yourself and put the bytes."
            )
        if len(message.raw.value) > MESSAGE_LIMIT:
            raise TooLargeError(f"a message brings {len(message.raw.value)} bytes; the most is {MESSAGE_LIMIT}")
        path, datum = message.path, message.datum or DEFAULT_DATUM
        if self._file is None or (self._file.path, self._file.datum) != (path, datum):
            self._close_file()
            paths.check_file_path(path)
            self._file = OpenFile(path, datum, self._writer)
        for piece in read_url(message.url.URL, message.url.recursive) if is_url else (message.raw.value,):
            self._file.feed(piece)

    def _copy(self, message: Any) -> None:
        self.edits.append(
            Copy(
                read_commit(message.src.commit),
                message.src.path,
                paths.check_path(message.dst),
                message.datum or DEFAULT_DATUM,
                message.append,
            )
        )

    def _close_file(self) -> None:
        if self._file is not None:
            put = self._file.close()
            self.edits.append(Put(paths.clean(put.path), put.datum, put.size, put.chunks))
        self._file = None


def first_commit(requests: Iterator[Any]) -> CommitRef:
    """The commit that the first message names.

    Raises:
        InvalidRequestError: it names none.
    """
    first = next(requests, None)
    if first is None or first.WhichOneof("body") != "set_commit":
        raise InvalidRequestError("the first message of ModifyFile must name the commit")
    return read_commit(first.set_commit)
