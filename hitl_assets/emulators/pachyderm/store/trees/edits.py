"""The operations of one ModifyFile, applied in order to an open commit inside one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from hitl_assets.emulators.pachyderm.errors import NotFoundError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.chunks import chunks
from hitl_assets.emulators.pachyderm.store.chunks.chunking import digest
from hitl_assets.emulators.pachyderm.store.chunks.chunks import ChunkFiles
from hitl_assets.emulators.pachyderm.store.commits import commits
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef, Entry
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.sums import Sums
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree, open_tree

DEFAULT_DATUM = "default"


@dataclass(frozen=True)
class Put:
    """Append stored chunks to a file."""

    path: str
    datum: str
    size: int
    chunks: bytes


@dataclass(frozen=True)
class Delete:
    """Delete a file, or with a trailing slash a directory."""

    path: str
    datum: str


@dataclass(frozen=True)
class Copy:
    """Copy a file or directory of any commit, by reference."""

    source: CommitRef
    source_path: str
    path: str
    datum: str
    append: bool


Edit = Put | Delete | Copy


class Editor:
    """Applies edits to one open commit. Each edit sees what the ones before it did."""

    def __init__(self, write: Write, files: ChunkFiles, commit: Commit) -> None:
        commits.check_open(commit)
        self.db = write.db
        self.files = files
        self.commit = commit
        chain = segments.chain(self.db, commit.key)
        self.tree = Tree(self.db, chain)
        own = segments.own_segment(self.db, commit.key)
        self.own = own.key
        self.sums = Sums(self.tree, own.key) if own.is_summed else None

    def apply(self, edits: Iterable[Edit]) -> None:
        """Do all of them."""
        for edit in edits:
            if isinstance(edit, Put):
                self._put(edit.path, edit.datum, edit.size, edit.chunks)
            elif isinstance(edit, Delete):
                self._delete(edit)
            else:
                self._copy(edit)
        if self.sums:
            self.sums.save()

    def _put(self, path: str, datum: str, size: int, added: bytes) -> None:
        old = self.tree.entry(path, datum)
        if old and old.size and size:
            added = chunks.append(self.db, self.files, old.chunks, added)
        elif old and old.size:
            return
        total = size + (old.size if old else 0)
        self._save(Entry(path, datum, True, total, digest(added), added), old)

    def _delete(self, edit: Delete) -> None:
        cleaned = paths.clean(edit.path)
        if edit.path.endswith("/"):
            doomed = [entry for entry in self.tree.entries(paths.as_directory(cleaned)) if entry.datum == edit.datum]
        else:
            one = self.tree.entry(cleaned, edit.datum)
            doomed = [one] if one else []
        for entry in doomed:
            self._save(Entry(entry.path, entry.datum, live=False), entry)

    def _copy(self, edit: Copy) -> None:
        source = resolve(self.db, edit.source)
        tree = open_tree(self.db, source.key)
        path = paths.clean(edit.source_path)
        found = list(tree.files(path)) or list(tree.entries(paths.as_directory(path)))
        if not found:
            raise NotFoundError(f"file {path} not found in repo {source.repo} at commit {source.id}")
        if not edit.append:
            self._delete(Delete(edit.path, edit.datum))
            self._delete(Delete(paths.as_directory(edit.path), edit.datum))
        for entry in found:
            target = edit.path.rstrip("/") + entry.path[len(path.rstrip("/")) :]
            self._put(paths.check_file_path(target), edit.datum, entry.size, entry.chunks)

    def _save(self, entry: Entry, old: Entry | None) -> None:
        if self.sums:
            self.sums.add(entry.path, entry.live - bool(old), entry.size - (old.size if old else 0))
        self.db.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.own, entry.path, entry.datum, entry.live, entry.size, entry.hash, entry.chunks),
        )
