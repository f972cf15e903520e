"""What a commit is checked for when it is finished. The cost follows the change, not the tree."""

import json
import sqlite3

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.records import Entry
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree

DUPLICATE = "duplicate path output by different datums"
COLLISION = "file / directory path collision"


def is_problem(error: str) -> bool:
    """Whether the error of a commit is one that was found here, and not given by hand."""
    return error.startswith((DUPLICATE, COLLISION))


def duplicate_text(one: Entry, other: Entry) -> str:
    """pachd's text about a path that two datums wrote."""
    return f"{DUPLICATE} ({one.path} from {one.datum} and {other.path} from {other.datum})"


def check_paths(tree: Tree, prefix: str) -> None:
    """Nothing, if the files whose path starts with `prefix` collide nowhere. Walks all of them, as pachd does.

    Raises:
        RefusedError: two do.
    """
    last: Entry | None = None
    for entry in tree.entries(prefix[: prefix.rfind("/") + 1] or "/"):
        if not entry.path.startswith(prefix):
            continue
        if last is not None and entry.path == last.path:
            raise RefusedError(duplicate_text(last, entry))
        if last is not None and entry.path.startswith(f"{last.path}/"):
            raise RefusedError(f"{COLLISION} ({entry.path})")
        last = entry


def find_problem(db: sqlite3.Connection, commit: int) -> str:
    """What is wrong with a commit, or nothing."""
    own = segments.own_segment(db, commit)
    tree = Tree(db, segments.chain(db, commit))
    return duplicate_datums(db, own, tree) or collision(db, own, tree)


def duplicate_datums(db: sqlite3.Connection, own: segments.Segment, tree: Tree) -> str:
    """The text about a path that two datums wrote."""
    candidates = db.execute(
        "SELECT path FROM entries own WHERE segment = ? AND live AND EXISTS (SELECT 1 FROM entries o"
        " WHERE o.segment IN (SELECT value FROM json_each(?))"
        " AND o.path = own.path AND o.datum <> own.datum AND o.live)",
        (own.key, json.dumps(tree.segments)),
    ).fetchall()
    for (path,) in candidates:
        found = list(tree.files(path))
        if len(found) > 1:
            return duplicate_text(*found[:2])
    return ""


def collision(db: sqlite3.Connection, own: segments.Segment, tree: Tree) -> str:
    """The text about a path that is both a file and a directory."""
    below = db.execute(
        "SELECT path FROM entries own WHERE segment = ? AND live AND EXISTS (SELECT 1 FROM entries o"
        " WHERE o.segment IN (SELECT value FROM json_each(?))"
        " AND o.path > own.path || '/' AND o.path < own.path || '0' AND o.live)",
        (own.key, json.dumps(tree.segments)),
    ).fetchall()
    for (path,) in below:
        for entry in tree.entries(path + "/"):
            return f"{COLLISION} ({entry.path})"
    checked = {"/"}
    for (path,) in db.execute("SELECT path FROM entries WHERE segment = ? AND live", (own.key,)):
        for parent in paths.parents(path):
            if parent not in checked:
                checked.add(parent)
                if next(iter(tree.files(parent.rstrip("/"))), None):
                    return f"{COLLISION} ({path})"
    return ""
