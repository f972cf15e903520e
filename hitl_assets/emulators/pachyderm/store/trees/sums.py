"""Adding the edits of an open commit up to the directories above them."""

from dataclasses import dataclass

from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.trees.directories import Directory
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree

# Directories whose changes wait in memory.
BATCH = 10_000


@dataclass
class Change:
    """What edits add to a directory, or take."""

    files: int = 0
    children: int = 0
    size: int = 0


class Sums:
    """Adds the edits of one open commit up to the directories above them. Costs the edits, not the tree."""

    def __init__(self, tree: Tree, segment: int) -> None:
        self._tree = tree
        self._segment = segment
        self._changes: dict[str, Change] = {}

    def add(self, path: str, files: int, size: int) -> None:
        """Count a file that came (1), went (-1) or changed (0), and the bytes that it brought or took."""
        above = paths.parents(path)
        for parent in above:
            change = self._changes.setdefault(parent, Change())
            change.files += files
            change.size += size
        self._changes[above[-1]].children += files
        if len(self._changes) > BATCH:
            self.save()

    def save(self) -> None:
        """Write the rows."""
        # Longest first: a directory that comes or goes is a child of the one above it, which is shorter.
        for path in sorted(self._changes, key=len, reverse=True):
            change = self._changes[path]
            old = self._tree.directory_row(path) or Directory(self._segment, path)
            new = Directory(
                self._segment, path, old.files + change.files, old.children + change.children, old.size + change.size
            )
            if path != "/":
                self._changes[paths.parents(path)[-1]].children += bool(new.files) - bool(old.files)
            self._tree.db.execute(
                "INSERT OR REPLACE INTO directories VALUES (?, ?, ?, ?, ?, NULL)",
                (self._segment, path, new.files, new.children, new.size),
            )
        self._changes.clear()
