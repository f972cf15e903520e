"""What a commit is checked for when it is finished. The cost follows the change, not the tree."""

import json
import sqlite3

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.store import segments
from hitl_assets.emulators.pachyderm.store.trees import Tree


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
        datums = [entry.datum for entry in tree.files(path)]
        if len(datums) > 1:
            return f"duplicate path output by different datums ({' and '.join(datums)})"
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
            return f"file / directory path collision ({entry.path})"
    checked = {"/"}
    for (path,) in db.execute("SELECT path FROM entries WHERE segment = ? AND live", (own.key,)):
        for parent in paths.parents(path):
            if parent not in checked:
                checked.add(parent)
                if next(iter(tree.files(parent.rstrip("/"))), None):
                    return f"file / directory path collision ({path})"
    return ""
