"""What happens to a commit's tree once nothing below it can change any more: sums, hashes, merged segments."""

import hashlib
import sqlite3

from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.sums import Sums
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree

# A commit hashes only directories with at most so many children, and at most so many directories, so that its cost has
# a bound. The rest is hashed when somebody asks.
EAGER_CHILDREN = 128
EAGER_DIRECTORIES = 1_000


def settle(db: sqlite3.Connection, commit: int, error: str) -> None:
    """Store the totals of a commit that was just finished, and of those that waited for it."""
    waiting = waiting_children(db, commit)
    if error:
        segments.skip_commit(db, commit)
    if segments.own_segment(db, commit).is_summed:
        close(db, commit, error)
        settle_waiting(db, waiting)


def close(db: sqlite3.Connection, commit: int, error: str) -> None:
    """The hashes, size and merged segments of one finished commit."""
    tree = Tree(db, segments.chain(db, commit))
    hash_directories(tree, segments.own_segment(db, commit).key)
    root = tree.directory_row("/")
    db.execute("UPDATE commits SET size = ? WHERE key = ?", (root.size if root else 0, commit))
    if not error:
        segments.merge_levels(db, commit)


def waiting_children(db: sqlite3.Connection, commit: int) -> list[int]:
    """The commits whose totals need this one to be finished."""
    query = "SELECT commit_key FROM segments WHERE base = ? AND level = 0 AND key IN unsummed"
    return [key for (key,) in db.execute(query, (commit,))]


def settle_waiting(db: sqlite3.Connection, queue: list[int]) -> None:
    """Add up commits whose base is settled now, and then those that waited for them."""
    while queue:
        commit = queue.pop(0)
        add_up(db, commit)
        finishing, error = db.execute("SELECT finishing, error FROM commits WHERE key = ?", (commit,)).fetchone()
        if finishing is not None:
            close(db, commit, error)
            queue += waiting_children(db, commit)


def add_up(db: sqlite3.Connection, commit: int) -> None:
    """Make the rows of directories from the commit's own changes."""
    own = segments.own_segment(db, commit)
    db.execute("DELETE FROM directories WHERE segment = ?", (own.key,))
    db.execute("DELETE FROM unsummed WHERE segment = ?", (own.key,))
    base = Tree(db, segments.chain(db, own.base))
    sums = Sums(Tree(db, segments.chain(db, commit)), own.key)
    query = "SELECT path, datum, live, size FROM entries WHERE segment = ?"
    for path, datum, live, size in db.execute(query, (own.key,)):
        old = base.entry(path, datum)
        sums.add(path, live - bool(old), size - (old.size if old else 0))
    sums.save()


def hash_directories(tree: Tree, segment: int) -> None:
    """Hash what is cheap to hash, deepest first, so that those above find it."""
    rows = tree.db.execute(
        "SELECT path FROM directories WHERE segment = ? AND files AND children <= ? AND hash IS NULL"
        " ORDER BY length(path) DESC LIMIT ?",
        (segment, EAGER_CHILDREN, EAGER_DIRECTORIES),
    ).fetchall()
    for (path,) in rows:
        if tree.has_hashed_children(path):
            total = hashlib.blake2b(digest_size=32)
            for node in tree.children(path):
                total.update(node.hash)
            values = (total.digest(), segment, path)
            tree.db.execute("UPDATE directories SET hash = ? WHERE segment = ? AND path = ?", values)


def settle_all(db: sqlite3.Connection) -> None:
    """Bring a state without rows of directories to what it would be if they had been kept from the start."""
    for table in ("entries", "directories"):
        query = f"DELETE FROM {table} WHERE segment IN (SELECT key FROM segments WHERE level > 0)"  # noqa: S608 - ours
        db.execute(query)
    db.execute("DELETE FROM segments WHERE level > 0")
    db.execute("INSERT OR IGNORE INTO unsummed SELECT key FROM segments")
    roots = db.execute("SELECT commit_key FROM segments WHERE base IS NULL ORDER BY commit_key").fetchall()
    settle_waiting(db, [key for (key,) in roots])
