"""RPCs that read files."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError, UnsupportedError
from hitl_assets.emulators.pachyderm.files import globs, paths, tars
from hitl_assets.emulators.pachyderm.store.chunks import chunks
from hitl_assets.emulators.pachyderm.store.commits import readiness
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.commits.rows import find_commit, get_commit
from hitl_assets.emulators.pachyderm.store.commits.waits import wait_for_state
from hitl_assets.emulators.pachyderm.store.records import Commit, Node, State
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.trees import validation
from hitl_assets.emulators.pachyderm.store.trees.differences import diff_trees, walk_path
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree, open_tree
from hitl_assets.emulators.pachyderm.wire import pages
from hitl_assets.emulators.pachyderm.wire.messages import Wire, read_commit
from hitl_assets.emulators.pachyderm.wire.protocol import BytesValue, pfs_pb2

# Below the client's limit of 20 MiB per message; small enough for bounded memory.
MESSAGE_BYTES = 5_000_000


class FileService:
    """GetFile, GetFileTAR, InspectFile, ListFile, WalkFile, GlobFile, DiffFile."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def get_file(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """GetFile: exactly one file; the path may be a glob. An empty file has no message."""
        check_no_url(request)
        pages.check_no_range(request)
        file = request.file
        with self._open(file.commit, context, file.datum, globs.literal_prefix(paths.clean(file.path))) as (
            db,
            commit,
            tree,
        ):
            found = list(islice(match(tree, file.path), 2))
            if not found:
                raise missing_file(file, commit)
            if any(node.is_directory for node in found):
                raise RefusedError("cannot get directory or non-regular file. Use GetFileTAR instead")
            if len(found) > 1:
                raise RefusedError("matched multiple files. Use GetFileTAR instead")
            content = chunks.read(db, self._store.files, found[0].chunks, request.offset)
            for piece in tars.join_pieces(content, MESSAGE_BYTES):
                yield BytesValue(value=piece)

    def get_file_tar(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """GetFileTAR: everything that the path matches, directories with all that is in them."""
        check_no_url(request)
        pages.check_no_range(request)
        file = request.file
        with self._open(file.commit, context, file.datum, globs.literal_prefix(paths.clean(file.path))) as (
            db,
            commit,
            tree,
        ):
            pieces = tars.join_pieces(self._tar(db, commit, tree, file), MESSAGE_BYTES)
            for piece in pieces:
                yield BytesValue(value=piece)

    def _tar(self, db: sqlite3.Connection, commit: Commit, tree: Tree, file: Any) -> Iterator[bytes]:
        last = ""
        for matched in match(tree, file.path):
            if last and matched.path <= last:
                # A directory that matched before brought it already.
                continue
            for node in tree.nodes(matched.path) if matched.is_directory else (matched,):
                last = node.path
                yield from tars.member(node, chunks.read(db, self._store.files, node.chunks))
        if not last:
            raise missing_file(file, commit)
        yield tars.END

    def inspect_file(self, request: Any, context: grpc.ServicerContext) -> Any:
        """InspectFile."""
        path = paths.clean(request.file.path)
        with self._open(request.file.commit, context, request.file.datum, path) as (_, commit, tree):
            found = tree.find(path)
            if not found:
                raise missing_file(request.file, commit)
            return self._wire.file_info(commit, found[0])

    def list_file(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """ListFile: a directory's direct children, or the file itself. A missing path is no error."""
        pages.check_files(request)
        path = paths.clean(request.file.path)
        with self._open(request.file.commit, context, request.file.datum, path) as (_, commit, tree):
            files = [node for node in tree.find(path) if not node.is_directory]
            for node in pages.read_files(files or tree.children(paths.as_directory(path)), request):
                yield self._wire.file_info(commit, node)

    def walk_file(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """WalkFile: the path itself and everything below it."""
        pages.check_files(request)
        path = paths.clean(request.file.path)
        with self._open(request.file.commit, context, request.file.datum, path) as (_, commit, tree):
            nodes = walk_path(tree, path)
            first = next(nodes, None)
            if first is None and path != "/":
                raise NotFoundError(f"commit/{commit.id} does not contain item: ({path})")
            for node in pages.read_files(chain([first] if first else [], nodes), request):
                yield self._wire.file_info(commit, node)

    def glob_file(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """GlobFile: no match is no error."""
        pages.check_no_range(request)
        with self._open(request.commit, context, prefix=globs.literal_prefix(paths.clean(request.pattern))) as (
            _,
            commit,
            tree,
        ):
            for node in match(tree, request.pattern):
                yield self._wire.file_info(commit, node)

    def diff_file(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """DiffFile: against the parent commit, unless the request names an old file."""
        new, old = request.new_file, request.old_file
        new_path = paths.clean(new.path)
        old_path = paths.clean(old.path) if request.HasField("old_file") else new_path
        before = self._before(request, context)
        with self._open(new.commit, context, new.datum, new_path) as (db, commit, tree):
            old_tree = self._tree(db, before, old.datum, old_path) if before else None
            for after, gone in diff_trees(tree, old_tree, new_path, old_path):
                yield pfs_pb2.DiffFileResponse(
                    new_file=self._wire.file_info(commit, after) if after else None,
                    old_file=self._wire.file_info(before, gone) if gone and before else None,
                )

    def _before(self, request: Any, context: grpc.ServicerContext) -> Commit | None:
        """The old side of a difference: what the request names, or the parent; waited for while it is FINISHING."""
        with self._store.read() as db:
            if request.HasField("old_file"):
                found: Commit | None = resolve(db, read_commit(request.old_file.commit))
            else:
                commit = resolve(db, read_commit(request.new_file.commit))
                found = get_commit(db, commit.parent) if commit.parent is not None else None
        return self._settle(found, context) if found is not None else None

    @contextmanager
    def _open(
        self, message: Any, context: grpc.ServicerContext, datum: str = "", prefix: str = "/"
    ) -> Iterator[tuple[sqlite3.Connection, Commit, Tree]]:
        """The commit's tree, to read paths that start with `prefix`. Waits while the commit is FINISHING, as in pachd.

        Raises:
            NotFoundError: the commit is not there.
            RefusedError: the commit is open and builds on one that isn't FINISHED, or paths in it collide.
        """
        with self._store.read() as db:
            commit = resolve(db, read_commit(message))
        commit = self._settle(commit, context)
        with self._store.read() as db:
            yield db, commit, self._tree(db, commit, datum, prefix)

    def _settle(self, commit: Commit, context: grpc.ServicerContext) -> Commit:
        """The commit, once it isn't FINISHING."""
        if commit.finishing is not None:
            context.add_callback(self._store.database.signal)
            commit = wait_for_state(self._store, commit, State.FINISHED, context.is_active)
        return commit

    def _tree(self, db: sqlite3.Connection, commit: Commit, datum: str, prefix: str) -> Tree:
        if find_commit(db, commit.key) is None:
            raise RefusedError("the commit is forgotten")
        now = time.time_ns()
        readiness.check_base(db, commit, now)
        tree = open_tree(db, commit.key, datum)
        is_checked = readiness.is_finished(commit, now) and not commit.error
        if self._wire.profile.checks_reads and not is_checked and validation.find_problem(db, commit.key):
            validation.check_paths(tree, prefix)
        return tree


def match(tree: Tree, pattern: str) -> Iterator[Node]:
    """The files and directories that a glob matches; without glob characters a lookup, not a walk."""
    cleaned = paths.clean(pattern)
    if not globs.is_glob(cleaned):
        yield from tree.find(cleaned)
        return
    regex = globs.compile_glob(cleaned)
    for node in tree.nodes(globs.literal_directory(cleaned)):
        # The root matches only itself: `/*` is about what is in it.
        if node.path != "/" and regex.fullmatch(node.path.rstrip("/")):
            yield node


def check_no_url(request: Any) -> None:
    """Nothing, for a request that wants the bytes itself.

    Raises:
        UnsupportedError: it wants them sent to a URL.
    """
    if request.URL:
        raise UnsupportedError(f"the Pachyderm emulator does not write to URLs ({request.URL}); leave the URL out.")


def missing_file(file: Any, commit: Commit) -> NotFoundError:
    """The error about a file that is not there, in pachd's words: without an id when it was asked for by branch."""
    return NotFoundError(f"file {file.path} not found in repo {commit.repo} at commit {file.commit.id}")
