"""One ModifyFile while it streams in: bytes become stored chunks, messages become edits."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hitl_assets.emulators.pachyderm.errors import RefusedError, TooLargeError, UnsupportedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.files.url_sources import read_url
from hitl_assets.emulators.pachyderm.store.chunks.chunking import Chunker
from hitl_assets.emulators.pachyderm.store.chunks.chunks import ChunkWriter
from hitl_assets.emulators.pachyderm.store.records import CommitRef
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.trees.edit_log import EditLog
from hitl_assets.emulators.pachyderm.store.trees.edits import DEFAULT_DATUM, Copy, Delete, Put
from hitl_assets.emulators.pachyderm.wire.messages import BAD_TYPE, TYPES, read_commit

# pachd's, for a whole message. The client sends up to 19 MiB of content in one.
MESSAGE_LIMIT = 20 * 1024 * 1024


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
            RefusedError: pachd would refuse a path, a message in the middle names a commit, or a directory is deleted
                while the parent is FINISHING.
            TooLargeError: a message brings more than pachd takes.
            UnsupportedError: a file should come from a URL that is not fetched here.
        """
        for request in requests:
            body = request.WhichOneof("body")
            if request.ByteSize() > MESSAGE_LIMIT:
                raise TooLargeError(
                    f"grpc: received message larger than max ({request.ByteSize()} vs. {MESSAGE_LIMIT})"
                )
            if body == "add_file":
                self._add(request.add_file)
                continue
            self._close_file()
            if body == "delete_file":
                paths.check_path(request.delete_file.path)
                if request.delete_file.path.endswith("/"):
                    self._check_parent()
                self.edits.append(Delete(request.delete_file.path, request.delete_file.datum or DEFAULT_DATUM))
            elif body == "copy_file":
                self._copy(request.copy_file)
            else:
                raise RefusedError("cannot set commit" if body else "unrecognized message type")
        self._close_file()
        self._writer.flush()

    def _add(self, message: Any) -> None:
        is_url = message.WhichOneof("source") == "url"
        if is_url and not self._urls:
            raise UnsupportedError(
                f"the Pachyderm emulator does not fetch URLs ({message.url.URL}) unless it is started with --urls;"
                " read it yourself and put the bytes."
            )
        path, datum = message.path, message.datum or DEFAULT_DATUM
        if self._file is None or (self._file.path, self._file.datum) != (path, datum):
            self._close_file()
            paths.check_file_path(path)
            self._file = OpenFile(path, datum, self._writer)
        for piece in read_url(message.url.URL, message.url.recursive) if is_url else (message.raw.value,):
            self._file.feed(piece)

    def _copy(self, message: Any) -> None:
        if not message.src.commit.HasField("repo"):
            # The client names the repo in the branch only, and pachd completes just the commit of the first message.
            raise RefusedError("pick commit tx: cannot pick commit with no repo")
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
        RefusedError: it names none.
    """
    first = next(requests, None)
    if first is None:
        raise RefusedError("EOF")
    if first.WhichOneof("body") != "set_commit":
        raise RefusedError("first message must be a commit")
    ref, kind = read_commit(first.set_commit), first.set_commit.branch.repo.type
    if not ref.repo:
        raise RefusedError("commit must have a repo")
    if kind not in TYPES and not first.set_commit.HasField("repo"):
        raise RefusedError(BAD_TYPE.format(kind))
    return ref
